-- For wrk: -s http.lua URL -- KIND TOKEN SEED POINTS STATIONS PEOPLE. KIND is nearest, route or table; POINTS is a file
-- of "lon lat" lines; ids of stations are 1 to STATIONS, of people 900001 on. Counts what was not answered with 200.
local counter = 0
local threads = {}

function setup(thread)
    thread:set("number", counter)
    counter = counter + 1
    table.insert(threads, thread)
end

local function place(p) return string.format('{"lon":%s,"lat":%s,"frame":"wgs84"}', p[1], p[2]) end

local function nearest() return '{"place":' .. place(points[math.random(#points)]) .. ',"k":10}' end

local function route()
    return string.format('{"from":%s,"to":%s,"mode":"car"}', place(points[math.random(#points)]), place(points[math.random(#points)]))
end

local function matrix()
    local ids = {}
    for i = 1, 100 do ids[i] = 900000 + math.random(people) end
    return string.format('{"sources":{"station_ids":[%d]},"destinations":{"person_ids":[%s]},"mode":"car"}', math.random(stations), table.concat(ids, ","))
end

function init(args)
    local bodies = { nearest = nearest, route = route, table = matrix }
    local paths = { nearest = "/v1/nearest", route = "/v1/route", table = "/v1/matrix" }
    kind, points, stations, people, refused = args[1], {}, tonumber(args[5]), tonumber(args[6]), 0
    for line in io.lines(args[4]) do
        local lon, lat = line:match("(%S+) (%S+)")
        points[#points + 1] = { lon, lat }
    end
    math.randomseed(tonumber(args[3]) + number)
    -- Made before the clock runs: wrk's own work is not the server's.
    requests = {}
    local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. args[2] }
    for i = 1, 2000 do requests[i] = wrk.format("POST", paths[kind], headers, bodies[kind]()) end
    at = 0
end

function request()
    at = at % #requests + 1
    return requests[at]
end

function response(status, headers, body)
    if status ~= 200 and not (kind == "route" and status == 422) then
        if refused == 0 then io.stderr:write(status, " ", body, "\n") end
        refused = refused + 1
    end
end

function done(summary, latency)
    local refused = 0
    for _, thread in ipairs(threads) do refused = refused + thread:get("refused") end
    local errors = summary.errors
    io.write(string.format("figures %.0f %d %d %.0f %.0f %.0f\n", summary.requests / summary.duration * 1e6, refused,
        errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99),
        summary.bytes / summary.requests))
end

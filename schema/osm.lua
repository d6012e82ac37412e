-- What vigil import takes out of an OpenStreetMap extract (osm2pgsql 1.8, flex
-- output) and where it waits to be worked up: the tables of the schema
-- vigil_staging. Streets keep their node ids, because segments end at shared
-- nodes; coordinates come from the middle table planet_osm_nodes by id, never
-- from a drawn line, in which repeated points are missing.

local schema = 'vigil_staging'

local function columns(...)
    return { ... }
end

local function name_column() return { column = 'name', type = 'text' } end
local function kind_column() return { column = 'kind', type = 'text', not_null = true } end
local function tags_column() return { column = 'tags', type = 'jsonb' } end

local function geometry_column(kind)
    return { column = 'geom', type = kind, projection = 4326, not_null = true }
end

local function table_of(name, id_kind, id_column, rest)
    return osm2pgsql.define_table({
        name = name,
        schema = schema,
        ids = { type = id_kind, id_column = id_column },
        columns = rest,
        cluster = 'no',
        indexes = {},
    })
end

local way = table_of('way', 'way', 'way_id', columns(
    { column = 'nodes', type = 'text', sql_type = 'bigint[]', not_null = true }, tags_column()))
local restriction = table_of('restriction', 'relation', 'relation_id', columns(
    kind_column(), tags_column(), { column = 'members', type = 'jsonb' }))
local barrier = table_of('barrier', 'node', 'node_id', columns(
    kind_column(), tags_column(), geometry_column('point')))
local water = table_of('water', 'area', 'osm_id', columns(
    kind_column(), name_column(), geometry_column('geometry')))
local green = table_of('green', 'area', 'osm_id', columns(
    kind_column(), name_column(), geometry_column('geometry')))
local building = table_of('building', 'area', 'osm_id', columns(
    kind_column(), name_column(), geometry_column('geometry')))
local boundary = table_of('boundary', 'relation', 'osm_id', columns(
    kind_column(), { column = 'admin_level', type = 'int' }, name_column(),
    geometry_column('geometry')))
local place = table_of('place', 'node', 'osm_id', columns(
    kind_column(), tags_column(), geometry_column('point')))
local interest = table_of('interest', 'any', 'osm_id', columns(
    kind_column(), tags_column(), geometry_column('point')))

local function set(...)
    local all = {}
    for _, word in ipairs({ ... }) do all[word] = true end
    return all
end

local WATER_AREAS = set('water', 'bay', 'strait')
local WATER_WAYS = set('river', 'stream', 'canal', 'ditch', 'drain', 'tidal_channel')
local WATER_WAY_AREAS = set('riverbank', 'dock', 'boatyard')
local WATER_LAND = set('reservoir', 'basin', 'salt_pond')
local GREEN_LEISURE = set('park', 'garden', 'nature_reserve', 'golf_course', 'common', 'dog_park')
local GREEN_LAND = set('forest', 'grass', 'meadow', 'village_green', 'recreation_ground', 'cemetery',
    'orchard', 'vineyard', 'allotments', 'farmland', 'greenfield', 'flowerbed')
local GREEN_NATURE = set('wood', 'scrub', 'grassland', 'heath', 'tree_group')
local PLACES = set('city', 'borough', 'suburb', 'quarter', 'neighbourhood', 'city_block', 'town',
    'village', 'hamlet', 'isolated_dwelling', 'square', 'locality', 'island', 'islet', 'district',
    'county', 'subdistrict')
local INTERESTS = { 'amenity', 'shop', 'office', 'tourism', 'railway', 'public_transport', 'leisure',
    'historic', 'healthcare', 'emergency', 'government', 'building' }

local function water_area_kind(tags)
    if WATER_AREAS[tags.natural] then return tags.water or tags.natural end
    if WATER_WAY_AREAS[tags.waterway] then return tags.waterway end
    if WATER_LAND[tags.landuse] then return tags.landuse end
end

local function green_kind(tags)
    if GREEN_LEISURE[tags.leisure] then return tags.leisure end
    if GREEN_LAND[tags.landuse] then return tags.landuse end
    if GREEN_NATURE[tags.natural] then return tags.natural end
end

local function building_kind(tags)
    if tags.building and tags.building ~= 'no' then return tags.building end
end

-- Geometry is built only for what is kept: `make` is called at most once. osm2pgsql makes no area of a
-- way that crosses itself; a building or a park then comes as the line that it is, and the merge makes
-- areas of it and counts it.
local function add_area(tags, make, make_line)
    local water_kind, green_kind_found, building_found =
        water_area_kind(tags), green_kind(tags), building_kind(tags)
    if not (water_kind or green_kind_found or building_found) then return end
    local geom = make()
    if geom:is_null() then
        water_kind = nil
        if make_line then geom = make_line() end
        if geom:is_null() then return end
    end
    if water_kind then water:insert({ kind = water_kind, name = tags.name, geom = geom }) end
    if green_kind_found then green:insert({ kind = green_kind_found, name = tags.name, geom = geom }) end
    if building_found then building:insert({ kind = building_found, name = tags.name, geom = geom }) end
end

-- What somebody may look for by name.
local function add_interest(tags, make)
    if not (tags.name or tags['name:zh'] or tags['name:en']) then return end
    for _, key in ipairs(INTERESTS) do
        local value = tags[key]
        if value and value ~= 'no' then
            local geom = make()
            if not geom:is_null() then
                interest:insert({ kind = value == 'yes' and key or value, tags = tags, geom = geom })
            end
            return
        end
    end
end

function osm2pgsql.process_node(object)
    local tags = object.tags
    if tags.barrier then
        barrier:insert({ kind = tags.barrier, tags = tags, geom = object:as_point() })
    end
    if tags.place and PLACES[tags.place] and tags.name then
        place:insert({ kind = tags.place, tags = tags, geom = object:as_point() })
    end
    add_interest(tags, function() return object:as_point() end)
end

function osm2pgsql.process_way(object)
    local tags = object.tags
    if tags.highway or tags.route == 'ferry' then
        way:insert({ nodes = '{' .. table.concat(object.nodes, ',') .. '}', tags = tags })
    end
    if WATER_WAYS[tags.waterway] or tags.natural == 'coastline' then
        local geom = object:as_linestring()
        if not geom:is_null() then
            water:insert({ kind = tags.waterway or tags.natural, name = tags.name, geom = geom })
        end
    end
    if object.is_closed then
        add_area(tags, function() return object:as_polygon() end, function() return object:as_linestring() end)
        add_interest(tags, function() return object:as_polygon():centroid() end)
    end
end

local function add_restriction(object)
    local members = {}
    for i, member in ipairs(object.members) do
        members[i] = { type = member.type, ref = member.ref, role = member.role }
    end
    local tags = object.tags
    local kind = tags.restriction or tags['restriction:motorcar'] or tags['restriction:conditional']
        or tags['restriction:bicycle'] or 'unknown'
    restriction:insert({ kind = kind, tags = tags, members = members })
end

local function add_boundary(object)
    local geom = object:as_multipolygon()
    if geom:is_null() then geom = object:as_multilinestring() end -- cut by the extract's edge
    if geom:is_null() then return end
    boundary:insert({
        kind = 'administrative',
        admin_level = tonumber(string.match(object.tags.admin_level or '', '^%d%d?$')),
        name = object.tags.name,
        geom = geom,
    })
end

function osm2pgsql.process_relation(object)
    local tags = object.tags
    if tags.type == 'restriction' then
        add_restriction(object)
    elseif tags.type == 'multipolygon' then
        add_area(tags, function() return object:as_multipolygon() end)
        add_interest(tags, function() return object:as_multipolygon():centroid() end)
    end
    if tags.boundary == 'administrative' and (tags.type == 'boundary' or tags.type == 'multipolygon') then
        add_boundary(object)
    end
end

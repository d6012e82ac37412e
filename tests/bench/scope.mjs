// Random requests of everybody to everything, mostly about rows of somebody else, while event streams of many callers
// are open. Prints one line a figure: name, figure, bar and verdict, parted by tabs.
import http from 'node:http';
import process from 'node:process';
import { ask, base, caller, chanceFrom, figure, foreign, inParallel, index, leaks, lookUpIds, orgs, requestTo, ROLES, sentIn, sql } from '../support/walls.mjs';

const flag = (name, otherwise) => {
    const at = process.argv.indexOf(name);
    return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const chance = chanceFrom(flag('--seed', 7));
const wanted = flag('--requests', process.argv.includes('--short') ? 3000 : 100000);
const WORKERS = 12, SAID_MAX = 40;

lookUpIds();
let said = 0;
const complain = text => {
    if (++said <= SAID_MAX) console.error(text);
};

// ------------------------------------------------------------------ who asks

const STAFF = ['admin', 'dispatcher', 'planner', 'manager', 'auditor', 'gateway'];
const callers = [];
for (const n of [2, 3, 21, 22, 31, 211, 4]) for (const role of STAFF) callers.push(caller(role, n));
for (const n of [21, 22, 31, 211]) callers.push(caller('volunteer', n), caller('device', n));
for (const n of [5, 6]) for (const role of ['partner', 'manager']) callers.push(caller(role, n));

// ------------------------------------------------------------------ streams, all the while

const streams = { open: 0, bytes: 0, events: 0, leaks: 0 };

function listen(who) {
    const request = http.request({ host: base.hostname, port: base.port, path: '/v1/events?after=0', headers: { authorization: `Bearer ${who.token}` }, agent: false }, answer => {
        if (answer.statusCode !== 200) return answer.resume();
        streams.open++;
        let rest = '';
        answer.on('data', part => {
            streams.bytes += part.length;
            const pieces = (rest + part.toString('utf8')).split('\n\n');
            rest = pieces.pop();
            for (const piece of pieces) {
                streams.events += piece.includes('data:');
                for (const canary of foreign(who, piece)) {
                    streams.leaks++;
                    complain(`LEAK ${canary} in the stream of ${who.role} of ${who.n}: ${piece.slice(0, 200)}`);
                }
            }
        });
        answer.on('error', () => {});
    });
    request.on('error', () => {});
    request.end();
    return request;
}
const listening = callers.filter(who => ['dispatcher', 'volunteer', 'device', 'partner'].includes(who.role)).map(listen);

// Something happens in every organisation every second.
const tell = () => sql(`INSERT INTO vigil.outbox (kind, org_id, people, data)
    SELECT 'incident', org_id, ARRAY[7300000000000 + n * 10 + 3], json_build_object('word', word)::text FROM canary.org`);
const happening = setInterval(tell, 1000);

// ------------------------------------------------------------------ requests

const NEVER = new Set(['POST /v1/leave', 'GET /v1/events']);
// What ends rows comes seldom, so that there is something to ask for until the end.
const weighed = index.filter(e => !NEVER.has(`${e.method} ${e.path}`)).flatMap(e => Array(e.method === 'DELETE' ? 1 : e.scope === 'public' ? 1 : e.method === 'GET' ? 8 : 3).fill(e));
const others = new Map([...orgs.keys()].map(n => [n, [...orgs.keys()].filter(m => m !== n)]));
const count = { sent: 0, bytes: 0, leaks: 0, broken: 0, byStatus: new Map(), tiles: 0, exports: 0, errors: 0 };
const leaking = new Map();

async function one() {
    const who = chance.pick(callers);
    // Three of four are what her role may: refusals of the role say little.
    let endpoint = chance.pick(weighed);
    for (let i = 0; i < 3 && !endpoint.roles.includes(who.role); i++) endpoint = chance.pick(weighed);
    const n = chance.next() < 0.85 ? chance.pick(others.get(who.n)) : who.n;
    const request = requestTo(endpoint, n, chance);
    const answer = await ask(who, request);
    count.bytes += answer.body.length;
    count.byStatus.set(answer.status, (count.byStatus.get(answer.status) ?? 0) + 1);
    count.tiles += answer.type.includes('mapbox') && answer.status === 200;
    count.exports += answer.type === 'text/csv' && answer.status === 200;
    count.errors += answer.status >= 400;
    if (answer.status >= 500 && answer.status !== 503) {
        count.broken++;
        complain(`${answer.status}: ${request.method} ${request.path} ${request.body ?? ''} by ${who.role} of ${who.n}: ${answer.body.toString().slice(0, 300)}`);
    }
    for (const canary of leaks(who, answer, sentIn(request))) {
        count.leaks++;
        leaking.set(`${endpoint.method} ${endpoint.path}`, (leaking.get(`${endpoint.method} ${endpoint.path}`) ?? 0) + 1);
        complain(`LEAK ${canary}: ${request.method} ${request.path} ${request.body ?? ''} by ${who.role} of ${who.n}: ${answer.status} ${answer.body.toString().slice(0, 200)}`);
    }
    if (count.sent % 5000 === 0) lookUpIds();
}

await inParallel(WORKERS, () => (count.sent < wanted ? (count.sent++, one) : null));
clearInterval(happening);
tell();
await new Promise(resolve => setTimeout(resolve, 2000));
for (const request of listening) request.destroy();

const statuses = [...count.byStatus].sort((a, b) => a[0] - b[0]).map(([status, n]) => `${n} × ${status}`).join(', ');
figure('requests across organisations', `${count.sent} by ${callers.length} callers of ${ROLES.length} roles to ${new Set(weighed).size} endpoints`, wanted, count.sent >= wanted);
figure('answers', `${(count.bytes / 1e6).toFixed(1)} MB; ${statuses}`, 'some of each', count.errors > 0 && count.errors < count.sent);
figure('tiles decoded, exports read', `${count.tiles}, ${count.exports}`, '> 0, any', count.tiles > 0);
figure('event streams, events heard', `${streams.open}, ${streams.events}`, '> 0, > 0', streams.open > 0 && streams.events > 0);
figure('foreign canaries in bodies, errors, headers, tiles, exports', `${count.leaks}${leaking.size ? `: ${[...leaking].map(([path, n]) => `${path} (${n})`).join(', ')}` : ''}`, 0, count.leaks === 0);
figure('foreign canaries in event streams', streams.leaks, 0, streams.leaks === 0);
figure('answers with status 500', count.broken, 0, count.broken === 0);

// ------------------------------------------------------------------ control

// A foreign name written into a row of her own must be seen by the same eyes.
sql("UPDATE vigil.station SET name = 'Kanark00031x' WHERE org_id = 7100000000021 AND valid_to IS NULL");
sql("UPDATE vigil.layer_version SET version = version + 1; INSERT INTO vigil.layer_version VALUES ('stations', 99) ON CONFLICT (layer) DO UPDATE SET version = layer_version.version + 1");
const planted = { list: 0, tile: 0, stream: 0 };
const manager = callers.find(who => who.role === 'manager' && who.n === 21);
planted.list = leaks(manager, await ask(manager, { method: 'GET', path: '/v1/stations?limit=1000' }), '').length;
planted.tile = leaks(manager, await ask(manager, { method: 'GET', path: '/tiles/stations/13/4368/2480.mvt' }), '').length;
planted.stream = foreign(manager, `data: {"word":"${'Kanark00031x'}","incident_id":7400000000311}`).length;
figure('control: a planted foreign word is found in list, tile, stream', `${planted.list}, ${planted.tile}, ${planted.stream}`, '> 0 each', planted.list > 0 && planted.tile > 0 && planted.stream > 0);
process.exit(0);

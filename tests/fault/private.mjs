// The asking part of tests/fault/private: people made over HTTP go on and off duty and take back their consent, while
// both nodes are asked for them. Errors and tiles are kept as files, and so is every secret there is to be found in them.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const option = name => Number(process.argv[process.argv.indexOf(name) + 1]);
const seed = option('--seed');
const count = option('--people'); // in each of three groups
const nodes = { north: new URL(process.env.NORTH), south: new URL(process.env.SOUTH) };
const { ADMIN: admin, GATEWAY: gateway, SAID: said } = process.env;
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const sql = text => execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', process.env.VIGIL_DATABASE, '-c', text], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
const report = (name, figure, bar, good) => console.log([name, figure, bar, good ? 'ok' : 'missed'].join('\t'));
const secrets = new Set([admin, gateway]);
let key = 0;

const ask = (node, method, path, token, body, type = 'application/json') => new Promise((resolve, reject) => {
    const headers = { ...(token && { authorization: token.startsWith('Basic ') ? token : `Bearer ${token}` }), ...(body !== undefined && { 'content-type': type }), 'idempotency-key': `private-${seed}-${++key}` };
    const out = request({ host: nodes[node].hostname, port: nodes[node].port, method, path, agent, headers }, answer => {
        const parts = [];
        answer.on('data', part => parts.push(part));
        answer.on('end', () => resolve({ status: answer.statusCode, body: Buffer.concat(parts) }));
    });
    out.on('error', reject).end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body));
});
async function must(node, method, path, token, body) {
    const answer = await ask(node, method, path, token, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return answer.body.length ? JSON.parse(answer.body) : {};
}

// ------------------------------------------------------------------ people

const [lon, lat] = sql(`SELECT ST_X(p) || ' ' || ST_Y(p) FROM (SELECT ST_LineInterpolatePoint(geom, 0.5) AS p FROM vigil.segment
    WHERE valid_to IS NULL AND class BETWEEN 2 AND 6 AND access & 3 = 3 ORDER BY geom <-> ST_SetSRID(ST_MakePoint(11.97, 57.70), 4326), segment_id LIMIT 1) s`).split(' ').map(Number);
const place = { lon, lat, frame: 'wgs84' };

// With the check digit that identity numbers end in (GB 11643).
const identity = n => {
    const digits = `32030119900101${String(n).padStart(3, '0')}`;
    const sum = [...digits].reduce((all, digit, i) => all + Number(digit) * [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2][i], 0);
    return digits + '10X98765432'[sum % 11];
};

async function person(group, n) {
    const number = String(group * 1000 + n).padStart(5, '0');
    const one = { name: `Hemlis${number}x`, phone: `1396${number}77`, identity: identity(group * count + n), address: `Dold gata ${number}q` };
    for (const value of Object.values(one)) secrets.add(value);
    const made = await must('north', 'POST', '/v1/people', admin, { ...one, mode: 'foot', birth_year: 1990, on_duty: false });
    await must('north', 'POST', `/v1/people/${made.person_id}/consents`, admin, { purpose: 'location', language: 'en', given: true });
    const { token } = await must('north', 'POST', '/v1/tokens', admin, { name: `phone ${n}`, role: 'volunteer', person_id: made.person_id });
    secrets.add(token);
    return { id: made.person_id, token };
}
const groups = [];
for (let group = 0; group < 3; group++) groups.push(await Promise.all(Array.from({ length: count }, (_, n) => person(group, n))));
const [never, leaving, withdrawing] = groups;
const everyone = groups.flat();
const duty = (who, onDuty) => must('north', 'POST', `/v1/people/${who.id}/duty`, admin, { on_duty: onDuty });
for (const who of [...leaving, ...withdrawing]) await duty(who, true);

let step = 0;
let last = 0; // milliseconds: no two fixes of a person have the same time, which would be one sent twice
async function send(node) {
    step++;
    last = Math.max(last + 1, Date.now());
    const time = new Date(last).toISOString();
    const positions = everyone.map((who, n) => ({ person_id: who.id, lon: lon + (n % 40) * 2e-6 + step * 1e-7, lat, frame: 'wgs84', fix_time: time, accuracy_m: 5 }));
    const answer = await must(node, 'POST', '/v1/positions', gateway, { positions });
    return { ...answer, ids: new Set((answer.rejected ?? []).map(one => positions[one.index].person_id)) };
}

// ------------------------------------------------------------------ off duty

// While positions of all of them come in through both nodes without a pause, half of them go off duty.
let sending = true;
let accepted = 0;
const senders = ['north', 'south'].map(async node => {
    while (sending) {
        const answer = await send(node);
        accepted += answer.accepted;
    }
});
await pause(500);
for (const who of leaving.slice(0, count / 2)) await duty(who, false);
await pause(500);
sending = false;
await Promise.all(senders);

// Rows of whoever was off duty when they were received, of everyone known here.
const offDuty = `SELECT count(*) FROM vigil.position_history h JOIN vigil.person p USING (person_id)
    LEFT JOIN LATERAL (SELECT on_duty, at FROM vigil.duty d WHERE d.person_id = h.person_id AND vigil.microseconds(d.at) <= h.received_us ORDER BY duty_id DESC LIMIT 1) d ON true
    WHERE d.on_duty IS NOT TRUE`;
const left = Number(sql(offDuty));
const stored = Number(sql('SELECT count(*) FROM vigil.position_history JOIN vigil.person USING (person_id)'));
report('positions kept of people off duty', `${left} of ${stored}, ${accepted} accepted`, '0, all of them accepted', left === 0 && stored === accepted && accepted > 0);
const lasting = Number(sql('SELECT count(*) FROM vigil.position_last l JOIN vigil.person p USING (person_id) WHERE NOT vigil.person_tracked(p)'));
report('last positions of people off duty', lasting, '0', lasting === 0);
const planted = Number(sql(`BEGIN; INSERT INTO vigil.position_history (person_id, lon_e7, lat_e7, fix_us, received_us)
    SELECT ${never[0].id}, 0, 0, m, m FROM vigil.microseconds(now()) m; ${offDuty}; ROLLBACK`).split('\n').at(-1));
report('control: one planted row of somebody off duty', planted, '1', planted === 1);

// ------------------------------------------------------------------ withdrawn

// Who is found near there: from memory.
async function found(node) {
    const answer = await must(node, 'POST', '/v1/nearest', admin, { place, k: 1000, limit_s: 3600 });
    return new Set(answer.people.map(one => one.person_id));
}
async function until(good, most_ms) {
    const start = performance.now();
    while (performance.now() - start < most_ms) {
        if (await good()) return performance.now() - start;
        await pause(10);
    }
    return Infinity;
}
const stays = leaving.at(-1);
const seen = await until(async () => (await Promise.all(Object.keys(nodes).map(found))).every(ids => withdrawing.every(who => ids.has(who.id)) && ids.has(stays.id)), 10000);
report('control: before, both nodes find all of them', `after ${Math.round(seen)} ms`, 'within 10 s', seen < 10000);
let slowest = 0;
for (const who of withdrawing) {
    const at = performance.now();
    await must('north', 'POST', '/v1/me/consents', who.token, { purpose: 'location', language: 'en', given: false });
    for (const node of Object.keys(nodes)) {
        await until(async () => !(await found(node)).has(who.id), 10000);
        slowest = Math.max(slowest, performance.now() - at);
    }
}
report('a consent taken back ends the use of her place on both nodes', `${withdrawing.length} people, the slowest ${Math.round(slowest)} ms`, '1000 ms', slowest <= 1000);
const late = await Promise.all(Object.keys(nodes).map(send));
const refused = late.every(answer => withdrawing.every(who => answer.ids.has(who.id)) && !answer.ids.has(stays.id));
report('and no position of hers is taken by either any more', refused ? 'refused by both' : 'taken', 'refused by both', refused);
const told = [];
for (const node of Object.keys(nodes)) for (const who of withdrawing) told.push((await must(node, 'GET', `/v1/people/${who.id}/track?purpose=bar`, admin)).features.length);
const own = await must('south', 'GET', `/v1/people/${stays.id}/track?purpose=bar`, admin);
report('tracks told of them', `${told.reduce((a, b) => a + b, 0)}, control: ${own.features.length} of one who did not`, '0, control: at least 1', told.every(n => n === 0) && own.features.length > 0);
const kept = () => Number(sql(['position_history', 'position_last', 'track_hour', 'incident_track'].map(table => `SELECT person_id FROM vigil.${table} WHERE person_id = ANY ('{${withdrawing.map(who => who.id)}}')`)
    .join(' UNION ALL ').replace(/^/, 'SELECT count(*) FROM (') + ') t'));
const erased = await until(async () => kept() === 0, 20000);
report('and all that was kept of them is deleted', `0 rows after ${(erased / 1000).toFixed(1)} s`, 'within 20 s', erased < 20000);

// ------------------------------------------------------------------ what lies open

// What lets in the device of one of them, who stays, by the two ways in which such apps bring it.
const { secret: device } = await must('north', 'POST', '/v1/devices', admin, { person_id: stays.id, name: 'phone', format: 'osmand', frame: 'wgs84' });
secrets.add(device);
let posted;
await until(async () => { // the other node hears of it
    posted = await ask('south', 'GET', `/v1/osmand?id=${device}&lat=${lat}&lon=${lon}&timestamp=${Math.floor(Date.now() / 1000)}`);
    return posted.status === 200;
}, 5000);
const basic = `Basic ${Buffer.from(`x:${device}`).toString('base64')}`;
secrets.add(basic.slice(6));

// Requests that go wrong, by those who may and who may not; none of them names what is looked for but a token where it
// does not belong.
const some = everyone[0];
const wrong = [
    ['GET', '/v1/people/4711', admin], ['GET', `/v1/people/${some.id}`, leaving[1].token], ['GET', `/v1/people/${some.id}/track`, admin],
    ['GET', `/v1/people/${some.id}/track?purpose=x`, leaving[1].token], ['POST', '/v1/people', admin, { name: '' }], ['POST', '/v1/people', admin, '{"name":'],
    ['POST', '/v1/positions', gateway, { positions: [{ person_id: some.id, lon: 999, lat: 0, frame: 'wgs84', fix_time: 'x' }] }],
    ['POST', '/v1/positions', gateway, '{"positions":[{]}'], ['GET', `/v1/people?token=${some.token}`, admin], ['GET', '/v1/people', `${some.token}x`],
    ['GET', `/v1/osmand?id=${some.token}&lat=${lat}&lon=${lon}`, undefined], ['POST', `/v1/owntracks?token=${some.token}`, undefined, { _type: 'location' }],
    ['POST', `/v1/people/${some.id}/reveal`, leaving[1].token, { fields: ['phone'], purpose: 'x' }], ['POST', '/v1/nearest', admin, { place, k: 0 }],
    ['GET', `/v1/osmand?id=${device}&lat=999`, undefined], ['GET', `/v1/osmand?id=${device}x&lat=${lat}&lon=${lon}`, undefined],
    ['GET', `/v1/osmand?ident=${device}`, undefined], ['POST', '/v1/owntracks', basic, { _type: 'location' }], ['GET', `/v1/me/${device}`, device],
    ['GET', `/enter#${some.token}`, undefined], ['GET', `/v1/nothing/${some.token}`, admin], ['PATCH', `/v1/people/${some.id}`, admin, { name: 'x' }],
];
let errors = 0;
for (const node of Object.keys(nodes)) {
    for (const [method, path, token, body] of wrong) {
        const answer = await ask(node, method, path, token, body);
        writeFileSync(join(said, `error.${node}.${errors++}`), answer.body);
    }
}
let tiles = 0;
const z = 15;
const x = Math.floor((lon + 180) / 360 * 2 ** z);
const y = Math.floor((1 - Math.asinh(Math.tan(lat * Math.PI / 180)) / Math.PI) / 2 * 2 ** z);
for (const node of Object.keys(nodes)) {
    for (const layer of ['people', 'stations', 'lookouts', 'grids']) {
        const answer = await ask(node, 'GET', `/tiles/${layer}/${z}/${x}/${y}.mvt`, admin);
        if (answer.status === 200) writeFileSync(join(said, `tile.${tiles++}`), answer.body);
    }
}
report('answers that were looked at', `${errors} errors, ${tiles} tiles, a device's position: ${posted.status}`, 'at least 20 and 2, 200', errors >= 20 && tiles >= 2 && posted.status === 200);
writeFileSync(join(said, 'planted'), (await ask('south', 'GET', '/v1/people?limit=5', admin)).body);
writeFileSync(join(said, 'secrets'), [...secrets].join('\n') + '\n');

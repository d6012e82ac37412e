// For the bars about scope: the city of canaries (canaries.sql), callers of every role in it, requests made from the
// endpoint table and the description, and what of an answer the caller was not to see.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';
import process from 'node:process';

const require = createRequire(new URL('../node/package.json', import.meta.url));
const { VectorTile } = require('@mapbox/vector-tile');
const { PbfReader } = require('pbf');

export const base = new URL(process.env.VIGIL_URL);
export const database = process.env.VIGIL_DATABASE;
const admin = process.env.VIGIL_TOKEN;

export function sql(text, ...more) {
    return execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', ...more, database, '-c', text],
        { encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
}
const rows = text => sql(text).split('\n').filter(Boolean).map(line => line.split('|'));

// ------------------------------------------------------------------ chance, from the seed

export function chanceFrom(seed) {
    let state = seed >>> 0;
    const next = () => {
        state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
        return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
    };
    return { next, pick: list => list[Math.floor(next() * list.length)], number: most => Math.floor(next() * most) };
}

// ------------------------------------------------------------------ whose is what

// Organisations by their short numbers, as canaries.sql has them.
export const orgs = new Map(rows('SELECT n, org_id, coalesce(parent, 0) FROM canary.org').map(([n, id, parent]) => [Number(n), { n: Number(n), id: Number(id), parent: Number(parent) }]));
const byId = new Map([...orgs.values()].map(o => [o.id, o.n]));
const below = new Map([...orgs.keys()].map(n => [n, new Set([...orgs.keys()].filter(m => lineage(m).includes(n)))]));
function lineage(n) {
    return n ? [n, ...lineage(orgs.get(n).parent)] : [];
}

// Every table that says whose its rows are, found in the catalogue: one that comes later is looked at, too.
export const tables = rows(`
    SELECT c.relname, coalesce((SELECT attname FROM pg_index i JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = i.indkey[0]
                                WHERE i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1 AND k.atttypid = 'int8'::regtype), ''),
           bool_or(a.attname = 'person_id'), bool_or(a.attname = 'org_id')
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'vigil'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname NOT IN ('org_reach', 'person_reach', 'outbox')
    GROUP BY c.oid, c.relname HAVING bool_or(a.attname = 'org_id') ORDER BY 1`)
    .map(([name, key, person]) => ({ name, key, person: person === 't' }));

// A long number is an id of one of our rows: of which organisations, and of whom when it is a person's.
const owners = new Map();
const allied = new Map(); // organisation's id -> those that a mutual aid rule joins it with, who may read the rule
const ofOrg = new Map(); // column -> organisation -> ids
const CITY_ONLY = new Set(['reach_hour']); // a row is of all the city's streets
export const holes = new Set(); // tables without a canary of every organisation

// The third to fifth of each organisation's six people.
const isCaller = id => id >= 7300000000000 && id < 7310000000000 && [3, 4, 5].includes(id % 10);

const callerTokens = new Set();

export function lookUpIds() {
    owners.clear();
    ofOrg.clear();
    for (const [id, n] of byId) note(id, n, 0, 'org_id');
    const others = tables.filter(table => table.name !== 'org');
    const all = new Map(others.map(table => [table.name, []]));
    for (const [name, ...row] of rows(others.map(t => `SELECT '${t.name}', ${t.key || 0}, org_id, ${t.person ? 'coalesce(person_id, 0)' : 0} FROM vigil.${t.name}`).join(' UNION ALL '))) all.get(name).push(row.map(Number));
    for (const table of others) {
        const seen = new Set(all.get(table.name).map(row => row[1]));
        const wanted = CITY_ONLY.has(table.name) ? [1] : table.name === 'site' ? [5, 6] : [2, 3, 21, 22, 31, 211, 4, 5, 6];
        if (!wanted.every(n => seen.has(orgs.get(n).id))) holes.add(table.name);
        else holes.delete(table.name);
        // Numbers of audit entries stand in the open: the chain that proves them is the whole city's.
        if (table.key && table.name !== 'audit') for (const [id, org, person] of all.get(table.name)) note(id, byId.get(org), person, table.key);
    }
    for (const [person, org] of rows('SELECT person_id, org_id FROM vigil.membership WHERE valid_to IS NULL')) owners.get(Number(person))?.orgs.add(byId.get(Number(org)));
    for (const [rule, lender, borrower] of rows('SELECT rule_id, lender_id, borrower_id FROM vigil.mutual_aid')) {
        for (const [org, other] of [[lender, borrower], [borrower, lender]]) {
            note(Number(rule), byId.get(Number(org)), 0, 'rule_id');
            allied.set(Number(org), [...(allied.get(Number(org)) ?? []), byId.get(Number(other))]);
        }
    }
}

function note(id, n, person, column) {
    if (n === undefined) return;
    if (!owners.has(id)) owners.set(id, { orgs: new Set(), person, column });
    owners.get(id).orgs.add(n);
    if (column === 'person_id' ? isCaller(id) : callerTokens.has(id)) return; // whom nobody ends
    if (!ofOrg.has(column)) ofOrg.set(column, new Map());
    const of = ofOrg.get(column);
    of.set(n, [...(of.get(n) ?? []), id]);
}

export const MISSING = 5999999999999;
const ALIASES = [[/^(parent|lender|borrower|firm|ancestor)_id$|^org$/, 'org_id'], [/^(actor|swap_to|by_person|leader)(_id)?$|^people$|^persons$/, 'person_id']];
export const columnOf = name => ofOrg.has(name) ? name : ALIASES.find(([form]) => form.test(name))?.[1];

// An id of that column that belongs to the organisation, or one that nothing has.
export function idOf(name, n, chance) {
    const ids = ofOrg.get(columnOf(name) ?? '')?.get(n) ?? [MISSING];
    return chance.pick(ids); // draws for a missing one, too: requests that differ in the id alone are alike
}

// ------------------------------------------------------------------ who asks

export const ROLES = ['admin', 'dispatcher', 'planner', 'manager', 'volunteer', 'auditor', 'partner', 'gateway', 'device'];
const HERSELF = new Set(['volunteer', 'device']);

// A caller with a token of her own, made in the database. Volunteers are given in turns.
export function caller(role, n, turn = 0) {
    const person = HERSELF.has(role) ? 7300000000000 + n * 10 + (role === 'device' ? 4 : 3 + 2 * turn) : 0;
    const secret = randomBytes(32);
    const id = sql(`INSERT INTO vigil.token (label, role, org_id, person_id, secret_hash, kind, expires_at)
        VALUES ('caller', '${role}', ${orgs.get(n).id}, nullif(${person}, 0),
                '\\x${createHash('sha256').update(secret).digest('hex')}', 'bearer', now() + interval '1 day') RETURNING token_id`);
    callerTokens.add(Number(id));
    return { role, n, person, id: Number(id), token: `vgl_${id}_${secret.toString('base64url')}` };
}

// ------------------------------------------------------------------ what she was not to see

// Who acts for herself may know the places and the open rosters of her organisation, of those below and of those above,
// whose patrol days her squad may claim; but of nobody else what is a person's.
const seesOrg = (who, n) => below.get(who.n).has(n) || (HERSELF.has(who.role) && lineage(who.n).includes(n));

function seesId(who, id, owner) {
    if (id === who.id || id === who.person) return true;
    if (byId.has(id)) return lineage(who.n).includes(byId.get(id)) || seesOrg(who, byId.get(id)) || (allied.get(id) ?? []).some(n => seesOrg(who, n));
    // What somebody above did to one's own row stands in it: the number of her token, of the grid she saw it in.
    if (['token_id', 'grid_id'].includes(owner.column) && [...owner.orgs].some(n => lineage(who.n).includes(n))) return true;
    if (HERSELF.has(who.role) && owner.person) return owner.person === who.person;
    // What a person can do is seen where she is seen, whoever entered it.
    const hers = owner.column === 'credential_id' ? owners.get(owner.person)?.orgs ?? [] : [];
    return [...owner.orgs, ...hers].some(n => seesOrg(who, n));
}

// The canaries in the text that are none of hers, but for those that she has sent herself.
export function foreign(who, text, sent = '') {
    const found = new Set();
    const check = (canary, hers) => {
        if (!hers && !sent.toLowerCase().includes(canary.toLowerCase())) found.add(canary);
    };
    for (const [canary, n] of text.matchAll(/Kanark(\d{5})x/gi)) check(canary, who && seesOrg(who, Number(n)));
    for (const [canary, n] of text.matchAll(/1396(\d{5})77/g)) check(canary, who && seesOrg(who, Number(n)));
    for (const [canary, m] of text.matchAll(/Persp(\d{5})x/gi)) {
        check(canary, who && (HERSELF.has(who.role) ? 7300000000000 + Number(m) === who.person : seesOrg(who, Math.floor(Number(m) / 10))));
    }
    for (const [id] of text.matchAll(/(?<![\w.])[678]\d{12}(?![\w.])/g)) {
        const owner = owners.get(Number(id));
        if (owner) check(id, who && seesId(who, Number(id), owner));
    }
    return [...found];
}

// A tile's bytes hide its numbers: they are decoded; and so is everything in it, as text.
function textOf(answer) {
    const head = JSON.stringify(answer.headers);
    if (answer.type !== 'application/vnd.mapbox-vector-tile' || answer.status !== 200) return `${head} ${answer.body.toString('utf8')}`;
    const tile = new VectorTile(new PbfReader(answer.body));
    const parts = [head, answer.body.toString('latin1')];
    for (const layer of Object.values(tile.layers)) {
        for (let i = 0; i < layer.length; i++) parts.push(JSON.stringify([layer.feature(i).id, layer.feature(i).properties]));
    }
    return parts.join(' ');
}
export const leaks = (who, answer, sent) => foreign(who, textOf(answer), sent);

// ------------------------------------------------------------------ asking

const agent = new http.Agent({ keepAlive: true, maxSockets: 32 });
const STREAM_MS = 250;

// A connection that the server has given up while it lay idle is no answer: asked again once.
export function ask(who, request, again = true) {
    return send(who, request).catch(error => {
        if (['ECONNRESET', 'EPIPE'].includes(error.code) && again) return ask(who, request, false);
        throw error;
    });
}

function send(who, { method, path, headers = {}, body }) {
    const all = { ...headers, ...(who && { authorization: `Bearer ${who.token}` }) };
    if (body !== undefined) all['content-length'] = Buffer.byteLength(body);
    return new Promise((resolve, reject) => {
        const request = http.request({ host: base.hostname, port: base.port, method, path, headers: all, agent, timeout: 30000 }, answer => {
            const parts = [];
            const type = (answer.headers['content-type'] ?? '').split(';')[0];
            const done = () => resolve({ status: answer.statusCode, type, headers: answer.headers, body: Buffer.concat(parts) });
            answer.on('data', part => parts.push(part));
            answer.on('end', done);
            answer.on('error', () => {});
            if (type === 'text/event-stream') setTimeout(() => { done(); request.destroy(); }, STREAM_MS);
        });
        request.on('timeout', () => request.destroy(new Error(`no answer within 30 s: ${method} ${path}`)));
        request.on('error', reject);
        request.end(body);
    });
}

const described = async path => JSON.parse((await ask({ token: admin }, { method: 'GET', path })).body);
export const index = (await described('/v1')).endpoints;
const api = await described('/openapi.json');
const resolved = schema => (schema?.$ref ? resolved(api.components.schemas[schema.$ref.split('/').pop()]) : schema ?? {});
const operationOf = endpoint => api.paths[endpoint.path][endpoint.method.toLowerCase()];

// ------------------------------------------------------------------ requests from the description

const CENTRE = { lon: 11.97, lat: 57.7 };
const TILE = { z: 13, x: 4368, y: 2480 };
const LAYERS = ['stations', 'lookouts', 'grids', 'people', 'streets', 'stations,lookouts,grids,people'];

// A value that fits the schema, naming rows of organisation n where it names rows.
function valueOf(given, name, n, chance, depth = 0) {
    const schema = resolved(given);
    if (columnOf(name) && schema.type !== 'array' && schema.type !== 'boolean') return idOf(name, n, chance);
    if (schema.enum) return chance.pick(schema.enum);
    if (schema.oneOf ?? schema.anyOf) return valueOf(chance.pick(schema.oneOf ?? schema.anyOf), name, n, chance, depth + 1);
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map(part => valueOf(part, '', n, chance, depth + 1)));
    switch (schema.type) {
    case 'object': {
        const out = {};
        for (const [key, part] of Object.entries(schema.properties ?? {})) {
            if ((schema.required ?? []).includes(key) || (depth < 3 && chance.next() < 0.6)) out[key] = valueOf(part, key, n, chance, depth + 1);
        }
        return out;
    }
    case 'array':
        if (name === 'coordinates') return chance.next() < 0.5 ? [CENTRE.lon, CENTRE.lat] : [[[11.96, 57.69], [11.98, 57.69], [11.98, 57.71], [11.96, 57.69]]];
        return Array.from({ length: Math.max(schema.minItems ?? 1, 1) }, () => valueOf(schema.items ?? {}, name, n, chance, depth + 1));
    case 'integer':
    case 'number':
        if (name in CENTRE) return CENTRE[name];
        if (name in TILE) return TILE[name];
        return Math.min(Math.max(schema.minimum ?? 0, name === 'limit' ? 1000 : 1), schema.maximum ?? 1000);
    case 'boolean':
        return chance.next() < 0.5;
    case 'string':
        if (schema.format === 'date-time') return new Date(Date.now() + (chance.next() - 0.5) * 6e8).toISOString();
        if (schema.format === 'date') return new Date(Date.now() + chance.next() * 6e8).toISOString().slice(0, 10);
        if (name === 'layer') return chance.pick(LAYERS);
        if (name === 'bbox') return '11.9,57.65,12.05,57.75';
        if (name === 'near') return '11.97,57.7';
        if (name === 'q') return chance.pick(['Kanar', 'Kanark', 'Persp', 'station', `Kanark${String(n || 99999).padStart(5, '0')}x`]);
        if (name === 'file') return 'main.js';
        if (name === 'month') return new Date().toISOString().slice(0, 7);
        return `probe${chance.number(1e9)}`.slice(0, schema.maxLength ?? 20);
    default:
        return null;
    }
}

const CSV = 'name,code,org,phone,mode\nprobe,P1,,13912345678,foot\n';

// A request to the endpoint about rows of organisation n (0: rows that there are not), and what of it names them.
export function requestTo(endpoint, n, chance) {
    const operation = operationOf(endpoint);
    const query = [];
    let path = endpoint.path;
    for (const given of operation.parameters ?? []) {
        const parameter = given.$ref ? api.components.parameters[given.$ref.split('/').pop()] : given;
        if (parameter.in === 'path') {
            const schema = resolved(parameter.schema);
            path = path.replace(`{${parameter.name}}`, encodeURIComponent(columnOf(parameter.name) ? idOf(parameter.name, n, chance) : valueOf(schema, parameter.name, n, chance)));
        } else if (parameter.in === 'query' && !['cursor', 'frame', 'after'].includes(parameter.name) && (parameter.name === 'limit' || parameter.required || chance.next() < 0.3)) {
            query.push(`${parameter.name}=${encodeURIComponent(parameter.name === 'limit' ? 1000 : valueOf(parameter.schema, parameter.name, n, chance))}`);
        }
    }
    const headers = { 'if-match': '*', 'idempotency-key': randomBytes(12).toString('hex') };
    const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
    let body;
    if (type) {
        headers['content-type'] = type;
        body = /json/.test(type) ? JSON.stringify(valueOf(content.schema, '', n, chance)) : CSV;
    }
    return { method: endpoint.method, path: path + (query.length ? `?${query.join('&')}` : ''), headers, body };
}
export const sentIn = request => `${request.path} ${request.body ?? ''}`;
export const namesRows = endpoint => [...endpoint.path.matchAll(/\{(\w+)\}/g)].some(([, name]) => columnOf(name));

// Lets `count` callers work through what `next` gives until it gives nothing.
export async function inParallel(count, next) {
    await Promise.all(Array.from({ length: count }, async () => {
        for (let work = next(); work; work = next()) await work();
    }));
}

export const figure = (name, value, bar, good) => console.log([name, value, bar, good ? 'ok' : 'missed'].join('\t'));

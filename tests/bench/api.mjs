// Asks every operation of /openapi.json with generated values: right ones, ones just outside, and nonsense.
// Each answer must have a declared status below 500, the declared content type and, when it is JSON, the
// declared form.
import { createRequire } from 'node:module';
import http from 'node:http';
import process from 'node:process';

const require = createRequire(new URL('../node/package.json', import.meta.url));
const fc = require('fast-check');

const flag = (name, otherwise) => {
    const at = process.argv.indexOf(name);
    return at < 0 ? otherwise : process.argv[at + 1];
};
const base = new URL(process.env.VIGIL_URL);
const token = process.env.VIGIL_TOKEN;
const cases = Number(flag('--cases', process.argv.includes('--short') ? 3000 : 20000));
const seed = Number(flag('--seed', Date.now() % 1e6));
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });

function ask(method, path, headers, body) {
    return new Promise((resolve, reject) => {
        const request = http.request({ host: base.hostname, port: base.port, method, path, headers, agent, timeout: 15000 }, answer => {
            const parts = [];
            const type = (answer.headers['content-type'] ?? '').split(';')[0];
            if (type === 'text/event-stream') { // does not end: its head says all that is declared
                resolve({ status: answer.statusCode, type, headers: answer.headers, body: Buffer.alloc(0) });
                request.destroy();
                return;
            }
            answer.on('data', part => parts.push(part));
            answer.on('end', () => resolve({ status: answer.statusCode, type, headers: answer.headers, body: Buffer.concat(parts) }));
        });
        request.on('timeout', () => request.destroy(new Error('no answer within 15 s')));
        request.on('error', reject);
        request.end(body);
    });
}

const described = await ask('GET', '/openapi.json', { authorization: `Bearer ${token}` });
if (described.status !== 200) throw new Error(`/openapi.json: ${described.status}`);
const api = JSON.parse(described.body);
const schemas = api.components.schemas;
const resolved = schema => (schema?.$ref ? resolved(schemas[schema.$ref.split('/').pop()]) : schema ?? {});

// ------------------------------------------------------------------ does a value fit its schema?

// Says why not, or null. Knows the words that our schemas use.
function misfit(value, given, at = '') {
    const schema = resolved(given);
    if (value === null && schema.nullable) return null;
    for (const part of schema.allOf ?? []) {
        const why = misfit(value, part, at);
        if (why) return why;
    }
    const any = schema.oneOf ?? schema.anyOf;
    if (any && !any.some(part => misfit(value, part, at) === null)) return `${at}: none of the forms`;
    if (schema.enum && !schema.enum.includes(value)) return `${at}: ${JSON.stringify(value)} is not in the enum`;
    const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
    if (schema.type && kind !== (schema.type === 'integer' ? 'number' : schema.type)) return `${at}: ${kind} instead of ${schema.type}`;
    if (schema.type === 'integer' && !Number.isInteger(value)) return `${at}: ${value} is no integer`;
    if (kind === 'number' && (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity))) return `${at}: ${value} is out of range`;
    if (kind === 'string' && schema.pattern && !new RegExp(schema.pattern).test(value)) return `${at}: ${value} does not match`;
    if (kind === 'array' && schema.items)
        for (const [i, item] of value.entries()) {
            const why = misfit(item, schema.items, `${at}/${i}`);
            if (why) return why;
        }
    if (kind === 'object') {
        for (const key of schema.required ?? []) if (!(key in value)) return `${at}: ${key} is missing`;
        for (const [key, item] of Object.entries(value)) {
            if (schema.properties?.[key]) {
                const why = misfit(item, schema.properties[key], `${at}/${key}`);
                if (why) return why;
            } else if (schema.additionalProperties === false) {
                return `${at}: ${key} is not declared`;
            }
        }
    }
    return null;
}

// ------------------------------------------------------------------ values

const evil = fc.constantFrom("' OR 1=1 --", '../../etc/passwd', '%00', '\u0000', '\r\nX: y', '<script>', '\ud800', '𝕏'.repeat(300), '南京路', '', ' ', 'null', '1e308', '-1', '9007199254740993');
const oddNumber = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -1, 180, -180, 180.0000001, 90, 91, 1e308, 9007199254740991, 9007199254740993));
const nonsense = fc.oneof(evil, oddNumber, fc.boolean(), fc.constant(null), fc.jsonValue({ maxDepth: 3 }));

const ofNumber = schema => {
    const [min, max] = [schema.minimum ?? -1000, schema.maximum ?? (schema.minimum ?? 0) + 1e6];
    if (schema.type === 'integer') return fc.integer({ min: Math.max(min, -2147483648), max: Math.min(max, 2147483647) });
    return fc.double({ min, max, noNaN: true });
};

// Values that fit a schema, but for one in fifty.
function ofSchema(given, depth = 0, name = '') {
    const schema = resolved(given);
    const right = rightOf(schema, depth, name);
    return fc.oneof({ weight: 50, arbitrary: right }, { weight: 1, arbitrary: nonsense });
}

// Places in Gothenburg where the name says so: far away there is little to find.
const NAMED = {
    lon: fc.double({ min: 11.9, max: 12.05, noNaN: true }),
    lat: fc.double({ min: 57.65, max: 57.75, noNaN: true }),
    person_id: fc.integer({ min: 900001, max: 902000 }),
    z: fc.integer({ min: 8, max: 16 }),
    layer: fc.shuffledSubarray(['streets', 'water', 'green', 'buildings', 'places', 'boundaries', 'stations', 'lookouts', 'grids', 'people'], { minLength: 1 }).map(list => list.join(',')),
    bbox: fc.constantFrom('11.9,57.65,12.05,57.75', '11.9,57.6,11.95,57.7', '12,58,11,57'),
    near: fc.constantFrom('11.97,57.7', '12,57.71'),
    'If-Match': fc.integer({ min: 1, max: 3 }).map(version => `"${version}"`),
    file: fc.constantFrom('palette.json', 'style.json', 'main.js', '../main.js'),
    fix_time: fc.integer({ min: -120, max: 5 }).map(s => new Date(Date.now() + s * 1000).toISOString()),
};

function rightOf(schema, depth, name) {
    if (NAMED[name]) return NAMED[name];
    if (schema.enum) return fc.constantFrom(...schema.enum);
    if (schema.oneOf ?? schema.anyOf) return fc.oneof(...(schema.oneOf ?? schema.anyOf).map(part => ofSchema(part, depth + 1)));
    if (schema.allOf) return fc.tuple(...schema.allOf.map(part => rightOf(resolved(part), depth + 1, ''))).map(list => Object.assign({}, ...list));
    switch (schema.type) {
    case 'object': {
        if (!schema.properties) return fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
        const keys = Object.fromEntries(Object.entries(schema.properties).map(([key, part]) => [key, depth > 6 ? nonsense : ofSchema(part, depth + 1, key)]));
        const required = schema.required ?? [];
        return fc.oneof({ weight: 15, arbitrary: fc.record(keys, { requiredKeys: required }) },
            { weight: 1, arbitrary: fc.record(keys, { requiredKeys: [] }) },
            { weight: 1, arbitrary: fc.record({ ...keys, surplus: nonsense }, { requiredKeys: [...required, 'surplus'] }) });
    }
    case 'array':
        return fc.array(depth > 6 ? nonsense : ofSchema(schema.items ?? {}, depth + 1), { minLength: Math.min(schema.minItems ?? 0, 6), maxLength: Math.min(schema.maxItems ?? 5, 6) });
    case 'integer':
    case 'number':
        return fc.oneof({ weight: 4, arbitrary: ofNumber(schema) }, { weight: 1, arbitrary: fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 1000) });
    case 'boolean':
        return fc.boolean();
    case 'string':
        if (schema.format === 'date-time') return NAMED.fix_time;
        return fc.oneof(fc.string({ minLength: Math.min(schema.minLength ?? 0, 10), maxLength: Math.min(schema.maxLength ?? 20, 20) }), fc.constantFrom('A1', 'Linnégatan', '南京路'));
    default:
        return nonsense;
    }
}

const encoded = value => {
    try {
        return encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value) ?? '');
    } catch {
        return 'x'; // a lone surrogate cannot be sent
    }
};

// A tile near the city, so that there is something on it.
const tileOf = params => {
    if (!Number.isInteger(params.z) || Math.random() < 0.1) return params;
    const n = 2 ** params.z;
    const rad = 57.7 * Math.PI / 180;
    return { ...params, x: Math.floor((11.97 + 180) / 360 * n), y: Math.floor((1 - Math.asinh(Math.tan(rad)) / Math.PI) / 2 * n) };
};

// ------------------------------------------------------------------ operations

const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })))
    .filter(o => o.path !== '/v1/leave'); // would end the token that asks

// Ids come from those that the lists gave; an optional parameter is mostly absent, a cursor nearly always.
const ids = {};
function ofParameter(p) {
    const known = ids[p.name];
    const right = known?.length ? fc.oneof(fc.constantFrom(...known), ofSchema(p.schema, 0, p.name)) : ofSchema(p.schema, 0, p.name);
    return p.required ? right : fc.oneof({ weight: p.name === 'cursor' ? 30 : 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: right });
}

function caseOf({ path, method, operation }) {
    const within = kind => operation.parameters.filter(p => p.in === kind);
    const record = kind => fc.record(Object.fromEntries(within(kind).map(p => [p.name, ofParameter(p)])),
        { requiredKeys: within(kind).filter(p => p.required).map(p => p.name) });
    const content = operation.requestBody?.content;
    const type = content && Object.keys(content)[0];
    return fc.record({
        params: record('path'),
        queries: fc.oneof({ weight: 20, arbitrary: record('query') }, { weight: 1, arbitrary: fc.constant({ surplus: '1' }) }),
        headers: record('header'),
        body: type ? fc.oneof({ weight: 20, arbitrary: ofSchema(content[type].schema).map(v => JSON.stringify(v) ?? '') },
            { weight: 1, arbitrary: fc.oneof(evil, fc.json(), fc.constant('{"a":1,"a":2}'), fc.constant('['.repeat(100))) }) : fc.constant(undefined),
        type: fc.oneof({ weight: 20, arbitrary: fc.constant(type) }, { weight: 1, arbitrary: fc.constant('text/plain') }),
        signed: fc.oneof({ weight: 30, arbitrary: fc.constant(token) }, { weight: 1, arbitrary: fc.constantFrom('', 'vgl_1_nonsense', 'x y') }),
    }).map(drawn => ({ path, method, operation, ...drawn }));
}

function sent(c) {
    const params = tileOf(c.params);
    const target = c.path.replaceAll(/\{(\w+)\}/g, (_, name) => encoded(params[name]) || 'x');
    const query = Object.entries(c.queries).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${encoded(value)}`).join('&');
    const headers = { 'idempotency-key': '', ...Object.fromEntries(Object.entries(c.headers).map(([name, value]) => [name.toLowerCase(), (typeof value === 'string' ? value : JSON.stringify(value) ?? '').replaceAll(/[^ -~]/g, '?')])) };
    if (!headers['idempotency-key']) delete headers['idempotency-key'];
    else if (c.method === 'POST') headers['idempotency-key'] = `${headers['idempotency-key']}-${Math.floor(Math.random() * 1e9)}`.replaceAll(' ', '_').slice(-100);
    if (c.signed) headers.authorization = `Bearer ${c.signed}`;
    if (c.body !== undefined) {
        headers['content-length'] = Buffer.byteLength(c.body);
        if (c.type) headers['content-type'] = c.type;
    }
    return [c.method, query ? `${target}?${query}` : target, headers, c.body];
}

const seen = {};

// Null, or what is wrong with the answer.
function wrong(c, answer) {
    const statuses = Object.keys(c.operation.responses);
    const declared = c.operation.responses[answer.status];
    if (answer.status >= 500) return `${answer.status}`;
    if (!declared) return `${answer.status} is not declared (${statuses})`;
    const types = Object.keys(declared.content ?? {});
    if (types.length > 0 && answer.body.length > 0 && !types.includes('*/*') && !types.includes(answer.type)) return `${answer.type} is not declared (${types})`;
    if (answer.headers['x-request-id'] === undefined) return 'no X-Request-Id';
    if (!/json$/.test(answer.type) || answer.body.length === 0) return null;
    return misfit(JSON.parse(answer.body), declared.content?.[answer.type]?.schema ?? {});
}

async function check(c) {
    const request = sent(c);
    const answer = await ask(...request);
    const name = `${c.method} ${c.path}`;
    seen[name] ??= {};
    if (answer.status === 201 && answer.type === 'application/json')
        for (const [key, value] of Object.entries(JSON.parse(answer.body))) if (key.endsWith('_id')) (ids[key] ??= []).push(value);
    seen[name][answer.status] = (seen[name][answer.status] ?? 0) + 1;
    const why = wrong(c, answer);
    if (why) throw new Error(`${why}\n  ${request[0]} ${request[1]}\n  ${(request[3] ?? '').slice(0, 500)}\n  answered ${answer.body.toString().slice(0, 500)}`);
}

// A description that declares nothing must be found wrong, or the judge is blind.
const blind = { path: '/healthz', method: 'GET', operation: { parameters: [], responses: {} } };
if (wrong(blind, await ask('GET', '/healthz', {})) === null) throw new Error('the control was not noticed');

console.log(`api: ${operations.length} operations, seed ${seed}`);
const begun = Date.now();
let failures = 0;
let count = 0;
for (const operation of operations) {
    const runs = Math.ceil(cases / operations.length);
    const result = await fc.check(fc.asyncProperty(fc.array(caseOf(operation), { minLength: 8, maxLength: 8 }), async list => {
        await Promise.all(list.map(check));
    }), { numRuns: Math.ceil(runs / 8), seed, endOnFailure: true, interruptAfterTimeLimit: 600000 });
    count += result.numRuns * 8;
    if (result.failed) {
        failures++;
        console.log(`  ${operation.method} ${operation.path}: ${result.errorInstance?.message ?? result.error}`);
    }
}
agent.destroy();
for (const [name, statuses] of Object.entries(seen))
    console.log(`  ${name.padEnd(48)} ${Object.entries(statuses).map(([status, n]) => `${status}×${n}`).join(' ')}`);
const seconds = (Date.now() - begun) / 1000;
console.log(`api: ${count} cases in ${seconds.toFixed(1)} s, ${failures} operations with a 5xx, an undeclared status or a misfit (bar: 0)`);
process.exit(failures === 0 ? 0 : 1);

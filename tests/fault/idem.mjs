// Calls every creating endpoint under keys of its own, each key one to four times, half of the calls over a proxy
// that cuts the line: before the answer, in the middle of it, or together with the server's side. What was done
// is counted in the database. Prints one line a figure: name, figure, bar and verdict, parted by tabs.
import { execFileSync } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import process from 'node:process';
import { recipes } from './idem_recipes.mjs';

const flag = (name, otherwise) => {
    const at = process.argv.indexOf(name);
    return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const base = new URL(process.env.VIGIL_URL);
const admin = process.env.VIGIL_TOKEN;
let token = admin; // of whom calls are, one endpoint after the other
const keysEach = process.argv.includes('--short') ? 12 : 60;
const CALLERS = 8, SENDS_MAX = 4;

// ------------------------------------------------------------------ chance, from the seed

let state = flag('--seed', 7) >>> 0;
const chance = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
};

// ------------------------------------------------------------------ asking

const sql = text => execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', process.env.VIGIL_DATABASE, '-c', text], { encoding: 'utf8' }).trim();

// An answer, or null when the line was cut.
function ask(port, method, path, key, body) {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { authorization: `Bearer ${token}`, ...(key && { 'idempotency-key': key }) };
    if (text !== undefined) {
        headers['content-type'] = typeof body === 'string' ? 'text/csv' : 'application/json';
        headers['content-length'] = Buffer.byteLength(text);
    }
    return new Promise(resolve => {
        const request = http.request({ host: base.hostname, port, method, path, headers, agent: false, timeout: 20000 }, answer => {
            const parts = [];
            answer.on('data', part => parts.push(part));
            answer.on('error', () => resolve(null));
            answer.on('end', () => resolve(answer.complete ? { status: answer.statusCode, location: answer.headers.location ?? '', body: Buffer.concat(parts).toString() } : null));
        });
        request.on('timeout', () => request.destroy());
        request.on('error', () => resolve(null));
        request.end(text);
    });
}

// ------------------------------------------------------------------ the proxy that cuts

const CUTS = ['none', 'before the answer', 'inside the answer', 'both sides'];
const cuts = new Map(CUTS.map(name => [name, 0]));

function relay(client) {
    const how = CUTS[Math.floor(chance() * CUTS.length)];
    const server = net.connect(Number(base.port), base.hostname);
    let sent = Buffer.alloc(0);

    cuts.set(how, cuts.get(how) + 1);
    client.on('error', () => server.destroy());
    server.on('error', () => client.destroy());
    client.on('data', part => {
        sent = Buffer.concat([sent, part]);
        server.write(part);
        if (how !== 'both sides' && how !== 'before the answer') return;
        const end = sent.indexOf('\r\n\r\n');
        const size = end < 0 ? Infinity : Number(/content-length: (\d+)/i.exec(sent.subarray(0, end))?.[1] ?? 0);
        if (sent.length < end + 4 + size) return;
        // The whole request is on its way: now the caller hears nothing more.
        if (how === 'both sides') server.end(() => server.destroy());
        client.destroy();
    });
    server.on('data', part => {
        if (how === 'none') client.write(part);
        else if (how === 'inside the answer') client.end(part.subarray(0, Math.min(40, part.length)), () => client.destroy());
    });
    server.on('end', () => client.end());
    client.on('end', () => server.end());
}
const proxy = net.createServer(relay);
await new Promise(resolve => proxy.listen(0, '127.0.0.1', resolve));

// ------------------------------------------------------------------ one endpoint

const wait = ms => new Promise(resolve => setTimeout(resolve, ms));

// Sends a call one to four times, some of them at once; the last one is sent until it is answered.
async function send(path, key, body, keyOf) {
    const sends = 1 + Math.floor(chance() * SENDS_MAX);
    const atOnce = chance() < 0.3;
    const answers = [];
    const once = i => ask(chance() < 0.5 ? proxy.address().port : base.port, 'POST', path, keyOf(key, i), body);

    if (atOnce) answers.push(...await Promise.all(Array.from({ length: sends - 1 }, (_, i) => once(i))));
    else for (let i = 0; i < sends - 1; i++) answers.push(await once(i));
    for (let tries = 0; tries < 20; tries++) {
        const last = await ask(base.port, 'POST', path, keyOf(key, sends - 1), body);
        answers.push(last);
        if (last && last.status < 500 && last.status !== 429) break;
        await wait(100 * (tries + 1));
    }
    return answers.filter(answer => answer && answer.status !== 503 && answer.status !== 429);
}

async function run(name, recipe, first, keyOf) {
    token = admin;
    const ground = recipe.with ? await recipe.with({ ask: (method, path, body) => ask(base.port, method, path, `ground-${name}-${Math.floor(chance() * 1e9)}`, body), sql }) : {};
    token = ground.token ?? admin; // what only a person may do with her own
    const counted = () => Number(sql(typeof recipe.counted === 'function' ? recipe.counted(ground) : recipe.counted));
    const before = counted();
    const todo = Array.from({ length: keysEach }, (_, i) => first + i);
    const faults = [];

    await Promise.all(Array.from({ length: CALLERS }, async () => {
        for (let n = todo.shift(); n !== undefined; n = todo.shift()) {
            const path = typeof recipe.path === 'function' ? recipe.path(n, ground) : recipe.path ?? name;
            const answers = await send(path, `${name}-${n}`, recipe.body(n, ground), keyOf);
            const good = answers.filter(answer => answer.status >= 200 && answer.status < 300);
            if (good.length !== answers.length) faults.push(`${path}: ${answers.find(a => !good.includes(a)).status} ${answers.find(a => !good.includes(a)).body.slice(0, 200)}`);
            if (new Set(good.map(a => `${a.status} ${a.location} ${recipe.same ? recipe.same(a.body) : a.body}`)).size > 1) faults.push(`${path}: two answers to one key`);
        }
    }));
    return { effects: counted() - before, faults, ground };
}

// ------------------------------------------------------------------ all of them

const report = (name, figure, bar, good) => process.stdout.write(`${name}\t${figure}\t${bar}\t${good ? 'ok' : 'missed'}\n`);
const described = JSON.parse((await ask(base.port, 'GET', '/openapi.json')).body);
const creating = Object.entries(described.paths).filter(([, operations]) =>
    operations.post?.parameters?.some(parameter => parameter.name === 'Idempotency-Key' && parameter.required)).map(([path]) => path);
const missing = creating.filter(path => !recipes[path]);
let wrong = 0, keys = 0, reused = 0;
const same = (key, i) => (void i, key);

for (const path of creating.filter(each => recipes[each])) {
    const recipe = recipes[path];
    const { effects, faults, ground } = await run(path, recipe, 1, same);
    const other = await ask(base.port, 'POST', typeof recipe.path === 'function' ? recipe.path(1, ground) : path, `${path}-1`, recipe.body(2, ground));

    keys += keysEach;
    if (other?.status === 422 && JSON.parse(other.body).code === 'idempotency_key_reused') reused++;
    else process.stderr.write(`${path}: a key sent with another body gave ${other?.status} ${other?.body.slice(0, 200)}\n`);
    if (effects !== keysEach || faults.length) {
        wrong++;
        process.stderr.write(`${path}: ${effects} effects of ${keysEach} keys; ${faults.slice(0, 3).join(' | ')}\n`);
    }
}
report('creating endpoints with a recipe', `${creating.length - missing.length} of ${creating.length}${missing.length ? ` (missing: ${missing.join(', ')})` : ''}`, 'all', missing.length === 0 && creating.length > 0);
report('endpoints whose effects are not their distinct keys', `${wrong} of ${keys} keys`, '0', wrong === 0);
report('endpoints that refuse a key with another body', `${reused} of ${creating.length - missing.length}`, 'all', reused === creating.length - missing.length);
report('lines cut', CUTS.slice(1).map(name => `${cuts.get(name)} ${name}`).join(', '), 'each > 0', CUTS.slice(1).every(name => cuts.get(name) > 0));

const [path, recipe] = Object.entries(recipes).find(([, each]) => each.control);
const control = await run(path, recipe, 100001, (key, i) => `${key}-${i}`);
report('control: repeats under new keys do things twice', `${control.effects} effects of ${keysEach} wishes`, `> ${keysEach}`, control.effects > keysEach);
proxy.close();

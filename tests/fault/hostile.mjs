// Hostile requests over raw sockets. A violation is an answer to a request that a strict reader of
// RFC 9112 does not see in what was sent; a hang is more than 15 s without an end.
import net from 'node:net';
import { spawn } from 'node:child_process';

const flag = (name, otherwise) => {
    const at = process.argv.indexOf(name);
    return at < 0 ? otherwise : process.argv[at + 1];
};
const port = Number(flag('--port'));
const short = process.argv.includes('--short');
const seed = Number(flag('--seed', Date.now() % 1e6));
const HANG_MS = 15000;
const PARALLEL = 48;
const MARK = 'smuggled';

// A small generator (mulberry32), so that a seed gives the same requests again.
let state = seed;
const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const below = n => Math.floor(random() * n);

// ------------------------------------------------------------------ one conversation

// Sends the pieces, `gapMs` apart, then waits until the server hangs up or has said something and is
// silent. After `patienceMs` the writing side is closed, so that a server which waits for the rest of a
// request learns that none will come. Resolves to {text, ms, closed}.
function talk(to, pieces, { gapMs = 1, quietMs = 250, patienceMs = 0 } = {}) {
    return new Promise(resolve => {
        const begun = Date.now();
        const socket = net.connect({ port: to, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
        let text = '';
        let quiet = null;
        let over = false;
        const end = closed => {
            if (over) return;
            over = true;
            clearTimeout(limit);
            clearTimeout(quiet);
            socket.destroy();
            resolve({ text, ms: Date.now() - begun, closed });
        };
        const limit = setTimeout(() => end(false), HANG_MS + 2000);
        socket.on('data', bytes => {
            text += bytes.toString('latin1');
            clearTimeout(quiet);
            quiet = setTimeout(() => end(false), quietMs);
        });
        socket.on('end', () => end(true));
        socket.on('error', () => end(true));
        socket.on('close', () => end(true));
        socket.on('connect', async () => {
            for (const piece of pieces) {
                if (over) return;
                socket.write(piece);
                if (pieces.length > 1) await new Promise(next => setTimeout(next, gapMs));
            }
            if (patienceMs > 0) setTimeout(() => { if (!over) socket.end(); }, patienceMs);
        });
    });
}

async function inParallel(items, run) {
    let next = 0;
    await Promise.all(Array.from({ length: PARALLEL }, async () => {
        while (next < items.length) await run(items[next++]);
    }));
}

const codesOf = text => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(m => Number(m[1]));

// ------------------------------------------------------------------ the strict reader

// The targets of the requests that stand in `bytes`, until the first that is malformed. A chunk's line may
// end in a bare LF, which changes nothing about where it ends. A NUL that stands where a CR belongs counts as
// one: libmicrohttpd has overwritten both before we see them (api/README.md).
function strictTargets(bytes) {
    const targets = [];
    let rest = bytes.replaceAll('\0\n', '\r\n');
    for (;;) {
        rest = rest.replace(/^(?:\r?\n)+/, ''); // section 2.2: empty lines before a request line are skipped
        const head = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([!-~]+) HTTP\/1\.([01])\r\n((?:[^\r\n]+\r\n)*)\r\n/.exec(rest);
        if (!head) return targets;
        const fields = head[4].split('\r\n').slice(0, -1).map(line => /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/.exec(line));
        if (fields.some(f => !f || /[\x00-\x08\x0a-\x1f\x7f]/.test(f[2]))) return targets;
        const all = name => fields.filter(f => f[1].toLowerCase() === name).map(f => f[2]);
        const [lengths, codings, hosts] = [all('content-length'), all('transfer-encoding'), all('host')];
        if (hosts.length > 1 || (head[3] === '1' && hosts.length === 0)) return targets;
        if (lengths.length + codings.length > 1) return targets;
        rest = rest.slice(head[0].length);
        targets.push(head[2]);
        if (lengths.length === 1) {
            if (!/^\d{1,15}$/.test(lengths[0])) return targets;
            rest = rest.slice(Number(lengths[0]));
        } else if (codings.length === 1) {
            if (head[3] === '0' || codings[0].toLowerCase() !== 'chunked') return targets;
            const after = skipChunks(rest);
            if (after === null) return targets;
            rest = after;
        }
    }
}

function skipChunks(rest) {
    for (;;) {
        const line = /^([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n/.exec(rest);
        if (!line) return null;
        const size = parseInt(line[1], 16);
        rest = rest.slice(line[0].length);
        if (size === 0) {
            const trailer = /^(?:[^\r\n]+\r?\n)*\r?\n/.exec(rest);
            return trailer ? rest.slice(trailer[0].length) : null;
        }
        const end = /^\r?\n/.exec(rest.slice(size));
        if (!end) return null;
        rest = rest.slice(size + end[0].length);
    }
}

// ------------------------------------------------------------------ the requests

const H = 'Host: a\r\n';
const NEXT = `GET /${MARK} HTTP/1.1\r\n${H}\r\n`;
const post = (fields, body, version = '1.1') => `POST /v1/enter HTTP/${version}\r\n${H}${fields}\r\n${body}`;
const get = (target, fields = H) => `GET ${target} HTTP/1.1\r\n${fields}\r\n`;

// The 31 requests that showed libmicrohttpd's four violations, with the answers that we owe.
const KNOWN = [
    ['CL and TE', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${NEXT}`), 400],
    ['TE and CL', post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', `0\r\n\r\n${NEXT}`), 400],
    ['two CL that differ', post('Content-Length: 0\r\nContent-Length: 40\r\n', NEXT), 400],
    ['CL +5', post('Content-Length: +5\r\n', `hello${NEXT}`), 400],
    ['CL -1', post('Content-Length: -1\r\n', NEXT), 400],
    ['CL 5, 5', post('Content-Length: 5, 5\r\n', `hello${NEXT}`), 400],
    ['CL 0x5', post('Content-Length: 0x5\r\n', `hello${NEXT}`), 400],
    ['CL 2^64+5', post('Content-Length: 18446744073709551621\r\n', `hello${NEXT}`), [400, 413]],
    ['TE xchunked', post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${NEXT}`), 400],
    ['TE chunked, identity', post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${NEXT}`), 400],
    ['TE in HTTP/1.0', post('Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${NEXT}`, '1.0'), 400],
    ['TE folded', post('Transfer-Encoding:\r\n chunked\r\n', `0\r\n\r\n${NEXT}`), 400],
    ['TE with a blank before the colon', post('Transfer-Encoding : chunked\r\n', `0\r\n\r\n${NEXT}`), 400],
    ['chunk with an extension', post('Transfer-Encoding: chunked\r\n', '5;a=b\r\nhello\r\n0\r\n\r\n'), [400, 415]],
    ['chunk with bare LF', post('Transfer-Encoding: chunked\r\n', '5\nhello\n0\n\n'), [400, 415]],
    ['chunk beyond 64 bits', post('Transfer-Encoding: chunked\r\n', 'fffffffffffffffff\r\nhello\r\n0\r\n\r\n'), [400, 413, 415]],
    ['chunk -5', post('Transfer-Encoding: chunked\r\n', '-5\r\nhello\r\n0\r\n\r\n'), [400, 415]],
    ['bare LF in the head', 'GET /lf HTTP/1.1\nHost: a\n\n', 400],
    ['bare CR in a value', get('/healthz', `${H}X: a\rTransfer-Encoding: chunked\r\n`), 400],
    ['NUL in a value', get('/healthz', `${H}X: a\x00b\r\n`), 400],
    ['no Host', get('/healthz', ''), 400],
    ['two Hosts', get('/healthz', `${H}Host: b\r\n`), 400],
    ['a name that is none', get('/healthz', `${H}X\x01(y): v\r\n`), 400],
    ['HTTP/2.7', `GET /healthz HTTP/2.7\r\n${H}\r\n`, [400, 505]],
    ['a blank in the target', get('/a b'), 400],
    ['an absolute target', get('http://evil/x'), 400],
    ['%00 in the path', get('/a%00b'), 400],
    ['dots in the path', get('/a/%2e%2e/admin'), 400],
    ['a header of 40 KB', get('/healthz', `${H}X: ${'a'.repeat(40000)}\r\n`), 431],
    ['2,000 headers', get('/healthz', H + Array.from({ length: 2000 }, (_, i) => `X${i}: 1\r\n`).join('')), 431],
    ['CL of 10 TB', post('Content-Type: application/json\r\nContent-Length: 10995116277760\r\n', 'x'), 413],
];

const JSON_BODY = '{"code":"no code"}';
const VALID = [
    [get('/healthz'), 200],
    [get('/healthz', `${H}X-Request-Id: split-1\r\nAccept: */*\r\nUser-Agent: a b\r\n`), 200],
    [`HEAD /healthz HTTP/1.1\r\n${H}\r\n`, 200],
    [post(`Content-Type: application/json\r\nContent-Length: ${JSON_BODY.length}\r\n`, JSON_BODY), 401],
    [post('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n', `${JSON_BODY.length.toString(16)}\r\n${JSON_BODY}\r\n0\r\n\r\n`), 401],
    [get('/openapi.json', `${H}Authorization: Bearer vgl_1_none\r\n`), 401],
];

const OVERSIZED = [
    ['a target of 5,000 bytes', get(`/${'a'.repeat(5000)}`), [414]],
    ['a target of 4,096 bytes', get(`/${'a'.repeat(4095)}`), [404]],
    ['a target of 100,000 bytes', get(`/${'a'.repeat(100000)}`), [414]],
    ['65 headers', get('/healthz', H + 'X: 1\r\n'.repeat(65)), [431]],
    ['64 headers', get('/healthz', H + 'X: 1\r\n'.repeat(63)), [200]],
    ['33 query parameters', get(`/healthz?${Array.from({ length: 33 }, (_, i) => `q${i}=1`).join('&')}`), [400]],
    ['25 path segments', get('/a'.repeat(25)), [400]],
    ['a header name of 9,000 bytes', get('/healthz', `${H}${'X'.repeat(9000)}: 1\r\n`), [431]],
    ['a method of 9,000 bytes', `${'G'.repeat(9000)} / HTTP/1.1\r\n${H}\r\n`, [400, 405, 414, 431, 501]],
    ['a body one byte too long', post('Content-Type: application/json\r\nContent-Length: 1025\r\n', 'x'.repeat(1025)), [413]],
    ['the same in chunks', post('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n', `401\r\n${'x'.repeat(1025)}\r\n0\r\n\r\n`), [413]],
    ['a body that never ends', post('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n', `400\r\n${'x'.repeat(1024)}\r\n`.repeat(100)), []],
    ['one byte a chunk', post('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n', `${[...JSON_BODY].map(c => `1\r\n${c}\r\n`).join('')}0\r\n\r\n`), [401]],
    ['JSON nested 1,000 deep', post('Content-Type: application/json\r\nContent-Length: 1000\r\n', '['.repeat(1000)), [400]],
    ['a body for a GET', get('/healthz', `${H}Content-Length: 3\r\n`) + 'abc', [413]],
    ['a cookie of 5,000 bytes', get('/v1', `${H}Cookie: vigil_session=${'a'.repeat(5000)}\r\n`), [401, 431]],
    ['a token of 5,000 bytes', get('/v1', `${H}Authorization: Bearer ${'a'.repeat(5000)}\r\n`), [401]],
];

// Mutations of requests whose body would be a request of its own.
function mutate(text) {
    const bytes = [...text];
    for (let n = 1 + below(3); n > 0; n--) {
        const at = below(bytes.length);
        const odd = ['\r', '\n', '\0', ' ', '\t', ':', ';', ',', '%', '/', '0', '5', 'f', '\x7f', '\xff', '\r\n', '\r\n '][below(17)];
        switch (below(5)) {
        case 0: bytes[at] = odd; break;
        case 1: bytes.splice(at, 0, odd); break;
        case 2: bytes.splice(at, 1); break;
        case 3: bytes.splice(at, 0, ...bytes.slice(at, at + 1 + below(30))); break;
        default: bytes[at] = String.fromCharCode(below(256));
        }
    }
    return bytes.join('');
}

const CARRIERS = [
    post(`Content-Type: text/x\r\nContent-Length: ${NEXT.length}\r\n`, NEXT),
    post('Transfer-Encoding: chunked\r\n', `${NEXT.length.toString(16)}\r\n${NEXT}\r\n0\r\n\r\n`),
    post(`Content-Type: application/json\r\nContent-Length: ${NEXT.length}\r\n`, NEXT),
    post('Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n', `${NEXT.length.toString(16)}\r\n${NEXT}\r\n0\r\n\r\n`),
    get('/healthz', `${H}X: ${NEXT.replaceAll('\r\n', ' ')}\r\n`),
];

// ------------------------------------------------------------------ the runs

const found = { cases: 0, violations: 0, hangs: 0, wrong: 0, slowest: 0 };

function complain(kind, what, sent, answer) {
    found[kind]++;
    if (found[kind] <= 5)
        console.log(`  ${kind}: ${what}\n    sent ${JSON.stringify(sent.slice(0, 300))}\n    got  ${JSON.stringify(answer.text.slice(0, 200))} after ${answer.ms} ms`);
}

const isViolated = (sent, answer) => answer.text.includes(MARK) && !strictTargets(sent).some(target => target.includes(MARK));

function judge(what, sent, answer, wanted) {
    found.cases++;
    found.slowest = Math.max(found.slowest, answer.ms);
    if (answer.ms > HANG_MS) complain('hangs', what, sent, answer);
    if (isViolated(sent, answer)) complain('violations', what, sent, answer);
    if (wanted === undefined) return;
    const list = [wanted].flat();
    const code = codesOf(answer.text)[0];
    if (list.length > 0 && !list.includes(code)) complain('wrong', `${what}: ${code} instead of ${list}`, sent, answer);
}

const latin = text => Buffer.from(text, 'latin1');

async function known() {
    await inParallel(KNOWN, async ([what, sent, wanted]) => judge(what, sent, await talk(port, [latin(sent)]), wanted));
    return `${KNOWN.length} known hostile requests`;
}

async function split() {
    const cases = VALID.slice(0, short ? 5 : VALID.length).flatMap(([text, code]) =>
        Array.from({ length: text.length - 1 }, (_, i) => [text, code, i + 1]));
    await inParallel(cases, async ([text, code, at]) =>
        judge(`split at ${at}`, text, await talk(port, [latin(text.slice(0, at)), latin(text.slice(at))], { gapMs: 4, quietMs: 40 }), code));
    for (const [text, code] of VALID) // every byte alone
        judge('byte by byte', text, await talk(port, [...latin(text)].map(b => Buffer.from([b])), { gapMs: 0, quietMs: 40 }), code);
    return `${cases.length} splits`;
}

async function oversized() {
    await inParallel(OVERSIZED, async ([what, sent, wanted]) => judge(what, sent, await talk(port, [latin(sent)]), wanted));
    return `${OVERSIZED.length} oversized requests`;
}

async function mutations() {
    const cases = Array.from({ length: short ? 300 : 4000 }, () => mutate(CARRIERS[below(CARRIERS.length)]));
    let answered = 0;
    await inParallel(cases, async sent => {
        const answer = await talk(port, [latin(sent)], { quietMs: 60, patienceMs: 300 });
        if (codesOf(answer.text).length > 0) answered++;
        judge('mutation', sent, answer);
    });
    return `${cases.length} mutations, ${answered} of them answered`;
}

// Many who send one byte every second, and one who is served meanwhile.
async function slow() {
    const heads = ['GET /healthz HTTP/1.1\r\nHost: a\r\nX: ', post('Content-Type: application/json\r\nContent-Length: 1000\r\n', ''), 'G', ''];
    const many = short ? 60 : 500;
    let over = false;
    const slow = Array.from({ length: many }, (_, i) => drip(heads[i % heads.length]));
    const all = Promise.all(slow).then(list => { over = true; return list; });
    let worst = 0;
    while (!over) {
        const answer = await talk(port, [latin(get('/healthz', `${H}Connection: close\r\n`))]);
        worst = Math.max(worst, answer.ms);
        if (codesOf(answer.text)[0] !== 200) complain('wrong', 'not served beside slow senders', '/healthz', answer);
        await new Promise(next => setTimeout(next, 100));
    }
    for (const ms of await all) {
        found.cases++;
        found.slowest = Math.max(found.slowest, ms);
        if (ms > HANG_MS) complain('hangs', 'a slow sender', '', { text: '', ms });
    }
    return `${many} slow senders, others served within ${worst} ms`;
}

function drip(head) {
    return new Promise(resolve => {
        const begun = Date.now();
        const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
        const end = () => {
            clearInterval(tick);
            clearTimeout(limit);
            socket.destroy();
            resolve(Date.now() - begun);
        };
        const tick = setInterval(() => head && socket.write('a'), 1000);
        const limit = setTimeout(end, HANG_MS + 5000);
        if (head) socket.write(latin(head));
        socket.on('error', end);
        socket.on('close', end);
        socket.on('data', () => {});
    });
}

async function control() {
    const bare = spawn(flag('--control'), { stdio: ['pipe', 'pipe', 'inherit'] });
    const barePort = await new Promise((resolve, reject) => {
        bare.stdout.once('data', text => resolve(Number(text)));
        bare.once('exit', code => reject(new Error(`the control ended with ${code}`)));
    });
    const caught = [];
    await inParallel(KNOWN, async ([what, sent]) => {
        const answer = await talk(barePort, [latin(sent)], { patienceMs: 300 });
        if (isViolated(sent, answer)) caught.push(what);
    });
    bare.removeAllListeners('exit');
    bare.stdin.end();
    return caught;
}

console.log(`hostile: seed ${seed}`);
for (const run of [known, split, oversized, mutations, slow]) {
    const begun = Date.now();
    console.log(`  ${await run()}, ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}
const caught = await control();
console.log(`  control: libmicrohttpd alone violates ${caught.length}: ${caught.join('; ')}`);
console.log(`hostile: ${found.cases} requests, ${found.violations} framing violations, ${found.hangs} hangs over 15 s, ` +
    `${found.wrong} unexpected answers, slowest end ${found.slowest} ms (bar: 0, 0, 0; control at least 4: ${caught.length})`);
process.exit(found.violations + found.hangs + found.wrong === 0 && caught.length >= 4 ? 0 : 1);

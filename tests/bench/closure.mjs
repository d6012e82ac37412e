// The asking part of tests/bench/closure: closes and lifts streets at one node and asks all nodes for the way along
// them until they obey. Streets come from the database by a seed.
//   closure.mjs obey ROUNDS SEED URL…   lines "WHAT WORST_MS P50_MS COUNT": from the answer to the change until each
//                                       node's answer obeys it; of windows, from the moment they name
//   closure.mjs close SEED URL          closes a street and says "FROM_LON FROM_LAT TO_LON TO_LAT BEFORE"
//   closure.mjs is-closed FROM_LON FROM_LAT TO_LON TO_LAT BEFORE URL   "yes" when the first answer is another one
//   closure.mjs control SEED URL        "unchanged" when a street that is closed to walkers is as before by car
import { execFileSync } from 'node:child_process';

const patience_ms = 5000;
const authorization = `Bearer ${process.env.VIGIL_TOKEN}`;
const pause = ms => new Promise(done => setTimeout(done, ms));

// Streets in an order that the seed gives.
function streets(seed, most) {
    return execFileSync('psql', ['-X', '-q', '-At', '-F', ' ', '-v', 'ON_ERROR_STOP=1', process.env.VIGIL_DATABASE, '-c',
        `SELECT segment_id, length_cm * 0.006, ST_X(a), ST_Y(a), ST_X(b), ST_Y(b) FROM (
             SELECT segment_id, length_cm, ST_LineInterpolatePoint(geom, 0.2) AS a, ST_LineInterpolatePoint(geom, 0.8) AS b
             FROM vigil.segment WHERE valid_to IS NULL AND access & 16 = 16 AND class BETWEEN 1 AND 5 AND length_cm > 6000
             ORDER BY hashint8extended(segment_id, ${seed}), segment_id LIMIT ${most}) s`], { encoding: 'utf8' })
        .trim().split('\n').map(line => line.split(' ').map(Number))
        .map(([segment_id, length_m, ...ends]) => ({ segment_id, length_m, from: ends.slice(0, 2), to: ends.slice(2) }));
}

async function ask(url, method, path, body, headers = {}) {
    const answer = await fetch(url + path, {
        method, body: body && JSON.stringify(body), headers: { authorization, 'content-type': 'application/json', ...headers },
    });
    const text = await answer.text();
    return { status: answer.status, json: text ? JSON.parse(text) : null };
}

const place = ([lon, lat]) => ({ lon, lat, frame: 'wgs84' });

// What a node says of the way: its time, or why there is none.
async function way(url, one, mode = 'car') {
    const { status, json } = await ask(url, 'POST', '/v1/route', { from: place(one.from), to: place(one.to), mode });
    return status === 200 ? String(json.duration_s) : json.code;
}

// The next street along which cars go from its one end to the other, not around it: one that hangs together with nothing
// is passed over by every answer.
async function street(url, from) {
    for (;;) {
        const one = from.shift();
        const { status, json } = await ask(url, 'POST', '/v1/route', { from: place(one.from), to: place(one.to), mode: 'car' });
        if (status === 200 && Math.abs(json.length_m - one.length_m) < 1) return one;
    }
}

async function close(url, one, more = {}) {
    const { status, json } = await ask(url, 'POST', '/v1/closures', { reason: 'bar closure', segment_ids: [one.segment_id], ...more },
        { 'idempotency-key': crypto.randomUUID() });
    if (status !== 201) throw new Error(`closing: ${status} ${JSON.stringify(json)}`);
    return json.closure_id;
}

async function lift(url, id) {
    const { status } = await ask(url, 'DELETE', `/v1/closures/${id}`);
    if (status !== 204) throw new Error(`lifting: ${status}`);
}

// Milliseconds since `since` until the node's answer is as wanted.
async function until(url, one, wanted, since) {
    for (;;) {
        const is = await way(url, one);
        const took = Date.now() - since;
        if (wanted(is)) return Math.max(0, took);
        if (took > patience_ms) throw new Error(`${url} does not obey: still ${is}`);
        await pause(1);
    }
}

const all_until = (urls, one, wanted, since) => Promise.all(urls.map(url => until(url, one, wanted, since)));

function report(what, took) {
    const sorted = [...took].sort((a, b) => a - b);
    console.log(what, sorted.at(-1), sorted[sorted.length >> 1], sorted.length);
}

async function obey(rounds, seed, urls) {
    const closing = [], lifting = [], beginning = [], ending = [];
    const left = streets(seed, 3 * rounds);
    for (let round = 0; round < rounds; round++) {
        const one = await street(urls[0], left), before = await way(urls[0], one);
        await all_until(urls, one, is => is === before, Date.now());
        const id = await close(urls[round % urls.length], one);
        closing.push(...await all_until(urls, one, is => is !== before, Date.now()));
        await lift(urls[(round + 1) % urls.length], id);
        lifting.push(...await all_until(urls, one, is => is === before, Date.now()));
        if (round % 5) continue;
        const starts = Date.now() + 700, ends = starts + 700;
        const planned = await close(urls[0], one, { starts_at: new Date(starts).toISOString(), ends_at: new Date(ends).toISOString() });
        if (await way(urls[0], one) !== before && Date.now() < starts) throw new Error('a planned closure is in force too early');
        beginning.push(...await all_until(urls, one, is => is !== before, starts));
        ending.push(...await all_until(urls, one, is => is === before, ends));
        await lift(urls[0], planned);
    }
    report('closing', closing);
    report('lifting', lifting);
    report('beginning', beginning);
    report('ending', ending);
}

const [what, ...rest] = process.argv.slice(2);
if (what === 'obey') {
    await obey(Number(rest[0]), Number(rest[1]), rest.slice(2));
} else if (what === 'close') {
    const one = await street(rest[1], streets(Number(rest[0]), 20)), before = await way(rest[1], one);
    await close(rest[1], one);
    console.log(...one.from, ...one.to, before);
} else if (what === 'is-closed') {
    const is = await way(rest[5], { from: rest.slice(0, 2).map(Number), to: rest.slice(2, 4).map(Number) });
    console.log(is === rest[4] ? 'no' : 'yes');
} else {
    const one = await street(rest[1], streets(Number(rest[0]), 20)), before = await way(rest[1], one);
    const id = await close(rest[1], one, { modes: ['foot'] });
    await pause(500);
    console.log(await way(rest[1], one) === before ? 'unchanged' : 'changed');
    await lift(rest[1], id);
}

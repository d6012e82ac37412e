// The looking part of tests/fault/converge.
//   converge.mjs equal FROM_MS URL…   waits until all nodes have the same hash: "MS HASH", counted from FROM_MS
//                                     (milliseconds since 1970), or "never" and the hashes after ten seconds
//   converge.mjs database             the hash of what is committed, computed anew from vigil.position_last
//   converge.mjs stale SECONDS URL    asks the city all the time; how many answers came, how many were marked stale
import { execFileSync } from 'node:child_process';

const patience_ms = 10000;
const headers = { authorization: `Bearer ${process.env.VIGIL_TOKEN}` };
const pause = ms => new Promise(done => setTimeout(done, ms));

async function hash_at(url) {
    const answer = await fetch(`${url}/v1/nodes`, { headers });
    if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
    return (await answer.json()).items.find(one => one.self).index_hash;
}

async function equal(from_ms, urls) {
    for (;;) {
        const hashes = await Promise.all(urls.map(url => hash_at(url).catch(why => String(why.message))));
        const took = Date.now() - from_ms;
        if (/^[0-9a-f]{16}$/.test(hashes[0]) && hashes.every(hash => hash === hashes[0])) return `${took} ${hashes[0]}`;
        if (took > patience_ms) return `never ${hashes.join(' ')}`;
        await pause(20);
    }
}

// As engine/folk.c: the finisher of MurmurHash3 over person, time and place, summed over everyone.
const bits = 64;
const wrap = value => BigInt.asUintN(bits, value);
function mixed(value) {
    value = wrap((value ^ value >> 33n) * 0xFF51AFD7ED558CCDn);
    value = wrap((value ^ value >> 33n) * 0xC4CEB9FE1A85EC53n);
    return value ^ value >> 33n;
}
function database() {
    const rows = execFileSync('psql', ['-X', '-q', '-At', '-F', ' ', '-v', 'ON_ERROR_STOP=1', process.env.VIGIL_DATABASE, '-c',
        'SELECT person_id, fix_us, lon_e7, lat_e7 FROM vigil.position_last WHERE fix_us > 0'], { encoding: 'utf8', maxBuffer: 1 << 28 });
    let sum = 0n;
    for (const row of rows.split('\n')) {
        if (!row) continue;
        const [person, fix, lon, lat] = row.split(' ').map(BigInt);
        const at = BigInt.asUintN(32, lon) << 32n | BigInt.asUintN(32, lat);
        sum = wrap(sum + mixed(mixed(mixed(person) ^ fix) ^ at));
    }
    return sum.toString(16).padStart(16, '0');
}

async function stale(seconds, url) {
    const until = Date.now() + seconds * 1000;
    let answers = 0, marked = 0, fresh_at_the_end = 0;
    while (Date.now() < until) {
        const answer = await fetch(`${url}/v1/city`, { headers }).catch(() => null);
        const is_marked = answer?.headers.has('vigil-stale-since') ?? false;
        await answer?.text();
        answers += answer?.status === 200 ? 1 : 0;
        marked += is_marked ? 1 : 0;
        fresh_at_the_end = is_marked ? 0 : fresh_at_the_end + 1;
        await pause(100);
    }
    return `${answers} ${marked} ${fresh_at_the_end}`;
}

const [what, ...rest] = process.argv.slice(2);
if (what === 'equal') console.log(await equal(Number(rest[0]), rest.slice(1)));
else if (what === 'database') console.log(database());
else console.log(await stale(Number(rest[0]), rest[1]));

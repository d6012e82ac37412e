// For tests/bench/whatif: asks vigild what would change if people went off duty, or if shifts were other ones, lets it be so,
// and holds the one against the other. Prints lines of name, figure, bar and verdict, parted by tabs.
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

const [seed, rounds] = process.argv.slice(2, 4).map(Number);
const [monday, short] = process.argv.slice(4);
const { VIGIL_URL, VIGIL_TOKEN, VIGIL_GATEWAY_TOKEN, VIGIL_DATABASE } = process.env;
const PATIENCE_MS = 60e3, CANDIDATES = 20, CHANGES = 20, MS_MAX = 100;
const CLASSES = ['dark', 'unwatched', 'unreachable', 'thin'];

const sql = text => execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', VIGIL_DATABASE, '-c', text], { encoding: 'utf8' }).trim();
const tell = (name, figure, bar, ok) => console.log([name, figure, bar, ok ? 'ok' : 'missed'].join('\t'));
const dice = (n, below) => Number(BigInt.asUintN(64, (BigInt(n) * 6364136223846793005n + BigInt(seed)) * 2862933555777941757n) >> 33n) % below;

/* Times are judged only where the machine has nothing else to do. */
const tellTime = (name, ms) => {
    if (short) console.log(`#\t${name}: ${ms.toFixed(0)} ms`);
    else tell(name, `${ms.toFixed(0)} ms`, `≤ ${MS_MAX} ms`, ms <= MS_MAX);
};

async function ask(path, body, token = VIGIL_TOKEN) {
    const answer = await fetch(VIGIL_URL + path, {
        method: body ? 'POST' : 'GET', body: body && JSON.stringify(body),
        headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    });
    return { status: answer.status, json: await answer.json() };
}

const figures = async () => (await ask('/v1/coverage')).json.city;
const same = (a, b) => CLASSES.every(c => Math.abs(a[`${c}_m`] - b[`${c}_m`]) < 0.011) && Math.abs(a.reach_m - b.reach_m) < 0.011;

// Until the figures are those, or it has taken too long; `again` is done before each look.
async function until(wanted, again = () => {}) {
    const end = performance.now() + PATIENCE_MS;
    await again();
    let now = await figures();
    while (!same(now, wanted) && performance.now() < end) {
        await pause(200);
        await again();
        now = await figures();
    }
    return same(now, wanted);
}

const people = sql(`SELECT person_id FROM vigil.person WHERE on_duty ORDER BY hashint8(person_id + ${seed})`).split('\n').map(Number);
for (let left = 300; left > 0 && (await ask('/v1/coverage')).status !== 200; left--)
    await pause(200);
await pause(3000); // everybody has been met

/* In the middle of twenty answers. */
async function middle(body) {
    const took = [];
    for (let i = 0; i < 20; i++) {
        const wish = body(i);
        const begun = performance.now();
        const { status, json } = await ask('/v1/coverage/what-if', wish);
        took.push(performance.now() - begun);
        if (status !== 200) throw new Error(`${status} ${JSON.stringify(json)}`);
    }
    return took.sort((a, b) => a - b)[10];
}

const list = of => Array.from({ length: CANDIDATES }, (_, i) => Array.from({ length: CHANGES }, (_, k) => of(i * CHANGES + k)));

// ---- people go off duty, and come back

tellTime('20 candidates of 20 people over HTTP, in the middle of 20',
    await middle(round => ({ candidates: list(i => ({ send: { person_id: people[dice(round * 400 + i, people.length)] } })) })));

let right = 0, moved = 0, refused = 0, idle = 0, back = 0;
for (let i = 0; i < rounds; i++) {
    const gone = people.splice(0, CHANGES);
    const stood = sql(`SELECT person_id, lon_e7 / 1e7, lat_e7 / 1e7 FROM vigil.position_last WHERE person_id IN (${gone})`)
        .split('\n').map(line => line.split('|').map(Number));
    const body = { candidates: [gone.map(person_id => ({ send: { person_id } }))] };
    const { json } = await ask('/v1/coverage/what-if', body);
    sql(`UPDATE vigil.person SET on_duty = false WHERE person_id IN (${gone})`);
    const { after } = json.candidates[0];
    moved += CLASSES.some(c => json.candidates[0].change_m[c] !== 0);
    right += await until(after);
    refused += !same(await figures(), { ...after, thin_m: after.thin_m + 1 });
    const { status, json: later } = await ask('/v1/coverage/what-if', body);
    idle += status === 404 || CLASSES.every(c => later.candidates[0].change_m[c] === 0);
    sql(`UPDATE vigil.person SET on_duty = true WHERE person_id IN (${gone})`);
    back += await until(json.before, () => ask('/v1/positions', { // where she stood: nobody knows it of who was off duty
        positions: stood.map(([person_id, lon, lat]) => ({ person_id, lon, lat, frame: 'wgs84', fix_time: new Date().toISOString() })),
    }, VIGIL_GATEWAY_TOKEN));
}
tell('what was said beforehand is what then is', `${right} of ${rounds}`, `${rounds} of ${rounds}, some of them changes`, right === rounds && moved > 0);
tell('sending who is off duty changes nothing', `${idle} of ${rounds}`, `${rounds} of ${rounds}`, idle === rounds);
tell('with all of them on duty again where they stood it is as it was', `${back} of ${rounds}`, `${rounds} of ${rounds}`, back === rounds);
tell('control: a metre more', `${refused} of ${rounds} noticed`, `${rounds} of ${rounds}`, refused === rounds);

// ---- shifts are other ones

const HOUR_MS = 3600e3, HOURS = 168;
const at = ms => new Date(Date.parse(monday) + ms).toISOString();
const week = { kind: 'plan', from: at(0), to: at(HOURS * HOUR_MS) };
const shifts = sql(`SELECT shift_id, lookout_point_id FROM vigil.shift WHERE state <> 'cancelled' AND lookout_point_id IS NOT NULL
    ORDER BY hashint8(shift_id + ${seed})`).split('\n').map(line => line.split('|').map(Number));

/* Of five one is cancelled, one new, and three are held at other times. */
function change(n) {
    const [shift_id, lookout_point_id] = shifts[n % shifts.length];
    const from = dice(n, 160) * HOUR_MS + dice(n + 1, 12) * 300e3;
    const time = { starts_at: at(from), ends_at: at(from + 900e3 + dice(n + 2, 80) * 300e3) };
    if (n % 5 === 0) return { what: { cancel_shift: { shift_id } }, sql: `UPDATE vigil.shift SET state = 'cancelled' WHERE shift_id = ${shift_id}` };
    if (n % 5 === 1)
        return {
            what: { shift: { lookout_point_id, ...time } },
            sql: `INSERT INTO vigil.shift (shift_id, org_id, day, name, lookout_point_id, during, cutoff_at, joins, approval, radius_m)
                VALUES (${9e8 + n}, 1, '${time.starts_at}', 'New', ${lookout_point_id}, '[${time.starts_at},${time.ends_at})', '${time.starts_at}', 'members', false, 100)`,
        };
    return { what: { shift: { shift_id, ...time } }, sql: `UPDATE vigil.shift SET during = '[${time.starts_at},${time.ends_at})', cutoff_at = '${time.starts_at}' WHERE shift_id = ${shift_id}` };
}

const hours = async () => (await ask(`/v1/coverage/hours?kind=plan&from=${week.from}&to=${week.to}`)).json.hours;
const alike = (a, b) => a.every((hour, h) => Math.abs(hour.gap_m_h - b[h].gap_m_h) < 0.011);

for (let left = 300; left > 0 && sql('SELECT count(*) FROM vigil.lookout_seen') !== sql('SELECT count(*) FROM vigil.lookout_point'); left--)
    await pause(200);
await hours();
tellTime(`20 candidates of 20 shifts of a week of ${shifts.length} over HTTP, in the middle of 20`,
    await middle(round => ({ ...week, candidates: list(i => change(round * 400 + i).what) })));

right = moved = refused = 0;
for (let i = 0; i < rounds; i++) {
    const changes = Array.from({ length: CHANGES }, (_, k) => change(i * CHANGES + k));
    const { json } = await ask('/v1/coverage/what-if', { ...week, candidates: [changes.map(({ what }) => what)] });
    const said = json.candidates[0];
    sql(changes.map(one => one.sql).join(';'));
    const then = await hours();
    moved += said.lost_m_h > 0 && said.gained_m_h > 0;
    right += alike(said.hours, then);
    refused += !alike(json.hours, then);
}
tell('what was said of a plan is what it then is, each of 168 hours', `${right} of ${rounds}`, `${rounds} of ${rounds}, with streets lost and gained`,
    right === rounds && moved === rounds);
tell('control: the hours as they were', `${refused} of ${rounds} noticed`, `${rounds} of ${rounds}`, refused === rounds);

// For tests/bench/whatif: asks vigild what would change if people went off duty, lets them go off duty, and holds the one
// against the other. Prints lines of name, figure, bar and verdict, parted by tabs.
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

const [seed, rounds] = process.argv.slice(2).map(Number);
const { VIGIL_URL, VIGIL_TOKEN, VIGIL_DATABASE } = process.env;
const PATIENCE_MS = 60e3, CANDIDATES = 20, CHANGES = 20, MS_MAX = 100;
const CLASSES = ['dark', 'unwatched', 'unreachable', 'thin'];

const sql = text => execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', VIGIL_DATABASE, '-c', text], { encoding: 'utf8' }).trim();
const tell = (name, figure, bar, ok) => console.log([name, figure, bar, ok ? 'ok' : 'missed'].join('\t'));

async function ask(path, body) {
    const answer = await fetch(VIGIL_URL + path, {
        method: body ? 'POST' : 'GET', body: body && JSON.stringify(body),
        headers: { authorization: `Bearer ${VIGIL_TOKEN}`, ...(body && { 'content-type': 'application/json' }) },
    });
    return { status: answer.status, json: await answer.json() };
}

const figures = async () => (await ask('/v1/coverage')).json.city;
const same = (a, b) => CLASSES.every(c => Math.abs(a[`${c}_m`] - b[`${c}_m`]) < 0.011) && Math.abs(a.reach_m - b.reach_m) < 0.011;

// Until the figures are those, or it has taken too long.
async function until(wanted) {
    const end = performance.now() + PATIENCE_MS;
    let now = await figures();
    while (!same(now, wanted) && performance.now() < end) {
        await pause(200);
        now = await figures();
    }
    return same(now, wanted);
}

const people = sql(`SELECT person_id FROM vigil.person WHERE on_duty ORDER BY hashint8(person_id + ${seed})`).split('\n').map(Number);
for (let left = 300; left > 0 && (await ask('/v1/coverage')).status !== 200; left--)
    await pause(200);
await pause(3000); // everybody has been met
const draw = () => Array.from({ length: CANDIDATES }, () =>
    Array.from({ length: CHANGES }, () => ({ send: { person_id: people[Math.floor(Math.random() * people.length)] } })));
const took = [];
for (let i = 0; i < 20; i++) {
    const begun = performance.now();
    await ask('/v1/coverage/what-if', { candidates: draw() });
    took.push(performance.now() - begun);
}
took.sort((a, b) => a - b);
tell('20 candidates of 20 people over HTTP, in the middle of 20', `${took[10].toFixed(0)} ms`, `≤ ${MS_MAX} ms`, took[10] <= MS_MAX);

let right = 0, moved = 0, refused = 0;
for (let i = 0; i < rounds; i++) {
    const gone = people.splice(0, CHANGES);
    const { json } = await ask('/v1/coverage/what-if', { candidates: [gone.map(person_id => ({ send: { person_id } }))] });
    sql(`UPDATE vigil.person SET on_duty = false WHERE person_id IN (${gone})`);
    const { after } = json.candidates[0];
    moved += CLASSES.some(c => json.candidates[0].change_m[c] !== 0);
    right += await until(after);
    refused += !same(await figures(), { ...after, thin_m: after.thin_m + 1 });
}
tell('what was said beforehand is what then is', `${right} of ${rounds}`, `${rounds} of ${rounds}, some of them changes`, right === rounds && moved > 0);
tell('control: a metre more', `${refused} of ${rounds} noticed`, `${rounds} of ${rounds}`, refused === rounds);

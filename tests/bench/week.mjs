// For tests/bench/week: asks vigild for the hours of a week and holds them against what PostGIS says. Prints lines of name,
// figure, bar and verdict, parted by tabs.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

const [week, folder, edits, short] = process.argv.slice(2);
const { VIGIL_URL, VIGIL_TOKEN, VIGIL_DATABASE } = process.env;
const WEEK_MS = 168 * 3600e3;
const at = ms => new Date(Date.parse(week) + ms).toISOString();

const sql = text => execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', VIGIL_DATABASE, '-c', text], { encoding: 'utf8' }).trim();
const tell = (name, figure, bar, ok) => console.log([name, figure, bar, ok ? 'ok' : 'missed'].join('\t'));
const note = text => console.log(`#\t${text}`);

async function ask(path, method = 'GET', body) {
    const answer = await fetch(VIGIL_URL + path, {
        method, body: body && JSON.stringify(body),
        headers: { authorization: `Bearer ${VIGIL_TOKEN}`, ...(body && { 'content-type': 'application/json', 'idempotency-key': `week-${Math.random()}` }) },
    });
    return { status: answer.status, json: await answer.json().catch(() => null) };
}

async function timed(kind, to = WEEK_MS) {
    const begun = performance.now();
    for (;;) {
        const { status, json } = await ask(`/v1/coverage/hours?from=${at(0)}&to=${at(to)}&kind=${kind}`);
        if (status === 200) return { s: (performance.now() - begun) / 1000, answer: json };
        if (status !== 503) throw new Error(`${status} ${JSON.stringify(json)}`);
        await pause(20);
    }
}

const covered = answer => answer.hours.map(h => answer.length_m * h.known_s / 3600 - h.gap_m_h);
const sum = list => list.reduce((a, b) => a + b, 0);
function oracle(file, kind) {
    const hours = new Array(168).fill(0);
    for (const line of readFileSync(`${folder}/${file}`, 'utf8').trim().split('\n')) {
        const [of, n, value] = line.split('|');
        if (of === kind) hours[Number(n)] = Number(value);
    }
    return hours;
}
const apart = (a, b) => Math.abs(sum(a) - sum(b)) / sum(b);

const found = {};
for (const kind of ['plan', 'actual']) {
    const { s, answer } = await timed(kind);
    found[kind] = answer;
    if (short) note(`168 hours of the ${kind}: ${s.toFixed(2)} s`);
    else tell(`168 hours of the ${kind}`, `${s.toFixed(2)} s`, '≤ 60 s', s <= 60);
}
for (const kind of ['plan', 'actual']) {
    const mine = covered(found[kind]);
    const theirs = oracle('oracle', kind);
    const share = apart(mine, theirs);
    const worst = Math.max(...mine.map((m, h) => Math.abs(m - theirs[h]) / Math.max(theirs[h], 1)));
    const all = found[kind].length_m * 168;
    tell(`${kind}: metre·hours not covered, against PostGIS`, `${((sum(theirs) - sum(mine)) / (all - sum(theirs)) * 100).toFixed(5)} % of ${(all - sum(mine)).toFixed(0)}`, '≤ 0.1 %',
        Math.abs(sum(mine) - sum(theirs)) / (all - sum(theirs)) <= 0.001);
    tell(`${kind}: metre·hours covered, against PostGIS`, `${(share * 100).toFixed(4)} % of ${sum(theirs).toFixed(0)}`, '≤ 0.1 %', share <= 0.001);
    note(`${kind}: the hour that is farthest off is so by ${(worst * 100).toFixed(3)} %`);
    const control = apart(mine, oracle('control', kind));
    tell(`${kind}: control, a visit counts half an hour less`, `${(control * 100).toFixed(3)} %`, 'above 0.1 %', control > 0.001);
}
const difference = (await timed('difference')).answer;
const off = Math.max(...difference.hours.map((h, i) => Math.abs(h.gap_m_h - (found.actual.hours[i].gap_m_h - found.plan.hours[i].gap_m_h))));
tell('the difference is the actual less the planned', `${off.toFixed(2)} m·h off`, '≤ 0.02', off <= 0.02 + 1e-9);

// One shift after the other begins and ends at another time.
const times = [];
const shifts = sql(`SELECT shift_id FROM bench.shift ORDER BY bench.roll(7, 'edit', shift_id, 1000000) LIMIT ${edits}`).split('\n');
for (const shift of shifts) {
    sql(`UPDATE vigil.shift SET during = tstzrange(lower(during) + interval '17 minutes', upper(during) + interval '29 minutes') WHERE shift_id = ${shift}`);
    times.push((await timed('plan')).s);
}
times.sort((a, b) => a - b);
const slowest = times.at(-1);
const figure = `worst of ${times.length} ${(slowest * 1000).toFixed(0)} ms, p50 ${(times[times.length >> 1] * 1000).toFixed(0)} ms`;
if (short) note(`one edited shift: ${figure}`);
else tell('one edited shift', figure, '≤ 1 s', slowest <= 1);
const edited = (await timed('plan')).answer.hours.slice(0, 167);
const anew = (await timed('plan', WEEK_MS - 3600e3)).answer.hours;
tell('after the edits, against all worked out anew', JSON.stringify(edited) === JSON.stringify(anew) ? 'the same' : 'another', 'the same', JSON.stringify(edited) === JSON.stringify(anew));
tell('control: before the edits', JSON.stringify(found.plan.hours.slice(0, 167)) === JSON.stringify(anew) ? 'the same' : 'another', 'another', JSON.stringify(found.plan.hours.slice(0, 167)) !== JSON.stringify(anew));

// Kept in PostGIS, they are the same numbers.
for (const kind of ['plan', 'actual']) {
    const begun = performance.now();
    const { status, json } = await ask('/v1/coverage/jobs', 'POST', { kind: 'week', of: kind, from: at(0) });
    if (status !== 201) throw new Error(JSON.stringify(json));
    let job = json;
    while (!['done', 'failed', 'cancelled'].includes(job.state)) {
        await pause(50);
        job = (await ask(`/v1/jobs/${json.job_id}`)).json;
    }
    const s = (performance.now() - begun) / 1000;
    if (job.state !== 'done') throw new Error(JSON.stringify(job));
    const hours = (await timed(kind)).answer.hours;
    const kept = sql(`SELECT round(gap_m_h::numeric, 2) FROM vigil.cover_hour WHERE kind = '${kind}' AND by = 'city' ORDER BY hour`).split('\n').map(Number);
    const worst = Math.max(...hours.map((h, i) => Math.abs(h.gap_m_h - kept[i])));
    const gaps = Number(sql(`SELECT sum(metre_hours) FROM vigil.gap WHERE kind = '${kind}'`));
    const bare = sum(hours.map(h => h.gap_m_h));
    tell(`${kind}: kept in PostGIS, hour by hour`, `${worst.toFixed(2)} m·h off, ${job.result.intervals} intervals, ${s.toFixed(1)} s`, '≤ 0.01', worst <= 0.01 + 1e-9);
    tell(`${kind}: the gaps that are kept add up to it`, `${Math.abs(gaps - bare).toFixed(2)} of ${bare.toFixed(0)} m·h off`, '≤ 1', Math.abs(gaps - bare) <= 1);
}

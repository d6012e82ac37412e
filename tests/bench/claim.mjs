// The claims of 38 squads and a month of rosters, asked over HTTP and judged by SQL and arithmetic of its own.
import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';

const { VIGIL_URL: url, VIGIL_TOKEN: admin, VIGIL_DATABASE: database } = process.env;
const short = process.argv.includes('--short');
let state = Number(process.argv[process.argv.indexOf('--seed') + 1] || 11) >>> 0;
const pick = below => { // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
};
const report = (name, figure, bar, ok) => console.log([name, figure, bar, ok ? 'ok' : 'missed'].join('\t'));
const sql = text => execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', database], { input: text, maxBuffer: 1 << 28 }).toString().trim();
const rows = text => sql(text).split('\n').filter(Boolean).map(line => line.split('|'));
const number = text => Number(sql(text));

async function ask(method, path, body, token = admin) {
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const answer = await fetch(url + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    return { status: answer.status, body: await answer.json().catch(() => ({})) };
}
async function made(path, body) {
    const answer = await ask('POST', path, body);
    if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
}
const until = async (what, done) => {
    for (let i = 0; i < 300; i++) {
        if (await done()) return;
        await new Promise(next => setTimeout(next, 100));
    }
    throw new Error(`${what} did not come to be within 30 s`);
};
const squads = Array.from({ length: 38 }, (_, i) => 5000 + i);
const month = sql("SELECT to_char(now() + interval '2 months', 'YYYY-MM')");

// ---- the city: 38 squads of eight, each with its leader's token, and two beats
const org = (await made('/v1/orgs', { code: 'CLAIM', name: 'Claim county', kind: 'county' })).org_id;
sql(`INSERT INTO vigil.person (person_id, display_name, org_id, on_duty)
     SELECT 600000 + s * 10 + k, 'squad ' || s || ' ' || k, ${org}, false FROM generate_series(0, 37) s, generate_series(0, 7) k;
     INSERT INTO vigil.squad (squad_id, org_id, kind, code, name)
     SELECT 5000 + s, ${org}, 'squad', 'Q' || s, 'Squad ' || s FROM generate_series(0, 37) s;
     INSERT INTO vigil.squad_member (squad_id, person_id, org_id, role)
     SELECT 5000 + s, 600000 + s * 10 + k, ${org}, CASE k WHEN 0 THEN 'leader' ELSE 'member' END
     FROM generate_series(0, 37) s, generate_series(0, 7) k;`);
const leader = {};
for (const squad of squads)
    leader[squad] = (await made('/v1/tokens', { name: `leader ${squad}`, role: 'volunteer', person_id: 600000 + (squad - 5000) * 10 })).token;
const segments = rows('SELECT segment_id FROM vigil.segment WHERE valid_to IS NULL ORDER BY segment_id LIMIT 40').map(r => Number(r[0]));
const beat = async i => (await made('/v1/beats', { org_id: org, code: `B${i}`, name: `Beat ${i}`, segments: segments.slice(i * 10, i * 10 + 10) })).beat_id;
const plan = async (i, more) => (await made('/v1/patrol_plans', { org_id: org, beat_id: await beat(i), name: `Plan ${i}`,
    weekdays: [1, 2, 3, 4, 5, 6, 7], starts: '20:00', length_min: 240, ...more })).plan_id;

// ---- all 38 in one second of the opening
const opensAt = Date.now() + 2000;
const opening = await made(`/v1/patrol_plans/${await plan(0)}/months`, { month, opens_at: new Date(opensAt).toISOString(), window_s: 6 });
const early = await ask('POST', `/v1/patrol_days/${opening.days[0]}/claims`, { squad_id: squads[0] }, leader[squads[0]]);
report('a claim before the opening', `${early.status} ${early.body.code}`, '409 not_open_yet', early.body.code === 'not_open_yet');
const wishes = squads.flatMap(squad => {
    const days = new Set([opening.days[0]]); // everyone wants the first day
    while (days.size < 6) days.add(opening.days[pick(opening.days.length)]);
    return [...days].map(day => ({ squad, day }));
});
await new Promise(next => setTimeout(next, opensAt - Date.now() + 50));
const begun = Date.now();
const asked = await Promise.all(wishes.map(w => ask('POST', `/v1/patrol_days/${w.day}/claims`, { squad_id: w.squad }, leader[w.squad])));
const taken = asked.filter(a => a.status === 201).length;
report('claims of 38 squads at once', `${taken} of ${wishes.length} noted in ${Date.now() - begun} ms`, 'all', taken === wishes.length);
await until('the draw', async () => (await ask('GET', `/v1/patrol_openings/${opening.opening_id}`)).body.drawn_at);

const overCapacity = `SELECT count(*) FROM (SELECT day_id FROM vigil.claim WHERE place IS NOT NULL GROUP BY day_id
    HAVING count(*) > (SELECT count(*) FROM vigil.patrol_place p WHERE p.day_id = claim.day_id)) over_full`;
report('days given to more squads than they take', number(overCapacity), '0', number(overCapacity) === 0);

// The draw again: days in order; who came in the window by days held so far, then by the lot.
const told = (await ask('GET', `/v1/patrol_openings/${opening.opening_id}`)).body;
const seed = Buffer.from(told.seed, 'hex');
const hashFits = createHash('sha256').update(seed).digest('hex') === told.seed_hash && told.seed_hash === opening.seed_hash && opening.seed === null;
report('the seed that is told is the one that was promised', hashFits ? 'yes' : 'no', 'yes', hashFits);
const lot = (day, squad) => createHash('sha256').update(seed).update(`${day}:${squad}`).digest().readBigUInt64BE();
const held = Object.fromEntries(squads.map(s => [s, 0]));
let wrong = 0;
for (const day of opening.days) {
    const entries = rows(`SELECT squad_id, rank, state, fair FROM vigil.claim WHERE day_id = ${day}`);
    const order = entries.map(e => Number(e[0])).sort((a, b) => held[a] - held[b] || (lot(day, a) < lot(day, b) ? -1 : 1));
    for (const [squad, rank, word, fair] of entries)
        if (order[Number(rank) - 1] !== Number(squad) || fair !== 't' || (word === 'claimed') !== (rank === '1')) wrong++;
    if (order.length) held[order[0]]++;
}
report('places of lists and waiting lists that the draw, computed again, has otherwise', wrong, '0', wrong === 0);
const most = Math.max(...Object.values(held)), without = Object.values(held).filter(n => n === 0).length;
report('days of a squad at the most', `${most} (${without} of 38 without one, ${opening.days.length} days)`, 'at most 2', most <= 2);
const calendar = (await ask('GET', `/v1/patrol_calendar?month=${month}&org=${org}`)).body;
report('squads without a day, as the calendar tells', calendar.shortfall.squads_without_a_day, `${without}, more than 0`,
    calendar.shortfall.squads_without_a_day === without && without > 0);

// ---- afterwards: first come, first served, and who waits moves up
const late = await made(`/v1/patrol_plans/${await plan(1, { capacity: 3, starts: '08:00' })}/months`,
    { month, opens_at: new Date(Date.now() - 1000).toISOString(), window_s: 0 });
await until('the empty draw', async () => (await ask('GET', `/v1/patrol_openings/${late.opening_id}`)).body.drawn_at);
const day = late.days[5];
const rush = await Promise.all(squads.map(s => ask('POST', `/v1/patrol_days/${day}/claims`, { squad_id: s }, leader[s])));
const inOrder = () => number(`SELECT count(*) FROM (SELECT rank, lag(arrival) OVER w > arrival AS back,
    state = 'claimed' AND rank > 3 OR state = 'waiting' AND rank <= 3 AS misplaced FROM vigil.claim WHERE day_id = ${day} WINDOW w AS (ORDER BY rank)) l
    WHERE back OR misplaced`);
const got = word => rush.filter(a => a.body.state === word).length;
report('38 on one day for three', `${got('claimed')} hold it, ${got('waiting')} wait, ${inOrder()} out of order`, '3, 35, 0',
    got('claimed') === 3 && got('waiting') === 35 && inOrder() === 0);
const holders = rush.filter(a => a.body.state === 'claimed');
await Promise.all(holders.map(a => ask('POST', `/v1/claims/${a.body.claim_id}/cancel`, undefined, leader[a.body.squad_id])));
const next = sql(`SELECT string_agg(rank::text, ' ' ORDER BY rank) FROM vigil.claim WHERE day_id = ${day} AND place IS NOT NULL`);
report('who has it when those three give it back', next, '4 5 6', next === '4 5 6');

// A storm of claims and cancellations on few days.
const storm = late.days.slice(0, 4);
let left = short ? 600 : 6000, acts = 0, odd = 0, worst = 0;
const workers = squads.map(async squad => {
    const mine = {};
    while (left-- > 0) {
        const d = storm[pick(storm.length)];
        const a = mine[d] ? await ask('POST', `/v1/claims/${mine[d]}/cancel`, undefined, leader[squad])
            : await ask('POST', `/v1/patrol_days/${d}/claims`, { squad_id: squad }, leader[squad]);
        if (a.status >= 500 && a.body.code !== 'database_contended' && a.body.code !== 'server_busy') odd++;
        if (a.status < 300) mine[d] = mine[d] ? undefined : a.body.claim_id;
        acts++;
        if (acts % 200 === 0) worst = Math.max(worst, number(overCapacity));
    }
});
await Promise.all(workers);
worst = Math.max(worst, number(overCapacity));
report('a storm of claims and cancellations', `${acts} acts, ${odd} answered with an error of ours, over capacity ${worst}`, '0, 0', odd === 0 && worst === 0);
const idle = number(`SELECT count(*) FROM vigil.patrol_day d WHERE d.day_id IN (${storm}) AND
    (SELECT count(*) FROM vigil.claim c WHERE c.day_id = d.day_id AND c.place IS NOT NULL) < 3 AND
    EXISTS (SELECT FROM vigil.claim c WHERE c.day_id = d.day_id AND c.state = 'waiting')`);
report('days with a free place while somebody waits for it', idle, '0', idle === 0);

// ---- a month of rosters
const point = (await made('/v1/lookout_points', { code: 'CLAIM', name: 'Claim point', org_id: org, place: { lon: 11.97, lat: 57.7, frame: 'wgs84' } })).lookout_point_id;
const firstMonday = sql(`SELECT (date_trunc('week', '${month}-07'::date))::date`);
for (const [starts, minutes] of [['06:00', 300], ['09:00', 300], ['12:00', 300], ['18:00', 300], ['21:30', 480]]) {
    const t = await made('/v1/shift_templates', { org_id: org, name: `From ${starts}`, lookout_point_id: point, weekdays: [1, 2, 3, 4, 5, 6, 7],
        starts, length_min: minutes, needs: [{ role: 'member', min: 1, max: 8 }] });
    await made(`/v1/shift_templates/${t.template_id}/weeks`, { from: firstMonday, count: 4 });
}
const shifts = rows(`SELECT shift_id FROM vigil.shift WHERE org_id = ${org}`).map(r => Number(r[0]));
const claims = rows(`SELECT claim_id, squad_id FROM vigil.claim WHERE place IS NOT NULL`).map(r => r.map(Number));
let attempts = short ? 1500 : 12000, signed = 0, rostered = 0, other = 0;
const total = attempts;
await Promise.all(Array.from({ length: 32 }, async () => {
    while (attempts-- > 0) {
        const s = pick(38), patrol = pick(4) === 0;
        const [claim, squad] = claims[pick(claims.length)];
        const person_id = 600000 + (patrol ? squad - 5000 : s) * 10 + pick(8);
        const a = await ask('POST', patrol ? `/v1/claims/${claim}/signups` : `/v1/shifts/${shifts[pick(shifts.length)]}/signups`, { person_id });
        if (a.status === 201) signed++;
        else if (a.body.code === 'person_rostered') rostered++;
        else if (!['role_full', 'patrol_state'].includes(a.body.code)) other++;
    }
}));
const overlaps = number(`SELECT count(*) FROM vigil.signup a JOIN vigil.signup b USING (person_id)
    WHERE a.signup_id < b.signup_id AND a.state NOT IN ('cancelled', 'swapped', 'no_show') AND b.state NOT IN ('cancelled', 'swapped', 'no_show')
      AND lower(a.during) < upper(b.during) AND lower(b.during) < upper(a.during)`);
report(`a month of rosters: ${total} attempts on ${shifts.length} shifts and ${claims.length} patrols`,
    `${signed} in their places, ${rostered} refused for being elsewhere, ${other} for no reason known`, 'some, some, 0', signed > 0 && rostered > 0 && other === 0);
report('people in two places at one time', overlaps, '0', overlaps === 0);

// ---- the control: looking first, and no constraint
sql('CREATE TABLE public.claim_control (person_id bigint, starts integer)');
const looker = `DO $$ DECLARE who bigint; at integer; BEGIN
    FOR i IN 1..${short ? 300 : 1500} LOOP
        who := floor(random() * 20); at := floor(random() * 200);
        IF NOT EXISTS (SELECT FROM public.claim_control WHERE person_id = who AND abs(starts - at) < 4) THEN
            PERFORM pg_sleep(0.001);
            INSERT INTO public.claim_control VALUES (who, at);
        END IF;
        COMMIT;
    END LOOP; END $$`;
await Promise.all(Array.from({ length: 8 }, () => new Promise((done, failed) => {
    spawn('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', looker, database], { stdio: ['ignore', 'ignore', 'inherit'] })
        .on('exit', code => code === 0 ? done() : failed(new Error(`the control ended with ${code}`)));
})));
const control = number(`SELECT count(*) FROM public.claim_control a JOIN public.claim_control b USING (person_id)
    WHERE a.ctid < b.ctid AND abs(a.starts - b.starts) < 4`);
report('control: people in two places when one only looks first', control, 'more than 0', control > 0);

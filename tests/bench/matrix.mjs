// Every endpoint × role × whose rows, from the endpoint table; then each wall alone. Prints one line a figure: name,
// figure, bar and verdict, parted by tabs.
import process from 'node:process';
import { ask, caller, chanceFrom, figure, holes, inParallel, index, leaks, lookUpIds, namesRows, requestTo, ROLES, sentIn, sql, tables } from '../support/walls.mjs';
import { askEveryQuery } from '../support/walls_sql.mjs';

const flag = (name, otherwise) => {
    const at = process.argv.indexOf(name);
    return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const chance = chanceFrom(flag('--seed', 7));
const rounds = process.argv.includes('--short') ? 1 : 4;
const said = new Map(); // twice of each kind is enough
const complain = text => {
    const kind = text.replace(/[\d?].*/s, '');
    said.set(kind, (said.get(kind) ?? 0) + 1);
    if (said.get(kind) <= 2) console.error(text);
};

lookUpIds();
figure('tables with an organisation that hold a canary of each', `${tables.length - holes.size} of ${tables.length}${holes.size ? `: not ${[...holes].join(' ')}` : ''}`, 'all', holes.size === 0);

// ------------------------------------------------------------------ endpoint × role × whose rows

// A county's office asks of its township's rows, of another county's and of none; a person of her own organisation's
// and of another's; a firm likewise.
const HOME = { volunteer: 21, device: 21, partner: 5, gateway: 2 };
const OWN = { volunteer: 21, device: 21, partner: 5 };
let callers = new Map(ROLES.map(role => [role, caller(role, HOME[role] ?? 2)]));
const ENDS_HER = /\/me\/withdraw$/; // asked once: nobody is there to ask again
const OPEN_HERE = new Set(['/metrics']); // from this machine without a token, as the manual says

const counts = { cells: 0, requests: 0, answered: 0, refused: 0, no_token: 0, role: 0, missing: 0, other: 0, wrong: 0, leaks: 0, broken: 0 };

// DELETE and the ends of things last, so that there is something to ask for before.
const order = endpoint => (/\/me\/withdraw|erase/.test(endpoint.path) ? 3 : endpoint.method === 'DELETE' ? 2 : endpoint.method === 'GET' ? 0 : 1);
const endpoints = index.filter(e => e.path !== '/v1/leave').sort((a, b) => order(a) - order(b));

async function send(who, endpoint, n, luck = chance) {
    const request = requestTo(endpoint, n, luck);
    const answer = await ask(who, request);
    counts.requests++;
    if (answer.status >= 500 && answer.status !== 503) {
        counts.broken++;
        complain(`${endpoint.method} ${request.path} by ${who?.role}: ${answer.status} ${answer.body.toString().slice(0, 300)}`);
    }
    for (const canary of leaks(who, answer, sentIn(request))) {
        counts.leaks++;
        leaking.set(`${endpoint.method} ${endpoint.path}`, (leaking.get(`${endpoint.method} ${endpoint.path}`) ?? 0) + 1);
        complain(`LEAK by ${endpoint.method} ${endpoint.path}: ${canary} to ${who?.role} of ${who?.n}: ${request.path} ${request.body ?? ''}: ${answer.status} ${answer.body.toString().slice(0, 200)}`);
    }
    return answer;
}

let leaking = new Map();
const wrong = (endpoint, role, whose, answer, why) => {
    counts.wrong++;
    complain(`${endpoint.method} ${endpoint.path} by ${role ?? 'nobody'} of ${whose} rows: ${answer.status}, but ${why}: ${answer.body.toString().slice(0, 200)}`);
};
const codeOf = answer => { // what a problem says without the ids in it
    try {
        const problem = JSON.parse(answer.body);
        return `${answer.status} ${problem.code} ${String(problem.detail).replace(/\d+/g, 'N')}`;
    } catch {
        return `${answer.status}`;
    }
};

async function cell(endpoint, role, everything) {
    const who = role ? callers.get(role) : null;
    const open = endpoint.roles.length === 0 || OPEN_HERE.has(endpoint.path);
    const may = open || endpoint.roles.includes(role);
    const seen = {};
    const draw = chance.number(2 ** 31);
    if (!may && !everything) return;
    for (const [whose, n] of [['foreign', role === 'partner' ? 6 : 31], ['missing', 0], ['own', OWN[role] ?? 21]]) {
        counts.cells++;
        for (let i = 0; i < rounds && !(ENDS_HER.test(endpoint.path) && seen.foreign?.status < 300); i++) {
            const answer = await send(who, endpoint, n, chanceFrom(draw + i)); // alike but for the ids
            seen[whose] = answer;
            judge(endpoint, role, whose, answer, open, may);
        }
    }
    if (role && may && namesRows(endpoint) && codeOf(seen.foreign) !== codeOf(seen.missing))
        wrong(endpoint, role, 'foreign', seen.foreign, `what is missing says ${codeOf(seen.missing)}`);
}

function judge(endpoint, role, whose, answer, open, may) {
    if (!may) {
        const due = role ? 403 : 401;
        counts[role ? 'role' : 'no_token'] += answer.status === due;
        if (answer.status !== due) wrong(endpoint, role, whose, answer, `${due} was due`);
        return;
    }
    counts[answer.status < 400 ? 'answered' : answer.status === 404 ? 'missing' : 'other']++;
    if (answer.status === 401 && role && endpoint.path !== '/v1/enter') wrong(endpoint, role, whose, answer, 'she may');
}

// Reads, then changes, then ends; the cells of one stage side by side, but for ends, of which each endpoint's are in turn.
async function wholeMatrix(everything) {
    const roles = [null, ...ROLES];
    for (const stage of [0, 1, 2, 3]) {
        const here = endpoints.filter(e => order(e) === stage);
        const work = stage < 2 ? here.flatMap(e => roles.map(role => () => cell(e, role, everything)))
            : here.map(e => async () => {
                for (const role of roles) await cell(e, role, everything);
            });
        await inParallel(stage < 3 ? 12 : 1, () => work.shift());
        lookUpIds();
    }
}

await wholeMatrix(true);
const memory = index.filter(e => e.from_memory);
const leaky = new Map(leaking);
figure('endpoints × roles × whose rows', `${endpoints.length} × ${ROLES.length + 1} × 3 = ${counts.cells}, ${counts.requests} requests`, 'every one', counts.cells === endpoints.length * (ROLES.length + 1) * 3);
figure('answered / missing / refused otherwise / 403 by role / 401', [counts.answered, counts.missing, counts.other, counts.role, counts.no_token].join(' / '), 'as the table says', counts.wrong === 0);
figure('let in or kept out against the table, or told apart from missing', counts.wrong, 0, counts.wrong === 0);
figure('answers with status 500', counts.broken, 0, counts.broken === 0);
figure('foreign canaries, both walls', `${counts.leaks}${leaky.size ? `: ${[...leaky.keys()].join(', ')}` : ''}`, 0, counts.leaks === 0);
const memoryLeaks = memory.filter(e => leaky.has(`${e.method} ${e.path}`)).length;
figure('answered from memory and leaking', `${memoryLeaks} of ${memory.length}: ${memory.map(e => `${e.method} ${e.path}`).join(', ')}`, 0, memoryLeaks === 0);

// ------------------------------------------------------------------ each wall alone

// Row level security: no handler, only the statements, under the scope of another county.
lookUpIds();
const alone = await askEveryQuery({ chance, rounds });
alone.said.forEach(complain);
figure('row level security alone: statements × scopes', `${alone.statements} × ${alone.scopes}, ${alone.runs} runs, ${alone.rows} rows came`, '> 0 rows', alone.rows > 0);
figure('foreign canaries, foreign rows changed', `${alone.leaks}, ${alone.changed}${alone.where.length ? `: ${alone.where.join(' ')}` : ''}`, '0, 0', alone.leaks === 0 && alone.changed === 0);

// The API's own check: the same database with row level security taken off every table.
sql(`DO $$ DECLARE t record; BEGIN FOR t IN SELECT oid::regclass AS name FROM pg_class WHERE relnamespace = 'vigil'::regnamespace AND relrowsecurity LOOP
     EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', t.name); END LOOP; END $$`);
const before = { ...counts };
leaking = new Map();
callers = new Map(ROLES.map(role => [role, caller(role, HOME[role] ?? 2, 1)]));
lookUpIds();
await wholeMatrix(false); // whom the role keeps out, the rows do not concern
sql(`DO $$ DECLARE t record; BEGIN FOR t IN SELECT oid::regclass AS name FROM pg_class WHERE relnamespace = 'vigil'::regnamespace AND relforcerowsecurity LOOP
     EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t.name); END LOOP; END $$`);
figure("let in, or told apart from missing, by the API's own wall alone", counts.wrong - before.wrong, 0, counts.wrong === before.wrong);
figure("foreign canaries, the API's own wall alone", `${counts.leaks - before.leaks} in ${counts.requests - before.requests} requests${leaking.size ? `: ${[...leaking].map(([path, count]) => `${path} (${count})`).join(', ')}` : ''}`, 0, leaking.size === 0);

// ------------------------------------------------------------------ controls

// A policy that lets everything through must be found by the statements, and a foreign word in a row of one's own by
// the requests.
sql("CREATE POLICY planted ON vigil.station TO vigil_app USING (true)");
const planted = await askEveryQuery({ chance, rounds: 1, only: /^station_/ });
sql('DROP POLICY planted ON vigil.station');
figure('control: a planted policy is found', `${planted.leaks} canaries`, '> 0', planted.leaks > 0);

sql("UPDATE vigil.station SET name = 'Kanark00031x' WHERE org_id = 7100000000021");
const leaksBefore = counts.leaks;
const list = index.find(e => e.method === 'GET' && e.path === '/v1/stations');
for (let i = 0; i < 8; i++) await send(callers.get('manager'), list, 21);
figure('control: a planted foreign word is found', `${counts.leaks - leaksBefore} canaries`, '> 0', counts.leaks > leaksBefore);

process.exit(0);

// The database's wall alone: every statement of schema/queries and schema/layers, run as vigil_app under the scope of
// somebody else, with ids and words of foreign rows. Each run is a transaction that is rolled back.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { columnOf, database, foreign, idOf, MISSING, orgs, sql, tables } from './walls.mjs';

const root = join(fileURLToPath(import.meta.url), '../../..');
// What anybody may add to and nobody read back: the audit and the events on their way.
const WRITE_ONLY = new Set(['audit', 'audit_pending', 'outbox']);
const MOVING = new Set([...WRITE_ONLY, 'event', 'idempotency', 'incident_track', 'position_last', 'token']); // by vigild, meanwhile

// What names neither such a table nor a function of ours speaks of streets and settings.
const OURS = new RegExp(`\\bvigil\\.(${tables.map(t => t.name).join('|')}|person_\\w+|position_\\w+|idempotency|org\\w*)\\b|\\bvigil\\.\\w+\\(`);

function statements() {
    const all = [];
    for (const folder of ['queries', 'layers']) {
        for (const file of readdirSync(join(root, 'schema', folder))) {
            const text = readFileSync(join(root, 'schema', folder, file), 'utf8').trim().replace(/;$/, '');
            if (/^(--[^\n]*\n)*\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b/i.test(text) && OURS.test(text)) all.push({ name: `${basename(file, '.sql')}${folder === 'layers' ? '_layer' : ''}`, text });
        }
    }
    return all;
}

function psql(script) {
    const run = spawnSync('sh', ['-c', 'exec psql -X -q -At "$0" -f - 2>&1', database], { input: script, encoding: 'utf8', maxBuffer: 1 << 30 });
    if (run.status !== 0 && !run.stdout) throw new Error(`psql: ${run.status} ${run.error ?? ''}`);
    return run.stdout;
}

const prepared = list => list.map(s => `PREPARE "${s.name}" AS ${s.text};`).join('\n');

// The statements that this database knows, each with the types of its parameters.
function withTypes() {
    const list = statements();
    const out = psql(`${prepared(list)}\nSELECT '@@' || name || ' ' || array_to_string(parameter_types::text[], ',') FROM pg_prepared_statements;`);
    const types = new Map([...out.matchAll(/^@@(\S+) (.*)$/gm)].map(([, name, all]) => [name, all ? all.split(',') : []]));
    return list.filter(s => types.has(s.name)).map(s => ({ ...s, types: types.get(s.name) }));
}

// The column that a parameter is held against, if the text says so, and how.
function about(text, i) {
    const found = text.match(new RegExp(`(\\w+)\\s*(=|<>|>=|<=|<|>)\\s*(?:ANY\\s*\\()?\\s*\\$${i}\\b`));
    return { column: found?.[1] ?? '', how: new RegExp(`LIMIT\\s+\\$${i}\\b`, 'i').test(text) ? 'limit' : found?.[2] ?? '' };
}

const COLUMNS = ['org_id', 'person_id', 'station_id', 'lookout_point_id', 'grid_id', 'incident_id', 'dispatch_id', 'squad_id', 'shift_id', 'signup_id', 'claim_id', 'day_id', 'plan_id', 'beat_id', 'token_id', 'site_id', 'entry_id', 'membership_id', 'credential_id'];
const BOX = [11.9, 57.6, 12.1, 57.8];

function argument(s, i, n, chance) {
    const type = s.types[i];
    const { column, how } = about(s.text, i + 1);
    const id = () => idOf(columnOf(column) && chance.next() < 0.9 ? column : guess(s.name, chance), n, chance);
    if (type === 'bigint' || type === 'integer' || type === 'smallint') {
        if (how === 'limit') return '1000';
        if (type !== 'bigint') return String(chance.pick([0, 1, 13, 100]));
        if (how.startsWith('>')) return '0';
        if (how.startsWith('<') && how !== '<>') return '9007199254740991';
        return chance.next() < 0.8 ? String(id()) : chance.pick(['0', 'NULL', '1000', String(MISSING)]);
    }
    if (type === 'bigint[]') return `ARRAY[${id()}, ${id()}, ${id()}]::bigint[]`;
    if (type.endsWith('[]')) return chance.pick(['NULL', `'{}'::${type}`]);
    if (type === 'boolean') return chance.pick(['NULL', 'true', 'false']);
    if (type === 'double precision') return chance.next() < 0.4 ? 'NULL' : String(BOX[i % 4]);
    if (type === 'json' || type === 'jsonb') return chance.pick([`'[]'::${type}`, `'{}'::${type}`]);
    if (type === 'bytea') return "'\\x00'";
    if (type.startsWith('timestamp')) return chance.pick(['NULL', 'now()', "now() - interval '30 days'"]);
    if (type === 'date') return 'now()::date';
    if (type === 'text') return chance.pick(['NULL', 'NULL', "''", "'Kanark'", "'Persp'", "'incident'", `'kanark${String(n).padStart(5, '0')}x1'`]);
    return 'NULL';
}
const guess = (name, chance) => COLUMNS.find(column => name.startsWith(column.replace(/_id$/, '')) && chance.next() < 0.7) ?? chance.pick(COLUMNS);

// Whose rows another's transaction has put, changed or taken away, but for what is written and not read.
const CHANGED = `
CREATE OR REPLACE FUNCTION canary.changed(scope bigint, own bigint) RETURNS text LANGUAGE plpgsql AS $f$
DECLARE
    t     record;
    found bigint;
    said  text := '';
BEGIN
    FOR t IN SELECT * FROM canary.kept LOOP
        EXECUTE format('SELECT count(*) FILTER (WHERE x.xmin::text = (pg_current_xact_id()::text::bigint & 4294967295)::text)
                               + abs(count(*) - %s)
                        FROM vigil.%I x
                        WHERE NOT EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = $1 AND r.org_id = x.org_id)', 
                       (SELECT n FROM canary.base b WHERE b.name = t.name AND b.scope = changed.scope), t.name)
        INTO found USING scope;
        IF found > 0 THEN said := said || ' ' || t.name; END IF;
    END LOOP;
    RETURN said;
END $f$;`;

function prepareBase(scopes) {
    const kept = tables.filter(t => !MOVING.has(t.name));
    sql(`SET client_min_messages = warning;
        DROP TABLE IF EXISTS canary.kept, canary.base;
        CREATE TABLE canary.kept (name text);
        CREATE TABLE canary.base (name text, scope bigint, n bigint);
        INSERT INTO canary.kept VALUES ${kept.map(t => `('${t.name}')`).join(',')};
        ${[...new Set(scopes.map(s => s.org))].map(org => kept.map(t => `INSERT INTO canary.base SELECT '${t.name}', ${org}, count(*) FROM vigil.${t.name} x
            WHERE NOT EXISTS (SELECT FROM vigil.org_reach r WHERE r.ancestor_id = ${org} AND r.org_id = x.org_id);`).join('\n')).join('\n')}
        ${CHANGED}`);
}

// Runs them; `only` picks by name.
export async function askEveryQuery({ chance, rounds, only = /./ }) {
    const list = withTypes().filter(s => only.test(s.name));
    const scopes = [
        { role: 'manager', n: 3, org: orgs.get(3).id, person: 0, other: 21 },
        { role: 'manager', n: 22, org: orgs.get(22).id, person: 0, other: 21 },
        { role: 'partner', n: 6, org: orgs.get(6).id, person: 0, other: 5 },
        { role: 'volunteer', n: 31, org: 0, person: 7300000000313, other: 22 },
        { role: 'device', n: 22, org: 0, person: 7300000000224, other: 211 },
    ];
    prepareBase(scopes);
    const runs = [];
    const script = [prepared(list), "SET statement_timeout = '5s';"];
    for (let round = 0; round < 3 * rounds; round++) {
        for (const s of list) {
            for (const who of scopes) {
                const values = s.types.map((_, i) => argument(s, i, who.other, chance)).join(', ');
                const writes = /\b(INSERT|UPDATE|DELETE)\b|vigil\.\w+\(/i.test(s.text);
                runs.push({ s, who: { ...who, id: 0 }, values });
                script.push('BEGIN;', 'SET LOCAL ROLE vigil_app;', `SET LOCAL vigil.org = '${who.org || ''}';`, `SET LOCAL vigil.person = '${who.person || ''}';`,
                    `\\echo @@run ${runs.length - 1}`, `EXECUTE "${s.name}"${values ? `(${values})` : ''};`, '\\echo @@end', 'RESET ROLE;',
                    ...(writes ? [`SELECT '@@changed' || canary.changed(${who.org}, ${who.person});`] : []), 'ROLLBACK;');
            }
        }
    }
    return judge(runs, psql(script.join('\n')), list.length, scopes.length);
}

function judge(runs, out, statementCount, scopeCount) {
    const result = { statements: statementCount, scopes: scopeCount, runs: runs.length, rows: 0, leaks: 0, changed: 0, where: [], said: [] };
    const where = new Set();
    for (const part of out.split('@@run ').slice(1)) {
        const { s, who, values } = runs[Number.parseInt(part, 10)];
        const [answer, rest] = part.slice(part.indexOf('\n') + 1).split('@@end');
        result.rows += answer.split('\n').filter(line => line && !/^(psql:|ERROR|DETAIL|HINT|CONTEXT|INSERT|UPDATE|DELETE)/.test(line)).length;
        for (const canary of foreign(who, answer, values)) {
            result.leaks++;
            where.add(s.name);
            result.said.push(`RLS LEAK by ${s.name}: ${canary}: (${values}) under ${who.role} of ${who.n}: ${answer.slice(0, 200)}`);
        }
        const changed = /@@changed ([^\n]*)/.exec(rest ?? '')?.[1];
        if (changed) {
            result.changed++;
            where.add(s.name);
            result.said.push(`RLS CHANGED ${changed}: ${s.name}(${values}) under ${who.role} of ${who.n}`);
        }
    }
    result.where = [...where];
    return result;
}

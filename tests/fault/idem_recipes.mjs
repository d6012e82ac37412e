// How each creating endpoint is called so that every call, under a key of its own, has one effect that SQL can
// count. `with` makes what the call needs to stand on, once; `path` and `body` get it and the call's number.
const place = n => ({ lon: 11.95 + (n % 100) * 1e-4, lat: 57.7 + (n % 70) * 1e-4, frame: 'wgs84' });
const square = n => {
    const [x, y] = [12.2 + (n % 50) * 0.002, 57.8 + Math.floor(n / 50) * 0.002];
    return { type: 'MultiPolygon', coordinates: [[[[x, y], [x + 0.001, y], [x + 0.001, y + 0.001], [x, y + 0.001], [x, y]]]] };
};
const feature = (n, geometry, properties) => ({ type: 'Feature', geometry, properties });
const point = n => ({ type: 'Point', coordinates: [place(n).lon, place(n).lat] });
const rows = (table, more = '') => `SELECT count(*) FROM vigil.${table} ${more}`;

const made = async (ask, path, body, id) => JSON.parse((await ask('POST', path, body)).body)[id];
const firm = async ({ ask }) => ({ firm: await made(ask, '/v1/orgs', { code: `FIRM-${Math.random()}`, name: 'Firm', kind: 'firm' }, 'org_id') });

const need = [{ role: 'member', min: 1, max: 200 }];
const station = async ask => made(ask, '/v1/stations', { code: `ROSTER-${Math.random()}`, name: 'Roster', place: place(1) }, 'station_id');
const template = async ({ ask }) => {
    const station_id = await station(ask);
    return { station_id, template: await made(ask, '/v1/shift_templates', { org_id: 1, name: 'Idem', station_id, weekdays: [1], starts: '08:00', length_min: 60, needs: need }, 'template_id') };
};
const day = (year, n) => new Date(Date.UTC(year, 0, 1 + n)).toISOString().slice(0, 10);
const shift = (station_id, name, n, year) => ({ org_id: 1, name, station_id, starts_at: `${day(year, n)}T08:00:00Z`, ends_at: `${day(year, n)}T10:00:00Z`, needs: need });
const beat = async ({ ask, sql }) => ({ beat_id: await made(ask, '/v1/beats', { org_id: 1, code: `IDEM-${Math.random()}`, name: 'Idem beat',
    segments: sql('SELECT segment_id FROM vigil.segment WHERE valid_to IS NULL ORDER BY segment_id LIMIT 3').split('\n').map(Number) }, 'beat_id') });
const plan = async (ground, more) => ({ ...await beat(ground), org_id: 1, name: 'Idem plan', weekdays: [1, 2, 3, 4, 5, 6, 7], starts: '20:00', length_min: 240, ...more });
const people = (sql, first) => sql(`INSERT INTO vigil.person (person_id, display_name) SELECT ${first} + i, 'rostered ' || i FROM generate_series(0, 499) i ON CONFLICT DO NOTHING`);

export const recipes = {
    '/v1/stations': { body: n => ({ code: `IDEM-${n}`, name: `Station ${n}`, place: place(n) }), counted: rows('station') },
    '/v1/stations/import': {
        body: n => ({ type: 'FeatureCollection', frame: 'wgs84', features: [feature(n, point(n), { code: `IDEM-I-${n}`, name: `Imported ${n}` })] }),
        counted: rows('station'),
    },
    '/v1/lookout_points': { body: n => ({ code: `IDEM-${n}`, name: `Lookout ${n}`, place: place(n) }), counted: rows('lookout_point') },
    '/v1/lookout_points/import': {
        body: n => ({ type: 'FeatureCollection', frame: 'wgs84', features: [feature(n, point(n), { code: `IDEM-I-${n}`, name: `Imported ${n}` })] }),
        counted: rows('lookout_point'),
    },
    '/v1/grids': { body: n => ({ code: `IDEM-${n}`, area: { ...square(n), frame: 'wgs84' } }), counted: rows('grid') },
    '/v1/grids/import': {
        body: n => ({ type: 'FeatureCollection', frame: 'wgs84', features: [feature(n, square(n + 1000), { code: `IDEM-I-${n}` })] }),
        counted: rows('grid'),
    },
    '/v1/grids/lay': {
        body: n => {
            const [x, y] = [12.6 + n * 0.01, 57.9];
            return { kind: 'square', side_m: 1000, prefix: `IDEM${n}`,
                area: { type: 'Polygon', coordinates: [[[x, y], [x + 0.001, y], [x + 0.001, y + 0.001], [x, y + 0.001], [x, y]]], frame: 'wgs84' } };
        },
        counted: "SELECT count(DISTINCT substring(code FROM '^IDEM\\d+')) FROM vigil.grid WHERE code ~ '^IDEM\\d'",
    },
    '/v1/tokens': { // the text is told once: a repeat hears null
        body: n => ({ name: `Idem ${n}`, role: 'planner' }), counted: rows('token', "WHERE label LIKE 'Idem %'"),
        same: body => body.replace(/"token":("[^"]*"|null)/, ''),
    },
    '/v1/people': { body: n => ({ name: `Idem ${n}` }), counted: rows('person'), control: true },
    '/v1/people/import': { body: n => `name\nIdem imported ${n}\n`, counted: rows('person', "WHERE display_name LIKE 'Idem imported %'") },
    '/v1/devices': { // the secret is told once: a repeat hears null
        with: async ({ ask }) => ({ person_id: await made(ask, '/v1/people', { name: 'Idem carries' }, 'person_id') }),
        body: (n, { person_id }) => ({ person_id, name: `Idem ${n}`, format: 'osmand', frame: 'wgs84' }), counted: rows('device', "WHERE name LIKE 'Idem %'"),
        same: body => body.replace(/"secret":("[^"]*"|null)/, ''),
    },
    '/v1/devices/{device_id}/rotate': {
        with: async ({ ask }) => {
            const person_id = await made(ask, '/v1/people', { name: 'Idem rotates' }, 'person_id');
            return { device_id: await made(ask, '/v1/devices', { person_id, name: 'Rotated', format: 'json', frame: 'wgs84' }, 'device_id') };
        },
        path: (n, { device_id }) => `/v1/devices/${device_id}/rotate`, body: n => ({ purpose: `Idem ${n}` }),
        counted: "SELECT coalesce(max(version) - 1, 0) FROM vigil.device WHERE name = 'Rotated'",
        same: body => body.replace(/"secret":("[^"]*"|null)/, ''),
    },
    '/v1/people/{person_id}/memberships': {
        with: async ({ ask, sql }) => {
            sql("INSERT INTO vigil.person (person_id, display_name) SELECT 7100000 + i, 'joins ' || i FROM generate_series(0, 4999) i ON CONFLICT DO NOTHING");
            return { org_id: await made(ask, '/v1/orgs', { code: `IDEM-P-${Math.random()}`, name: 'Joined', kind: 'county' }, 'org_id') };
        },
        path: n => `/v1/people/${7100000 + n}/memberships`,
        body: (n, { org_id }) => ({ org_id, role: n % 2 ? 'member' : 'leader' }),
        counted: rows('membership'),
    },
    '/v1/people/{person_id}/credentials': {
        with: async ({ ask }) => ({ person_id: await made(ask, '/v1/people', { name: 'Idem certified' }, 'person_id') }),
        path: (n, { person_id }) => `/v1/people/${person_id}/credentials`,
        body: n => ({ type: `Idem ${n}` }),
        counted: rows('credential'),
    },
    '/v1/orgs': { body: n => ({ code: `IDEM-${n}`, name: `Org ${n}`, kind: 'county' }), counted: rows('org') },
    '/v1/orgs/import': { body: n => `code,name,kind\nIDEM-T-${n},Org ${n},village\n`, counted: rows('org') },
    '/v1/hot_spots': { body: n => ({ code: `IDEM-${n}`, name: `Hot spot ${n}`, area: { ...square(n % 1000), frame: 'wgs84' } }), counted: rows('hot_spot') },
    '/v1/mutual_aid': { // 870 pairs of thirty neighbours
        with: async ({ ask }) => ({ orgs: await Promise.all(Array.from({ length: 30 }, (_, i) => made(ask, '/v1/orgs', {
            code: `AID-${i}-${Math.random()}`, name: `Aid ${i}`, kind: 'county', area: { ...square(i), frame: 'wgs84' } }, 'org_id'))) }),
        body: (n, { orgs }) => ({ lender_id: orgs[Math.floor(n / 29) % 30], borrower_id: orgs[(Math.floor(n / 29) + 1 + n % 29) % 30], reach_m: 100 }),
        counted: rows('mutual_aid'),
    },
    '/v1/sites': {
        with: firm,
        body: (n, ground) => ({ code: `IDEM-${n}`, name: `Site ${n}`, org_id: ground.firm, place: place(n) }),
        counted: rows('site'),
    },
    '/v1/sites/import': {
        with: firm,
        body: (n, ground) => ({ type: 'FeatureCollection', frame: 'wgs84',
            features: [feature(n, point(n), { code: `IDEM-I-${n}`, name: `Imported ${n}`, org_id: ground.firm })] }),
        counted: rows('site'),
    },
    '/v1/squads/{squad_id}/members': {
        with: async ({ ask, sql }) => {
            sql("INSERT INTO vigil.person (person_id, display_name) SELECT 7000000 + i, 'member ' || i FROM generate_series(0, 499) i ON CONFLICT DO NOTHING");
            return { squad: await made(ask, '/v1/squads', { code: `IDEM-M-${Math.random()}`, name: 'Members' }, 'squad_id') };
        },
        path: (n, { squad }) => `/v1/squads/${squad}/members`,
        body: n => ({ person_id: 7000000 + n }),
        counted: rows('squad_member'),
    },
    '/v1/squads': { body: n => ({ code: `IDEM-${n}`, name: `Squad ${n}` }), counted: rows('squad') },
    '/v1/enrolment_codes': { body: n => ({ label: `Idem ${n}` }), counted: rows('enrolment_code') },
    '/v1/enrolments': {
        with: async ({ ask }) => ({ code: await made(ask, '/v1/enrolment_codes', { label: 'idem', uses_max: 10000 }, 'code') }),
        body: (n, { code }) => ({
            code, claim: `${String(n).padStart(42, 'A')}A`, name: `Idem ${n}`, phone: `1390000${String(n).padStart(4, '0')}`,
            language: 'en', consents: [{ purpose: 'contact', version: 1 }],
        }),
        counted: rows('enrolment'),
    },
    '/v1/me/consents': {
        with: async ({ ask }) => {
            const person_id = await made(ask, '/v1/people', { name: 'Idem herself' }, 'person_id');
            return { token: await made(ask, '/v1/tokens', { name: 'Idem phone', role: 'volunteer', person_id }, 'token') };
        },
        body: n => ({ purpose: n % 2 ? 'training' : 'insurance', language: 'en', given: n % 4 < 2 }),
        counted: rows('consent'),
    },
    '/v1/people/{person_id}/consents': {
        with: async ({ ask }) => ({ person_id: await made(ask, '/v1/people', { name: 'Idem consenting' }, 'person_id') }),
        path: (n, { person_id }) => `/v1/people/${person_id}/consents`,
        body: n => ({ purpose: n % 2 ? 'training' : 'insurance', language: 'zh', given: n % 4 < 2 }),
        counted: rows('consent'),
    },
    '/v1/incident_types': {
        body: n => ({ type: `idem_${n}`, name_zh: `类型${n}`, name_en: `Type ${n}`, volunteer_allowed: true }),
        counted: rows('incident_type', "WHERE type ~ '^idem_'"),
    },
    '/v1/incidents': { body: n => ({ type: 'help', place: place(n) }), counted: rows('incident') },
    '/v1/incidents/{incident_id}/dispatches': {
        with: async ({ ask, sql }) => {
            sql("INSERT INTO vigil.person (person_id, display_name, location_consent) SELECT 7200000 + i, 'sent ' || i, true FROM generate_series(0, 999) i ON CONFLICT DO NOTHING");
            return { incident: await made(ask, '/v1/incidents', { type: 'help', place: place(1) }, 'incident_id') };
        },
        path: (n, { incident }) => `/v1/incidents/${incident}/dispatches`,
        body: n => ({ people: [7200000 + n], reason: 'idem' }),
        counted: rows('dispatch'),
    },
    '/v1/shift_templates': {
        with: template,
        body: (n, { station_id }) => ({ org_id: 1, name: `Idem ${n}`, station_id, weekdays: [1], starts: '08:00', length_min: 60, needs: need }),
        counted: rows('shift_template'),
    },
    '/v1/shift_templates/{template_id}/weeks': { // 2030-12-30 is a Monday
        with: template,
        path: (n, ground) => `/v1/shift_templates/${ground.template}/weeks`,
        body: n => ({ from: day(2030, 363 + 7 * n) }),
        counted: rows('shift', 'WHERE template_id IS NOT NULL'),
    },
    '/v1/shifts': {
        with: async ({ ask }) => ({ station_id: await station(ask) }),
        body: (n, { station_id }) => shift(station_id, `Idem ${n}`, n, 2031),
        counted: rows('shift', 'WHERE template_id IS NULL'),
    },
    '/v1/shifts/{shift_id}/signups': {
        with: async ({ ask, sql }) => {
            const station_id = await station(ask), shifts = [];
            people(sql, 7200000);
            for (let i = 0; i < 5; i++) shifts.push(await made(ask, '/v1/shifts', shift(station_id, 'Idem', i, 2032), 'shift_id'));
            return { shifts };
        },
        path: (n, { shifts }) => `/v1/shifts/${shifts[n % 5]}/signups`,
        body: n => ({ person_id: 7200000 + n }),
        counted: rows('signup'),
    },
    '/v1/signups/{signup_id}/take': {
        with: async ({ ask, sql }) => {
            const station_id = await station(ask), shifts = [];
            people(sql, 7300000);
            people(sql, 7310000);
            for (let i = 0; i < 5; i++) shifts.push(await made(ask, '/v1/shifts', shift(station_id, 'Idem', i, 2033), 'shift_id'));
            sql(`INSERT INTO vigil.signup (signup_id, shift_id, person_id, role, state, swap_offered_at)
                 SELECT 7300000 + i, (ARRAY[${shifts}])[1 + i % 5], 7300000 + i, 'member', 'approved', now() FROM generate_series(0, 499) i`);
            return {};
        },
        path: n => `/v1/signups/${7300000 + n}/take`,
        body: n => ({ person_id: 7310000 + n }),
        counted: rows('signup', 'WHERE swapped_from IS NOT NULL'),
    },
    '/v1/fences': {
        body: n => ({ org_id: 1, name: `Idem ${n}`, place: place(n), radius_m: 100, kinds: ['enter', 'leave'] }),
        counted: rows('fence'),
    },
    '/v1/closures': {
        with: async ({ sql }) => ({ segment_ids: sql('SELECT segment_id FROM vigil.segment WHERE valid_to IS NULL ORDER BY segment_id LIMIT 2').split('\n').map(Number) }),
        body: (n, { segment_ids }) => ({ org_id: 1, reason: `Idem ${n}`, segment_ids, modes: ['car'] }),
        counted: rows('closure'),
    },
    '/v1/coverage/jobs': {
        body: n => ({ kind: 'week', of: 'plan', from: new Date(Date.UTC(2040, 0, 1 + 7 * (n % 3))).toISOString() }),
        counted: rows('job'),
    },
    '/v1/bus_lines': {
        body: n => ({ code: `IDEM-${n}`, name: `Line ${n}`, path: { type: 'LineString', coordinates: [[11.95, 57.7], [11.96, 57.71]], frame: 'wgs84' },
            stops: [{ name: 'First', place: place(n) }] }),
        counted: rows('bus_line'),
    },
    '/v1/beats': {
        with: async ({ sql }) => ({ segments: sql('SELECT segment_id FROM vigil.segment WHERE valid_to IS NULL ORDER BY segment_id LIMIT 3').split('\n').map(Number) }),
        body: (n, { segments }) => ({ org_id: 1, code: `IDEM-${n}`, name: `Beat ${n}`, segments }),
        counted: rows('beat'),
    },
    '/v1/patrol_plans': { with: plan, body: (n, ground) => ({ ...ground, name: `Idem ${n}` }), counted: rows('patrol_plan') },
    '/v1/patrol_plans/{plan_id}/months': {
        with: async ground => ({ plan: await made(ground.ask, '/v1/patrol_plans', await plan(ground), 'plan_id') }),
        path: (n, ground) => `/v1/patrol_plans/${ground.plan}/months`,
        body: n => ({ month: `${2031 + Math.floor(n / 12)}-${String(1 + n % 12).padStart(2, '0')}`, opens_at: '2030-12-01T04:00:00Z' }),
        counted: rows('patrol_opening'),
    },
    '/v1/patrol_days/{day_id}/claims': {
        with: async ground => {
            const { ask, sql } = ground;
            const plan_id = await made(ask, '/v1/patrol_plans', await plan(ground), 'plan_id');
            const days = await made(ask, `/v1/patrol_plans/${plan_id}/months`, { month: '2035-01', opens_at: '2025-12-01T04:00:00Z', window_s: 0 }, 'days');
            sql("INSERT INTO vigil.squad (squad_id, org_id, kind, code, name) SELECT 7400000 + i, 1, 'squad', 'IDEM-C' || i, 'Claims' FROM generate_series(0, 19) i ON CONFLICT DO NOTHING");
            return { days };
        },
        path: (n, { days }) => `/v1/patrol_days/${days[Math.floor(n / 20) % 31]}/claims`,
        body: n => ({ squad_id: 7400000 + n % 20 }),
        counted: rows('claim'),
    },
    '/v1/claims/{claim_id}/signups': {
        with: async ground => {
            const { ask, sql } = ground;
            const plan_id = await made(ask, '/v1/patrol_plans', await plan(ground, { min_people: 1, max_people: 100 }), 'plan_id');
            const days = await made(ask, `/v1/patrol_plans/${plan_id}/months`, { month: '2036-01', opens_at: '2025-12-01T04:00:00Z' }, 'days');
            people(sql, 7500000);
            sql(`INSERT INTO vigil.squad (squad_id, org_id, kind, code, name) VALUES (7500000, 1, 'squad', 'IDEM-N', 'Named') ON CONFLICT DO NOTHING;
                 INSERT INTO vigil.claim (claim_id, day_id, org_id, squad_id, squad_org_id, month, during, state, fair, rank, place)
                 SELECT 7500000 + row_number() OVER (ORDER BY day) - 1, day_id, 1, 7500000, 1, '2036-01-01', during, 'claimed', false, 1, 1
                 FROM vigil.patrol_day WHERE day_id IN (${days})`);
            return {};
        },
        path: n => `/v1/claims/${7500000 + n % 31}/signups`,
        body: n => ({ person_id: 7500000 + n }),
        counted: rows('signup', 'WHERE claim_id IS NOT NULL'),
    },
    '/v1/hours/{entry_id}/reverse': {
        with: async ({ ask, sql }) => {
            const shift_id = await made(ask, '/v1/shifts', shift(await station(ask), 'Idem', 0, 2034), 'shift_id');
            people(sql, 7600000);
            sql(`SET session_replication_role = replica;
                 INSERT INTO vigil.signup (signup_id, org_id, shift_id, person_id, role, during, state)
                 SELECT 7600000 + i, 1, ${shift_id}, 7600000 + i, 'member', tstzrange('2034-01-01', '2034-01-02'), 'credited' FROM generate_series(0, 499) i;
                 INSERT INTO vigil.hours_entry (entry_id, org_id, person_id, kind, activity, minutes, signup_id)
                 SELECT 7600000 + i, 1, 7600000 + i, 'earned', 'shift', 60, 7600000 + i FROM generate_series(0, 499) i`);
            return {};
        },
        path: n => `/v1/hours/${7600000 + n}/reverse`,
        body: n => ({ reason: `idem ${n}` }),
        counted: rows('hours_entry', "WHERE kind = 'reversal'"),
    },
};

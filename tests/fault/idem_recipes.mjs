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
    '/v1/people/{person_id}/memberships': {
        with: async ({ ask, sql }) => {
            sql("INSERT INTO vigil.person (person_id, display_name) SELECT 7100000 + i, 'joins ' || i FROM generate_series(0, 4999) i ON CONFLICT DO NOTHING");
            return { org_id: await made(ask, '/v1/orgs', { code: `IDEM-P-${Math.random()}`, name: 'Joined', kind: 'county' }, 'org_id') };
        },
        path: n => `/v1/people/${7100000 + n}/memberships`,
        body: (n, { org_id }) => ({ org_id }),
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
};

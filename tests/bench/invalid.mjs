// Every wrong area through every door of the API that takes one; what is offered as repaired is sent again. Then every
// geometry of the database is looked at. Prints one line a figure: name, figure, bar and verdict, parted by tabs, and
// writes an extract with wrong buildings into the file it is given.
//   invalid.mjs EXTRACT
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import process from 'node:process';

const authorization = `Bearer ${process.env.VIGIL_TOKEN}`;
const tell = (name, figure, bar, good) => console.log([name, figure, bar, good ? 'ok' : 'missed'].join('\t'));
const sql = text => execFileSync('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', process.env.VIGIL_DATABASE, '-c', text],
    { encoding: 'utf8' }).trim();

// Somewhere in the city, in thousandths of a degree.
const [west, south] = sql('SELECT ST_X(c), ST_Y(c) FROM (SELECT ST_Centroid(ST_Extent(geom)) AS c FROM vigil.segment) m').split('|').map(Number);
const at = ([x, y]) => [west + x / 1000, south + y / 1000];
const ring = (...corners) => [...corners, corners[0]].map(at);
const square = (x, y, side) => ring([x, y], [x + side, y], [x + side, y + side], [x, y + side]);

// What each of them is, and whether something can be left of it.
const WRONG = [
    ['a bow-tie', { type: 'Polygon', coordinates: [ring([0, 0], [2, 2], [2, 0], [0, 2])] }, true],
    ['overlapping areas', { type: 'MultiPolygon', coordinates: [[square(0, 0, 2)], [square(1, 1, 2)]] }, true],
    ['a hole outside its shell', { type: 'Polygon', coordinates: [square(0, 0, 2), square(4, 0, 1)] }, true],
    ['a flat area', { type: 'Polygon', coordinates: [ring([0, 0], [1, 0], [2, 0])] }, false],
    ['an empty area', { type: 'Polygon', coordinates: [] }, false],
    ['an empty multipolygon', { type: 'MultiPolygon', coordinates: [] }, false],
    ['a ring that does not close', { type: 'Polygon', coordinates: [square(0, 0, 2).slice(0, 4)] }, false],
    ['infinity', { type: 'Polygon', coordinates: [[...square(0, 0, 2).slice(0, 2), [1e999, south], ...square(0, 0, 2).slice(2)]] }, false, '1e999'],
    ['no number', { type: 'Polygon', coordinates: [[...square(0, 0, 2).slice(0, 2), [NaN, south], ...square(0, 0, 2).slice(2)]] }, false, 'NaN'],
    ['a place beyond the poles', { type: 'Polygon', coordinates: [[...square(0, 0, 2).slice(0, 2), [west, 91], ...square(0, 0, 2).slice(2)]] }, false],
];

let count = 0;
const next = () => `bar-${process.pid}-${count++}`;
const place = { lon: west, lat: south, frame: 'wgs84' };

// The doors: where an area may come in, and the body around it.
const DOORS = [
    ['/v1/orgs', area => ({ code: next(), name: 'bar', kind: 'county', area })],
    ['/v1/grids', area => ({ code: next(), kind: 'drawn', area })],
    ['/v1/grids/lay?dry_run=true', area => ({ kind: 'square', side_m: 100, prefix: next(), area })],
    ['/v1/grids/import', ({ frame, ...geometry }) => ({
        type: 'FeatureCollection', frame, features: [{ type: 'Feature', geometry, properties: { code: next(), kind: 'drawn' } }],
    })],
    ['/v1/fences', area => ({ name: next(), kinds: ['enter'], area })],
    ['/v1/closures', area => ({ reason: 'bar', area, ends_at: new Date(Date.now() + 3600e3).toISOString() })],
    ['/v1/route', area => ({ from: place, to: place, mode: 'foot', avoid: { areas: [area] } })],
];

async function send(path, body, literal) {
    let text = JSON.stringify(body);

    if (literal) text = text.replace('null', literal); // JSON has no word for it; a body may hold it all the same
    const answer = await fetch(process.env.VIGIL_URL + path, {
        method: 'POST', body: text,
        headers: { authorization, 'content-type': 'application/json', 'idempotency-key': next() },
    });

    return { status: answer.status, json: await answer.json() };
}

// Of an import each feature has its own error.
const complaint = ({ status, json }) => (json.errors?.length ? { status: 422, ...json.errors[0] } : { ...json, status });

const odd = [];
let refused = 0, asked = 0, offered = 0, offerable = 0, taken = 0;
const before = sql('SELECT (SELECT count(*) FROM vigil.org) + (SELECT count(*) FROM vigil.grid) + (SELECT count(*) FROM vigil.fence) + (SELECT count(*) FROM vigil.closure)');

const repairs = [];
for (const [path, body] of DOORS)
    for (const [what, geometry, isRepairable, literal] of WRONG) {
        const said = complaint(await send(path, body({ frame: 'wgs84', ...geometry }), literal));

        asked++;
        if ([400, 422].includes(said.status) && said.code && said.detail !== '') refused++;
        else odd.push(`${path}: ${what}: ${JSON.stringify(said).slice(0, 200)}`);
        if (!isRepairable || path === '/v1/route') continue;
        offerable++;
        if (said.repaired) {
            offered++;
            repairs.push([path, body, what, said.repaired]);
        } else odd.push(`${path}: ${what}: no repair is offered: ${JSON.stringify(said).slice(0, 200)}`);
    }
tell('wrong areas that are refused with a reason, at every door', `${refused} of ${asked}`, 'all', refused === asked && asked > 0);
const after = sql('SELECT (SELECT count(*) FROM vigil.org) + (SELECT count(*) FROM vigil.grid) + (SELECT count(*) FROM vigil.fence) + (SELECT count(*) FROM vigil.closure)');
tell('rows that came of them', String(after - before), '0', after === before);
tell('repairs that are offered', `${offered} of ${offerable}`, 'all', offered === offerable);
for (const [path, body, what, repaired] of repairs) {
    const answer = await send(path, body(repaired));

    if (answer.status < 300 && !answer.json.errors?.length) taken++;
    else odd.push(`${path}: ${what}, repaired: ${answer.status} ${JSON.stringify(answer.json).slice(0, 200)}`);
}
tell('repairs that are taken when they are sent', `${taken} of ${offered}`, 'all', taken === offered && taken > 0);

// Every column of every table.
const COLUMNS = sql(`SELECT format('%I.%I', table_schema, table_name) || ' ' || quote_ident(column_name) FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE udt_name = 'geometry' AND table_type = 'BASE TABLE' AND table_schema IN ('vigil', 'osm')`).split('\n').map(line => line.split(' '));
const invalid = () => Number(sql(`SELECT ${COLUMNS.map(([table, column]) =>
    `(SELECT count(*) FROM ${table} WHERE ST_IsValidReason(${column}) <> 'Valid Geometry')`).join(' + ')}`));
tell(`geometries that are not valid in ${COLUMNS.length} columns`, String(invalid()), '0', invalid() === 0);

// The control takes the guard off and puts one in by hand.
const guard = sql("SELECT conname FROM pg_constraint WHERE conrelid = 'osm.building'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) ~ 'st_isvalid'");
sql(`ALTER TABLE osm.building DROP CONSTRAINT ${guard};
     INSERT INTO osm.building (osm_id, kind, name, geom) VALUES (1, 'yes', '', 'SRID=4326;MULTIPOLYGON(((0 0,1 1,1 0,0 1,0 0)))')`);
tell('control: one put in by hand', `${invalid()} found`, 'noticed', invalid() === 1);
for (const line of odd.slice(0, 12)) console.error(line);

const node = (id, [lon, lat]) => `<node id='${id}' version='1' lat='${lat.toFixed(7)}' lon='${lon.toFixed(7)}'/>`;
const way = (id, nodes, key, value) => `<way id='${id}' version='1'>${nodes.map(n => `<nd ref='${n}'/>`).join('')}<tag k='${key}' v='${value}'/></way>`;
writeFileSync(process.argv[2], [
    "<?xml version='1.0' encoding='UTF-8'?>", "<osm version='0.6' generator='bar'>",
    ...square(0, 0, 1).slice(0, 4).map((p, i) => node(i + 1, p)),
    way(10, [1, 3, 2, 4, 1], 'building', 'yes'), way(11, [1, 2, 3, 2, 1], 'building', 'yes'),
    way(12, [1, 2, 3, 4, 1], 'building', 'yes'), way(13, [1, 2], 'highway', 'residential'), '</osm>', '',
].join('\n'));

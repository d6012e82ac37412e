// Our vector tiles, read by the decoder that map libraries use, and our decoder,
// which other tests rely on, held against the fixtures of the specification.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';

const here = dirname(fileURLToPath(import.meta.url));
const build = process.env.VIGIL_BUILD ?? join(here, '../../build/dev');
const program = join(build, 'bench_mvt');
const EXTENT = 4096;
const BUFFER = 64;
const SEED = process.env.VIGIL_SEED ?? '20261122';

let folder;
let tile;
let input;

before(() => {
    folder = mkdtempSync(join(tmpdir(), 'vigil-mvt-'));
    execFileSync(program, ['write', join(folder, 'tile.mvt'), join(folder, 'features.json'), SEED]);
    tile = new VectorTile(new PbfReader(readFileSync(join(folder, 'tile.mvt'))));
    input = JSON.parse(readFileSync(join(folder, 'features.json'), 'utf8'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

// Web Mercator, written here a second time so that both would have to be wrong.
function units([lon, lat]) {
    const side = 2 ** input.z;
    const down = 0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI);
    return { x: (((lon + 180) / 360) * side - input.x) * EXTENT, y: (down * side - input.y) * EXTENT };
}

const inWindow = (p) => p.x >= -BUFFER && p.x <= EXTENT + BUFFER && p.y >= -BUFFER && p.y <= EXTENT + BUFFER;

function distance(p, a, b) {
    const x = b.x - a.x;
    const y = b.y - a.y;
    const length2 = x * x + y * y;
    const part = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((p.x - a.x) * x + (p.y - a.y) * y) / length2));
    return Math.hypot(p.x - a.x - part * x, p.y - a.y - part * y);
}

function distanceToRuns(p, runs) {
    let nearest = Infinity;
    for (const run of runs)
        for (let i = 0; i + 1 < run.length || i === 0; i++)
            nearest = Math.min(nearest, distance(p, run[i], run[Math.min(i + 1, run.length - 1)]));
    return nearest;
}

// Lines and rings of a GeoJSON geometry, in units.
function runsOf({ type, coordinates }) {
    const runs = {
        Point: (c) => [[c]],
        MultiPoint: (c) => c.map((p) => [p]),
        LineString: (c) => [c],
        MultiLineString: (c) => c,
        Polygon: (c) => c,
        MultiPolygon: (c) => c.flat(),
    }[type](coordinates);
    return runs.map((run) => run.map(units));
}

function area(ring) {
    let sum = 0;
    for (let i = 0; i + 1 < ring.length; i++) sum += ring[i].x * ring[i + 1].y - ring[i + 1].x * ring[i].y;
    return sum / 2;
}

// The part of a ring in the window, by plain Sutherland and Hodgman.
function clipped(ring) {
    const sides = [(p) => p.x + BUFFER, (p) => EXTENT + BUFFER - p.x, (p) => p.y + BUFFER, (p) => EXTENT + BUFFER - p.y];
    let points = ring.slice(0, -1);
    for (const inside of sides) {
        const next = [];
        points.forEach((b, i) => {
            const a = points[(i + points.length - 1) % points.length];
            const t = inside(a) / (inside(a) - inside(b));
            if (inside(a) * inside(b) < 0) next.push({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });
            if (inside(b) >= 0) next.push(b);
        });
        points = next;
    }
    return points.length > 0 ? [...points, points[0]] : [];
}

function eachFeature(visit) {
    let count = 0;
    for (const [name, features] of Object.entries(input.layers)) {
        const layer = tile.layers[name];
        const decoded = new Map();
        for (let i = 0; i < layer.length; i++) decoded.set(layer.feature(i).id, layer.feature(i));
        for (const feature of features) {
            visit(feature, decoded.get(feature.id));
            count++;
        }
    }
    assert.ok(count > 1000);
}

test('layers have their name, version and extent', () => {
    assert.deepEqual(Object.keys(tile.layers).sort(), ['first', 'second']);
    for (const layer of Object.values(tile.layers)) {
        assert.equal(layer.version, 2);
        assert.equal(layer.extent, EXTENT);
    }
});

test('exactly the features that were written are there, once, in their order', () => {
    for (const [name, features] of Object.entries(input.layers)) {
        const layer = tile.layers[name];
        const ids = Array.from({ length: layer.length }, (_, i) => layer.feature(i).id);
        assert.deepEqual(ids, features.filter((f) => f.written).map((f) => f.id));
    }
});

test('what is left out has nothing in the tile', () => {
    eachFeature((wanted, got) => {
        if (got) return;
        for (const run of runsOf(wanted.geometry)) {
            if (run.length === 1) assert.ok(!inWindow(run[0]), `point ${wanted.id} was in the window`);
            else if (wanted.geometry.type.endsWith('Polygon')) assert.ok(Math.abs(area(clipped(run))) < 20, `area ${wanted.id}`);
            else assert.ok(run.filter(inWindow).length < 2, `line ${wanted.id}`);
        }
    });
});

test('attributes come through in their kinds', () => {
    eachFeature((wanted, got) => {
        if (!got) return;
        assert.equal(got.properties.name, wanted.properties.name);
        assert.equal(got.properties.count, wanted.properties.count);
        assert.equal(got.properties.even, wanted.properties.even);
        assert.ok(Math.abs(got.properties.share - wanted.properties.share) < 1e-9);
        assert.deepEqual(Object.keys(got.properties).sort(), ['count', 'even', 'name', 'share']);
    });
});

test('every decoded point lies within a unit of what went in, and nothing is missing', () => {
    eachFeature((wanted, got) => {
        if (!got) return;
        const wantedRuns = runsOf(wanted.geometry);
        const gotRuns = got.loadGeometry();
        const points = got.type === 1;
        for (const p of gotRuns.flat()) {
            assert.ok(inWindow(p), `${wanted.id}: ${p.x}, ${p.y} is outside the buffer`);
            const onEdge = p.x === -BUFFER || p.x === EXTENT + BUFFER || p.y === -BUFFER || p.y === EXTENT + BUFFER;
            if (got.type !== 3 || !onEdge)
                assert.ok(distanceToRuns(p, wantedRuns) <= 1, `${wanted.id}: ${p.x}, ${p.y} was not there`);
        }
        for (const p of wantedRuns.flat().filter(inWindow)) {
            const apart = points ? gotRuns.flat().map((q) => Math.hypot(p.x - q.x, p.y - q.y)) : [distanceToRuns(p, gotRuns)];
            const off = Math.min(...apart);
            // Points are rounded once; a line may also lose points that lie straight on it.
            if (got.type !== 3) assert.ok(off <= 1.5, `${wanted.id}: ${p.x}, ${p.y} is lost by ${off}`);
        }
    });
});

test('areas keep their size and turn as the specification says', () => {
    eachFeature((wanted, got) => {
        if (!got || got.type !== 3) return;
        const rings = got.loadGeometry();
        const want = runsOf(wanted.geometry).reduce((sum, ring) => sum + Math.abs(area(clipped(ring))), 0);
        const round = rings.flat().length * 1100; // half a unit along each side, generously
        const have = rings.reduce((sum, ring) => sum + area(ring), 0);
        for (const ring of rings) assert.ok(area(ring) > 0, `${wanted.id} turns the wrong way`);
        assert.ok(Math.abs(have - want) <= Math.min(round, 30 + 0.02 * want + rings.flat().length * 40), `${wanted.id}: ${have} for ${want}`);
    });
});

test('places come back as longitude and latitude', () => {
    eachFeature((wanted, got) => {
        if (!got || wanted.geometry.type !== 'Point') return;
        const [lon, lat] = got.toGeoJSON(input.x, input.y, input.z).geometry.coordinates;
        assert.ok(Math.abs(lon - wanted.geometry.coordinates[0]) < 360 / 2 ** input.z / EXTENT);
        assert.ok(Math.abs(lat - wanted.geometry.coordinates[1]) < 360 / 2 ** input.z / EXTENT);
    });
});

test('our decoder takes what the fixtures call valid and refuses the rest', () => {
    const fixtures = join(dirname(createRequire(import.meta.url).resolve('@mapbox/mvt-fixtures')), 'fixtures');
    // Allowed to be decoded, but nothing that an encoder should write: a type that
    // is unknown, a layer without features, coordinates beyond 32 bits, and a move
    // that counts more points than there are.
    const stricter = new Set(['016', '025', '039', '049', '050', '057']);
    const names = readdirSync(fixtures).filter((name) => /^\d+$/.test(name));
    let count = 0;
    for (const name of names) {
        const info = JSON.parse(readFileSync(join(fixtures, name, 'info.json'), 'utf8'));
        const result = spawnSync(program, ['check', join(fixtures, name, 'tile.mvt')], { encoding: 'utf8' });
        const want = info.validity.v2 && !stricter.has(name) ? 0 : 1;
        assert.equal(result.status, want, `${name} ${info.description}: ${result.stdout}`);
        count++;
    }
    assert.ok(count > 70);
});

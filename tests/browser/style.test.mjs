// The map style is valid, and the console's texts are all there.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { openCity } from './city.mjs';

const CONSOLE = new URL('../../api/console/', import.meta.url);
let city;

before(async () => { city = await openCity(); });
after(() => city?.close());

for (const theme of ['light', 'dark']) {
  test(`the ${theme} style is valid, and names no outside address, glyphs or sprite`, async () => {
    const { status, json } = await city.ask('GET', `/style.json?theme=${theme}`);
    assert.equal(status, 200);
    assert.deepEqual(validateStyleMin(json).map((problem) => problem.message), []);
    assert.equal(json.glyphs, undefined);
    assert.equal(json.sprite, undefined);
    for (const source of Object.values(json.sources)) if (source.url) assert.ok(source.url.startsWith(city.url), source.url);
  });
}

test('every layer of the style shows a layer that the tiles have', async () => {
  const { json: style } = await city.ask('GET', '/style.json');
  const has = {};
  for (const [name, source] of Object.entries(style.sources)) {
    if (!source.url) continue;
    const { json } = await city.ask('GET', new URL(source.url).pathname);
    has[name] = new Set(json.vector_layers.map((layer) => layer.id));
  }
  const shown = style.layers.filter((layer) => layer['source-layer']);
  assert.ok(shown.length > 15);
  for (const layer of shown) assert.ok(has[layer.source].has(layer['source-layer']), layer.id);
});

test('both themes colour the same things', () => {
  const palette = JSON.parse(readFileSync(new URL('palette.json', CONSOLE)));
  assert.deepEqual(Object.keys(palette.light), Object.keys(palette.dark));
  for (const colour of Object.values({ ...palette.light, ...palette.dark })) assert.match(colour, /^#[0-9a-f]{6}$/);
});

test('every text that the console names is in both catalogues', () => {
  const catalogues = ['en', 'zh'].map((language) => JSON.parse(readFileSync(new URL(`words/${language}.json`, CONSOLE))));
  const named = new Set();
  for (const file of readdirSync(CONSOLE).filter((name) => /\.(js|html)$/.test(name)))
    for (const [, key] of readFileSync(new URL(file, CONSOLE), 'utf8').matchAll(/['"`](console\.[a-z_.]+[a-z])['"`]/g)) named.add(key);
  assert.ok(named.size > 40);
  for (const key of named) for (const words of catalogues) assert.ok(words[key], key);
});

// The console in a real browser, over a real city.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clickMap, enter, idle, look, openBrowser, openPage, shown } from './browser.mjs';
import { openCity } from './city.mjs';

const AVENUE = [11.9743, 57.7009];
let city, browser, page;

before(async () => {
  city = await openCity();
  browser = await openBrowser();
  for (let i = 0; i < 3; i += 1) {
    const made = await city.ask('POST', '/v1/stations', {
      code: `B${i}`, name: `Browser station ${i}`, place: { lon: AVENUE[0] + i * 0.002, lat: AVENUE[1] + 0.001, frame: 'wgs84' },
    });
    assert.ok([201, 409].includes(made.status), JSON.stringify(made.json));
  }
  page = await enter(await openPage(browser), city);
});

after(async () => {
  await browser?.close();
  city?.close();
});

async function fresh() {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await look(page, ...AVENUE, 15.5);
}

async function askAtCentre() {
  await fresh();
  await clickMap(page, 0.5, 0.5);
  await page.waitForSelector('#people .person');
  await page.waitForSelector('#people .steps');
}

test('the city, its people and its streets are shown, with the attribution', async () => {
  await fresh();
  assert.ok(await shown(page, 'street') > 20, 'streets');
  assert.ok(await shown(page, 'street-name', 'street-name-main') > 0, 'names');
  assert.ok(await shown(page, 'people') > 0, 'people');
  assert.ok(await shown(page, 'stations') >= 3, 'stations');
  assert.match(await page.textContent('#city'), /Gothenburg/);
  assert.match(await page.textContent('.maplibregl-ctrl-attrib'), /OpenStreetMap/);
  assert.match(await page.textContent('#count-available'), /^[\d,]+$/);
  assert.equal(await page.getAttribute('#link', 'data-state'), 'good');
});

test('from far away people are counted in cells', async () => {
  await look(page, ...AVENUE, 11);
  assert.ok(await shown(page, 'people-cells') > 5);
  assert.equal(await shown(page, 'people'), 0);
});

test('a question without an answer does not say that nobody can come', async () => {
  await fresh();
  await page.route('**/v1/nearest', (route) => route.abort());
  await clickMap(page, 0.5, 0.5);
  await page.waitForFunction(() => /not known/.test(document.querySelector('#lead').textContent));
  assert.doesNotMatch(await page.textContent('#lead'), /Nobody/);
  assert.equal(await page.textContent('#notice'), 'The server does not answer.');
  await page.unroute('**/v1/nearest');
  await askAtCentre();
  page.seen.errors = page.seen.errors.filter((text) => !/v1\/nearest/.test(text));
});

for (const [width, height] of [[1280, 800], [1920, 1080]]) {
  test(`at ${width}x${height} the whole route is shown beside the legend`, async () => {
    await page.setViewportSize({ width, height });
    await askAtCentre();
    for (const key of ['1', '0']) {
      await page.keyboard.press(key);
      await page.keyboard.press('z');
      await idle(page);
      const under = await page.evaluate(async () => {
        const legend = document.querySelector('#legend').getBoundingClientRect();
        const field = document.querySelector('#map').getBoundingClientRect();
        const { features: lines } = await vigilMap.getSource('routes').getData();
        const { features: [pin] } = await vigilMap.getSource('incident').getData();
        const route = lines.filter((line) => line.properties.part !== 'other').flatMap((line) => line.geometry.coordinates);
        const points = [pin.geometry.coordinates, ...route].map((point) => vigilMap.project(point));
        return { all: points.length, hidden: points.filter(({ x, y }) => x < 0 || y < 0 || y > field.height || x + field.left > legend.left).length };
      });
      assert.ok(under.all > 1);
      assert.equal(under.hidden, 0, `candidate ${key}`);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });
}

test('a layer of which the extract has nothing says so and cannot be switched', async () => {
  assert.ok(await page.isDisabled('[data-layer="buildings"]'));
  assert.ok(!await page.isChecked('[data-layer="buildings"]'));
  assert.match(await page.textContent('label:has([data-layer="buildings"])'), /no data/);
  for (const name of ['surroundings', 'stations']) assert.ok(await page.isEnabled(`[data-layer="${name}"]`), name);
});

test('a click lists the ten fastest with time, metres, mode and age, and draws the route', async () => {
  await askAtCentre();
  const rows = await page.locator('#people .person').evaluateAll((buttons) => buttons.map((button) => ({
    eta: button.querySelector('.person-eta').textContent, road: button.querySelector('.person-road').textContent,
    mode: button.querySelector('.person-mode').textContent, label: button.getAttribute('aria-label'),
  })));
  assert.equal(rows.length, 10);
  for (const row of rows) {
    assert.match(row.eta, /^\d+:\d\d(:\d\d)?$/);
    assert.match(row.road, /^[\d.]+ k?m$/);
    assert.match(row.mode, /(On foot|E-bike|Car) · \d+ (s|min|h) ago/);
    assert.match(row.label, /^\d+\. .+ by road/);
  }
  const seconds = rows.map((row) => row.eta.split(':').reduce((sum, part) => sum * 60 + Number(part), 0));
  assert.deepEqual(seconds, [...seconds].sort((a, b) => a - b));
  await idle(page);
  assert.ok(await shown(page, 'route') > 0, 'route');
  assert.equal(await shown(page, 'incident'), 1);
  assert.match(await page.textContent('#say'), /10 people|by road/);
});

test('the keys choose a candidate, show help, grids and the search, and clear', async () => {
  await askAtCentre();
  await page.keyboard.press('3');
  assert.equal(await page.locator('#people .person').nth(2).getAttribute('aria-pressed'), 'true');
  assert.equal(await page.locator('#people [aria-pressed="true"]').count(), 1);
  await page.keyboard.press('0');
  assert.equal(await page.locator('#people .person').nth(9).getAttribute('aria-pressed'), 'true');
  await page.keyboard.press('m');
  assert.equal(await page.evaluate(() => vigilMap.getLayoutProperty('grid-line', 'visibility')), 'visible');
  await page.keyboard.press('m');
  assert.equal(await page.evaluate(() => vigilMap.getLayoutProperty('grid-line', 'visibility')), 'none');
  await page.keyboard.press('?');
  assert.ok(await page.locator('#help').isVisible());
  await page.keyboard.press('Escape');
  assert.ok(!await page.locator('#help').isVisible());
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'search');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#people .person').count(), 0);
  await idle(page);
  assert.equal(await shown(page, 'incident', 'route', 'candidates'), 0);
});

test('a way of travel that is switched off is not listed', async () => {
  await askAtCentre();
  await page.locator('.modes label').nth(2).click();
  await page.waitForFunction(() => {
    const rows = [...document.querySelectorAll('#people .person-mode')];
    return rows.length > 0 && rows.every((row) => !row.textContent.includes('Car'));
  });
  await page.locator('.modes label').nth(2).click();
  await fresh();
});

test('a street is found by its name, from the keyboard alone', async () => {
  await fresh();
  await page.keyboard.press('/');
  await page.keyboard.type('kungsportsav');
  await page.waitForSelector('#found [role="option"]:has-text("Kungsportsavenyn")');
  assert.equal(await page.getAttribute('#search', 'aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#people .person');
  assert.match(await page.textContent('#place-name'), /Kungsportsaven/);
  assert.ok(!await page.locator('#found').isVisible());
});

test('a name that nothing has says so', async () => {
  await page.keyboard.press('/');
  await page.keyboard.type('zzzzqqq');
  await page.waitForSelector('#found .nothing');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
});

test('the language changes everywhere, is remembered, and no text is missing', async () => {
  await askAtCentre();
  const missing = () => page.evaluate(() => [...document.querySelectorAll('body *')].filter((element) =>
    /(^|\s)(console|code)\.[a-z]/.test(element.textContent + (element.getAttribute('aria-label') ?? '') + (element.placeholder ?? ''))).map((element) => element.outerHTML.slice(0, 80)));
  assert.deepEqual(await missing(), []);
  await page.click('#language');
  await page.waitForFunction(() => document.documentElement.lang === 'zh-CN');
  assert.equal(await page.textContent('#ask-title'), '最快到达');
  assert.match(await page.locator('#people .person-mode').first().textContent(), /(步行|电动车|汽车) · \d+ (秒|分钟|小时)前/);
  assert.deepEqual(await missing(), []);
  await page.reload();
  await page.waitForFunction(() => 'ready' in document.documentElement.dataset);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
  await page.click('#language');
  await page.waitForFunction(() => document.documentElement.lang === 'en');
});

test('a step of someone reaches the map without a reload', async () => {
  await fresh();
  const { json } = await city.ask('POST', '/v1/nearest', { place: { lon: AVENUE[0], lat: AVENUE[1], frame: 'wgs84' }, k: 1 });
  const [{ person_id: id, position }] = json.people;
  const [lon, lat] = [position.lon + 0.0003, position.lat]; // as far as she can have come
  const sent = await city.ask('POST', '/v1/positions', { person_id: id, lon, lat, frame: 'wgs84', fix_time: new Date().toISOString() });
  assert.equal(sent.json.accepted, 1, JSON.stringify(sent.json));
  await page.waitForFunction(([who, x, y]) => vigilMap.querySourceFeatures('people', { sourceLayer: 'people' }).some((feature) =>
    feature.id === who && Math.abs(feature.geometry.coordinates[0] - x) < 1e-4 && Math.abs(feature.geometry.coordinates[1] - y) < 1e-4),
  [id, lon, lat], { timeout: 20000 });
});

test('every layer has a table twin, whose rows lead to their places', async () => {
  await fresh();
  await page.locator('[data-layer="stations"]').locator('xpath=../..').locator('.layer-list').click();
  await page.waitForSelector('#twin-body tbody tr');
  assert.ok(await page.locator('#twin-body tbody tr').count() >= 3);
  assert.match(await page.textContent('#twin-body'), /Browser station 0/);
  await page.locator('#twin-body .go').first().click();
  await idle(page);
  for (const tab of await page.locator('#twin-tabs button').all()) {
    await tab.click();
    await page.waitForSelector('#twin-body table, #twin-body .nothing');
  }
  await page.keyboard.press('Escape');
  assert.ok(!await page.locator('#twin').isVisible());
});

test('what is switched off stays off after a reload', async () => {
  await page.locator('[data-layer="stations"]').click();
  await page.reload();
  await page.waitForFunction(() => 'ready' in document.documentElement.dataset);
  assert.equal(await page.evaluate(() => vigilMap.getLayoutProperty('stations', 'visibility')), 'none');
  await page.locator('[data-layer="stations"]').click();
  assert.equal(await page.evaluate(() => vigilMap.getLayoutProperty('stations', 'visibility')), 'visible');
});

test('the dark theme repaints the map and keeps what it shows', async () => {
  await askAtCentre();
  const land = () => page.evaluate(() => vigilMap.getPaintProperty('land', 'background-color'));
  const light = await land();
  await page.click('#theme');
  await page.waitForFunction((before) => vigilMap.getPaintProperty('land', 'background-color') !== before, light);
  await idle(page);
  assert.ok(await shown(page, 'route') > 0);
  await page.click('#theme');
});

test('everything that can be pressed has a name, and the keyboard reaches it', async () => {
  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input, [role="tab"]')].filter((element) =>
    !(element.textContent.trim() || element.getAttribute('aria-label') || element.labels?.[0]?.textContent.trim())).map((element) => element.outerHTML.slice(0, 90)));
  assert.deepEqual(nameless, []);
  await page.focus('.skip');
  const reached = new Set();
  for (let i = 0; i < 30; i += 1) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.className));
  }
  for (const id of ['search', 'language', 'theme', 'help-open', 'maplibregl-canvas']) assert.ok(reached.has(id), `${id} of ${[...reached]}`);
});

test('nothing went wrong on the way: no error, no policy broken, nothing asked of another host', () => {
  assert.deepEqual(page.seen, { errors: [], away: [], policy: [] });
});

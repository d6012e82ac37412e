// People as they move: where one is, how old and how exact that is, and the way she came,
// played again for a purpose.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { enter, idle, look, openBrowser, openPage, shown, spotAt } from './browser.mjs';
import { openCity } from './city.mjs';

const START = { lon: 11.9743, lat: 57.7009 };
const STEP = 0.00004; // 2.4 m east a second, as one walks fast
const STEPS = 40;
let city, browser, page, person;

const place = (step) => ({ lon: START.lon + STEP * step, lat: START.lat });

function fix(step, agoMs) {
  return { person_id: person, ...place(step), frame: 'wgs84', fix_time: new Date(Date.now() - agoMs).toISOString(), accuracy_m: 25 };
}

before(async () => {
  city = await openCity();
  const made = await city.ask('POST', '/v1/people', { name: '走路的人' });
  person = made.json.person_id;
  await city.ask('POST', `/v1/people/${person}/consents`, { purpose: 'location', language: 'zh', given: true });
  await city.ask('POST', `/v1/people/${person}/duty`, { on_duty: true });
  const walk = Array.from({ length: STEPS }, (_, i) => fix(i, (STEPS - i) * 1000));
  const { json } = await city.ask('POST', '/v1/positions', { positions: walk });
  assert.equal(json.accepted, STEPS, JSON.stringify(json));
  browser = await openBrowser();
  page = await enter(await openPage(browser), city);
});

after(async () => {
  await browser?.close();
  city?.close();
});

/* Where she stands in the window, once the map shows her. */
async function spotOf(step) {
  const { lon, lat } = place(step);
  await look(page, lon, lat, 17);
  await page.waitForFunction((id) => vigilMap.queryRenderedFeatures({ layers: ['people'] }).some((one) => one.id === id), person);
  return spotAt(page, place(step));
}

test('who is clicked has a card with the age and the accuracy of her place, drawn as a circle', async () => {
  await page.mouse.click(...await spotOf(STEPS - 1));
  await page.waitForSelector('#watch:not([hidden])');
  assert.match(await page.textContent('#watch'), /走路的人/);
  assert.match(await page.textContent('#watch .watch-age'), /\d+ (s|min).* ± 25 m/);
  await idle(page);
  assert.ok(await shown(page, 'watched-accuracy') > 0);
});

test('the card and the map follow her within a second of her fix', async () => {
  const to = place(STEPS + 3);
  await city.ask('POST', '/v1/positions', fix(STEPS + 3, 0));
  const began = Date.now();
  await page.waitForFunction(([lon, lat]) => vigilMap.getSource('watched').serialize().data.features
    .some(({ geometry: { type, coordinates } }) => type === 'Point' && Math.abs(coordinates[0] - lon) < 1e-6 && Math.abs(coordinates[1] - lat) < 1e-6), [to.lon, to.lat]);
  const took = Date.now() - began;
  assert.ok(took < 5000, `${took} ms`); // it asks every second; the machine may be busy
});

test('her last hour is played again for a purpose, which the audit keeps', async () => {
  await page.click('#watch .watch-acts button >> nth=1');
  await page.fill('#asking-text', 'she does not answer');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#replay:not([hidden])');
  assert.equal(await page.textContent('#replay-who'), '走路的人');
  await idle(page);
  assert.ok(await shown(page, 'tracks-line') > 0);
  const [least, most] = await page.$eval('#replay-at', (slider) => [Number(slider.min), Number(slider.max)]);
  assert.ok(most - least >= (STEPS - 1) * 1000);
  await page.focus('#replay-at');
  await page.keyboard.press('End');
  const at = await page.evaluate(() => vigilMap.getSource('tracks').serialize().data.features.find(({ geometry }) => geometry.type === 'Point').geometry.coordinates);
  assert.ok(Math.abs(at[0] - place(STEPS + 3).lon) < 1e-6);
  await page.click('#replay-play');
  await page.waitForFunction((from) => Number(document.querySelector('#replay-at').value) > from, least);
  await page.focus('#replay-at');
  await page.keyboard.press('Escape');
  assert.ok(await page.isHidden('#replay'));
  assert.ok(await page.isVisible('#watch'));
  const { json } = await city.ask('GET', '/v1/audit?action=track_read');
  assert.ok(json.items.some((entry) => entry.purpose === 'she does not answer' && entry.subject === `person ${person}`), JSON.stringify(json.items));
});

test('a jump is not believed, and the card says so', async () => {
  await city.ask('POST', '/v1/positions', fix(STEPS + 60000, 0)); // 140 km away
  await page.waitForSelector('#watch [data-mark="doubt"]');
  assert.match(await page.textContent('.watch-marks'), /Jump/);
  const { json } = await city.ask('GET', `/v1/people/${person}`);
  assert.ok(Math.abs(json.position.lon - place(STEPS + 3).lon) < 1e-6);
});

test('nothing went wrong on the way', () => {
  assert.deepEqual([page.seen.errors, page.seen.away, page.seen.policy], [[], [], []]);
});

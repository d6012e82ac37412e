// The figures of tools/bar page for one city, one a line, parted by tabs: what,
// how many, the bar, ok or missed. page.mjs CITY PICTURES [TOUR]
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { clickMap, clickPlace, enter, idle, look, openBrowser, openPage, shown } from './browser.mjs';
import { openCity } from './city.mjs';

/* Where to look in each city, what to type, and what there must be beside streets. */
const CITIES = {
  gothenburg: { at: [11.9743, 57.7009], type: 'kungsports', more: [], patrolled: true },
  liechtenstein: { at: [9.5215, 47.1410], type: 'landstr', more: ['green', 'water-area', 'buildings', 'boundaries', 'place-name'] },
  beijing: { at: [116.3914, 39.9087], type: '长安', more: [] },
};
const TILE_MAX = 500000;
const QUALITY = 72;

const [name, pictures, tour] = process.argv.slice(2);
const { at, type, more, patrolled } = CITIES[name];

function figure(what, value, bar, ok) {
  console.log([what, value, bar, ok ? 'ok' : 'missed'].join('\t'));
}

async function some(page, what, ...layers) {
  const count = await shown(page, ...layers);
  figure(what, count, '> 0', count > 0);
}

function watchTiles(page) {
  const seen = { most: 0, count: 0 };
  page.on('response', async (response) => {
    if (!response.url().includes('.mvt') || response.status() !== 200) return;
    const body = await response.body().catch(() => null);
    if (!body) return;
    seen.count += 1;
    seen.most = Math.max(seen.most, body.length);
  });
  return seen;
}

async function picture(page, title) {
  await idle(page);
  await page.screenshot({ path: join(pictures, `${name}-${title}.png`) });
  if (tour) await page.screenshot({ path: join(tour, `${name}-${title}.jpg`), type: 'jpeg', quality: QUALITY });
}

async function askAt(page, x, y) {
  await clickMap(page, x, y);
  await page.waitForSelector('#people .person');
  await page.waitForSelector('#people .steps');
}

/* Incidents as an evening has them, one of them with somebody on the way. */
async function dispatch(page) {
  for (const [i, type] of ['medical', 'lost_person', 'fire', 'theft'].entries()) {
    const { status, json } = await city.ask('POST', '/v1/incidents', { type, place: { lon: at[0] + (i - 1) * 0.004, lat: at[1] + (i % 2) * 0.002, frame: 'wgs84' }, address: `${type} ${i + 1}` });
    if (status !== 201) throw new Error(JSON.stringify(json));
  }
  const first = page.locator('#calls-pending .call').first();
  await first.waitFor();
  await first.click();
  await page.waitForSelector('#people .person[aria-pressed="true"]');
  await page.keyboard.press('2');
  await page.keyboard.press('o');
  await page.waitForSelector('#order[open] #order-people li:nth-child(2)');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#units .unit:nth-child(2)');
  await page.keyboard.press('s');
  await page.waitForSelector('#units .lamp[data-lamp="green"]');
  await page.waitForSelector('#people .person');
  const sent = await page.locator('#units .unit').count();
  figure('people sent with two digits and an order', sent, '2', sent === 2);
  await picture(page, 'dispatch');
  await page.keyboard.press('Escape');
}

/* Somebody who has walked for a while: her card, and her way played again. */
async function live(page) {
  const STEPS = 60, [lon, lat] = [at[0] + 0.002, at[1] + 0.0006];
  const made = await city.ask('POST', '/v1/people', { name: '王芳' });
  const id = made.json.person_id;
  await city.ask('POST', `/v1/people/${id}/consents`, { purpose: 'location', language: 'zh', given: true });
  await city.ask('POST', `/v1/people/${id}/duty`, { on_duty: true });
  const step = (i) => ({ person_id: id, lon: lon - 0.00003 * (STEPS - i), lat: lat + 0.00008 * Math.sin(i / 9), frame: 'wgs84',
    fix_time: new Date(Date.now() - (STEPS - i) * 900).toISOString(), accuracy_m: 18 });
  await city.ask('POST', '/v1/positions', { positions: Array.from({ length: STEPS + 1 }, (_, i) => step(i)) });
  const { lon: east, lat: north } = step(STEPS);
  await look(page, east, north, 16.8);
  await page.waitForFunction((one) => vigilMap.queryRenderedFeatures({ layers: ['people'] }).some((person) => person.id === one), id);
  await clickPlace(page, { lon: east, lat: north });
  await page.waitForSelector('#watch:not([hidden])');
  await page.click('#watch .watch-acts button >> nth=1');
  await page.fill('#asking-text', 'a picture');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#replay:not([hidden])');
  await page.focus('#replay-at');
  for (let i = 0; i < 30; i += 1) await page.keyboard.press('ArrowRight');
  await page.waitForTimeout(700);
  await some(page, 'pieces of a way played again', 'tracks-line');
  await picture(page, 'live');
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('Escape');
}

/* The fastest way between two places, and others nearly as good. */
async function way(page) {
  await look(page, ...at, 14.2);
  await page.keyboard.press('r');
  await clickMap(page, 0.52, 0.85); // beside the tool's own page
  await clickMap(page, 0.9, 0.6);
  await page.waitForSelector('.roads-steps li');
  await idle(page);
  await some(page, 'pieces of ways to choose from', 'way');
  await picture(page, 'way');
  await page.keyboard.press('Escape');
}

/* A street that is closed, and what can be reached beside it. */
async function roads(page) {
  const place = (east, north) => ({ lon: at[0] + east, lat: at[1] + north, frame: 'wgs84' });
  const { status, json } = await city.ask('POST', '/v1/closures', { reason: 'a water main has burst', modes: ['foot', 'ebike', 'car'], direction: 'both', effect: 'closed', between: [place(0, 0), place(0.002, 0.002)] });
  if (status !== 201) throw new Error(JSON.stringify(json));
  await look(page, ...at, 14.2);
  await page.waitForFunction(() => vigilMap.getSource('closures').serialize().data.features.length > 0);
  await page.keyboard.press('i');
  await clickMap(page, 0.5, 0.6);
  await page.waitForSelector('.reached tr');
  await idle(page);
  await some(page, 'closed streets', 'closures');
  await some(page, 'outlines of what can be reached', 'reachable-area');
  await picture(page, 'roads');
  await page.keyboard.press('Escape');
  await city.ask('DELETE', `/v1/closures/${json.closure_id}`);
}

/* Lookout points around that are staffed in the evenings of this week. */
async function evenings() {
  const HOUR_MS = 3600000, DAYS = 7;
  const { json } = await city.ask('GET', '/v1/lookout_points?limit=1000');
  const near = json.items.filter(({ place }) => Math.hypot(place.lon - at[0], 2 * (place.lat - at[1])) < 0.05).slice(0, 40);
  const midnight = Math.floor(Date.now() / (24 * HOUR_MS)) * 24 * HOUR_MS;
  for (const [i, point] of near.entries()) {
    for (let day = 0; day < DAYS; day += 1) {
      const from = midnight + (24 * day + 9 + (i % 3)) * HOUR_MS;
      await city.ask('POST', '/v1/shifts', { org_id: point.org_id, name: 'evening', lookout_point_id: point.lookout_point_id, needs: [{ role: 'watch', min: 1, max: 4 }],
        starts_at: new Date(from).toISOString(), ends_at: new Date(from + 5 * HOUR_MS).toISOString() });
    }
  }
}

/* The gaps of a planned evening, by station, and a patrol that was proven. */
async function coverage(page) {
  await evenings();
  await look(page, ...at, 14.6);
  await page.keyboard.press('g');
  await page.waitForSelector('.gaps li');
  await page.check('[data-keep="kind-plan"]');
  await page.waitForFunction(() => document.querySelectorAll('.week i:not([data-level="none"])').length === 168);
  await page.click('.week tr >> nth=4 >> td >> nth=20');
  await page.selectOption('[data-keep="coverage-by"]', 'station');
  await page.waitForSelector('.place-row');
  await page.waitForSelector('.gaps li');
  await idle(page);
  await some(page, 'gaps of a planned hour', 'gaps');
  await picture(page, 'coverage');
  await page.keyboard.press('Escape');
  if (!patrolled) return;
  await page.keyboard.press('p');
  await page.click('#roads .go >> nth=0');
  await page.click('[data-keep="claim-900001"]');
  await page.waitForSelector('.proof tr');
  await page.waitForTimeout(700);
  await idle(page);
  await some(page, 'streets a patrol is proven to have walked', 'proof');
  await picture(page, 'patrol');
  await page.keyboard.press('Escape');
}

async function measure(page) {
  const tiles = watchTiles(page);
  await picture(page, 'overview');
  await some(page, 'cells of people from far away', 'people-cells', 'people-dots');
  await look(page, ...at, 15.2);
  await some(page, 'streets', 'street');
  await some(page, 'street names', 'street-name', 'street-name-main');
  await some(page, 'people', 'people');
  await look(page, ...at, 13.2);
  await some(page, 'stations and lookout points', 'stations', 'lookouts');
  for (const layer of more) {
    if (layer === 'boundaries' || layer === 'place-name') await look(page, ...at, 12.5);
    else await look(page, ...at, 15.2);
    await some(page, layer, layer);
  }
  await look(page, ...at, 14.6);
  await page.keyboard.press('m');
  await idle(page);
  await some(page, 'grids', 'grid-area');
  await picture(page, 'grids');
  await page.keyboard.press('m');
  await look(page, ...at, 15.2);
  await askAt(page, 0.45, 0.5);
  await idle(page);
  const listed = await page.locator('#people .person').count();
  figure('people listed after a click', listed, '10', listed === 10);
  await some(page, 'pieces of the route', 'route');
  await page.keyboard.press('z');
  await page.waitForTimeout(700);
  await picture(page, 'nearest');
  await page.keyboard.press('Escape');
  await dispatch(page);
  await live(page);
  await way(page);
  await roads(page);
  await coverage(page);
  await page.keyboard.press('/');
  await page.keyboard.type(type, { delay: 20 });
  await page.waitForSelector('#found .found-name');
  const found = await page.locator('#found .found-name').count();
  figure(`streets found for ${type}`, found, '> 0', found > 0);
  await picture(page, 'search');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#people .steps');
  await look(page, ...at, 13.4);
  await page.keyboard.press('l');
  await page.waitForSelector('#twin-body tbody tr');
  await picture(page, 'table');
  figure('largest tile of ' + tiles.count, `${(tiles.most / 1000).toFixed(1)} kB`, `<= ${TILE_MAX / 1000} kB`, tiles.most <= TILE_MAX && tiles.count > 0);
}

const city = await openCity();
const browser = await openBrowser();
try {
  if (tour) mkdirSync(tour, { recursive: true });
  const page = await enter(await openPage(browser, tour ? {} : { width: 1920, height: 1080 }), city);
  await measure(page);
  const second = await enter(await openPage(browser, { language: 'zh-CN', theme: 'dark' }), city);
  await look(second, ...at, 15.2);
  await askAt(second, 0.45, 0.5);
  await picture(second, 'chinese-dark');
  for (const [what, key] of [['requests to another host', 'away'], ['breaches of the content policy', 'policy'], ['errors in the page', 'errors']]) {
    const count = page.seen[key].length + second.seen[key].length;
    figure(what, count === 0 ? 0 : `${count}: ${[...page.seen[key], ...second.seen[key]][0].slice(0, 160)}`, '0', count === 0);
  }
} finally {
  await browser.close();
  city.close();
}

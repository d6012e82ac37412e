// Which streets nobody watches: now on the map, as a list and in figures; by the hour of a
// week; what would be otherwise; and what patrols are proven to have walked.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { clickPlace, enter, idle, look, openBrowser, openPage, shown } from './browser.mjs';
import { openCity } from './city.mjs';

const HERE = { lon: 11.9743, lat: 57.7009 };
const WALKS = fileURLToPath(new URL('../support/walks.sql', import.meta.url));
const POST = { lon: HERE.lon + 0.002, lat: HERE.lat + 0.001 };
const DAY_MS = 24 * 3600000;
let city, browser, page;

before(async () => {
  city = await openCity(undefined, WALKS);
  const ring = [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([east, north]) => [HERE.lon + 0.008 * east, HERE.lat + 0.004 * north]);
  await city.ask('POST', '/v1/grids/lay', { area: { frame: 'wgs84', type: 'Polygon', coordinates: [ring] }, kind: 'square', side_m: 300, prefix: 'W' });
  for (const [i, east] of [-0.006, 0.006].entries())
    await city.ask('POST', '/v1/stations', { code: `W${i}`, name: `Watch ${i}`, place: { lon: HERE.lon + east, lat: HERE.lat, frame: 'wgs84' } });
  const post = await city.ask('POST', '/v1/lookout_points', { code: 'WL', name: 'Watchtower', place: { ...POST, frame: 'wgs84' }, reach_m: 120, state: 'active' });
  const next = Math.ceil(Date.now() / 3600000) * 3600000;
  await city.ask('POST', '/v1/shifts', {
    org_id: 1, name: 'Watch', lookout_point_id: post.json.lookout_point_id, cutoff_min: 0, needs: [{ role: 'watch', min: 1, max: 2 }],
    starts_at: new Date(next).toISOString(), ends_at: new Date(next + 2 * 3600000).toISOString(),
  });
  browser = await openBrowser();
  page = await enter(await openPage(browser), city);
  await look(page, HERE.lon, HERE.lat, 15);
});

after(async () => {
  await browser?.close();
  city?.close();
});

const click = (place) => clickPlace(page, place);

test('the gaps of now stand on the map, in figures and as a list', async () => {
  await page.waitForFunction(() => document.querySelector('#count-covered').textContent.includes('%'), null, { timeout: 30000 });
  await page.keyboard.press('g');
  await page.waitForSelector('.gaps li');
  assert.equal(await page.locator('.reached').first().locator('tr').count(), 4);
  await idle(page);
  assert.ok(await shown(page, 'gaps-now') > 0);
  const asked = page.waitForRequest((request) => request.url().includes('/v1/gaps?') && request.url().includes('unreachable'));
  await page.check('[data-keep="class-unreachable"]');
  await asked;
  await page.check('[data-keep="class-unwatched"]');
});

test('a click says what a lookout point there would change', async () => {
  await click(HERE);
  await page.waitForFunction(() => [...document.querySelectorAll('.reached td')].some((cell) => cell.textContent.startsWith('−')));
  await idle(page);
  assert.ok(await shown(page, 'what-if-line') > 0);
  assert.equal(await page.locator('.stops li').count(), 1);
  await page.click('[data-keep="change-0"]');
  assert.equal(await page.locator('.stops li').count(), 0);
});

test('the figures are told by station, and one of them has its own gaps', async () => {
  await page.selectOption('[data-keep="coverage-by"]', 'station');
  await page.waitForFunction(() => document.querySelectorAll('.place-row').length >= 2);
  const asked = page.waitForRequest((request) => request.url().includes('/v1/gaps?') && request.url().includes('station_id='));
  await page.click('.place-row >> nth=0');
  await asked;
  await page.waitForSelector('.place-row[aria-pressed="true"]');
  await page.selectOption('[data-keep="coverage-by"]', 'grid');
  await page.waitForFunction(() => [...document.querySelectorAll('.place-row')].some((row) => row.textContent.startsWith('W')));
  await page.selectOption('[data-keep="coverage-by"]', '');
});

test('a week has 168 hours, by plan and as it was', async () => {
  await page.check('[data-keep="kind-plan"]');
  await page.waitForFunction(() => document.querySelectorAll('.week i:not([data-level="none"])').length === 168);
  await page.waitForSelector('.gaps li');
  await idle(page);
  assert.ok(await shown(page, 'gaps') > 0);
  const before = await page.textContent('#roads b >> nth=1');
  const asked = page.waitForRequest((request) => request.url().includes('/v1/coverage/hours'));
  await page.click('[data-keep="week_after"]');
  const query = new URL((await asked).url()).searchParams;
  assert.equal(query.get('kind'), 'plan');
  assert.ok(Date.parse(query.get('to')) - Date.parse(query.get('from')) === 7 * DAY_MS);
  assert.notEqual(await page.textContent('#roads b >> nth=1'), before);
  await page.focus('[data-keep="week-hour"]');
  await page.keyboard.press('ArrowRight');
  await page.waitForSelector('.gaps li');
});

test('shifts of the plan are tried at other times', async () => {
  await page.click('[data-keep="week_before"]');
  await idle(page);
  await click(POST);
  await page.waitForSelector('[data-keep^="later-"]');
  await page.click('[data-keep^="later-"]');
  await page.waitForFunction(() => document.querySelectorAll('.stops li').length === 1 && [...document.querySelectorAll('.reached caption')].length > 1);
  await page.click('[data-keep^="later-"]'); // in the place of the first
  const asked = page.waitForRequest((request) => request.url().includes('/v1/coverage/what-if'));
  await page.click('[data-keep="new_shift"]');
  const { kind, candidates } = (await asked).postDataJSON();
  assert.equal(kind, 'plan');
  assert.deepEqual(candidates[0].map((change) => Object.keys(change)[0]), ['shift', 'shift']);
  await page.waitForFunction(() => [...document.querySelectorAll('.reached td')].some((cell) => cell.textContent.startsWith('−')));
  await idle(page);
  assert.ok(await shown(page, 'what-if-line') > 0);
  await page.click('[data-keep="change-0"]');
  await page.click('[data-keep="change-0"]');
  assert.equal(await page.locator('.stops li').count(), 0);
});

test('what nobody sees of each cell in an hour is found by a job, drawn and listed', async () => {
  await page.click('[data-keep="area-begin"]');
  await page.waitForSelector('.areas tr');
  assert.match(await page.textContent('.areas tr'), /^W.*km²/);
  await idle(page);
  assert.ok(await shown(page, 'area-gaps') > 0);
  await page.click('[data-keep="area-drop"]');
  await idle(page);
  assert.equal(await shown(page, 'area-gaps'), 0);
});

test('gaps that are ticked become a beat with a plan, whose days squads claim', async () => {
  const asked = page.waitForRequest((request) => request.url().includes('/v1/gaps?') && request.url().includes('bbox') && request.url().includes('sort=length'));
  await page.check('[data-keep="gaps-in-view"]');
  await asked;
  await page.waitForResponse((answer) => answer.url().includes('sort=length'));
  const ticks = page.locator('.gaps input[type="checkbox"]');
  await ticks.nth(0).click();
  await page.waitForSelector('.choice li');
  await ticks.nth(1).click();
  await page.waitForFunction(() => document.querySelectorAll('.choice li').length === 2);
  await idle(page);
  assert.ok(await shown(page, 'gap-choice') > 0);
  assert.match(await page.textContent('.fixes li'), /min: .* metre·hours/); // it is the plan's hour that is shown
  await page.click('[data-keep="choice-beat"]');
  await page.fill('dialog[open] [name="name"]', 'Gaps of an evening');
  await page.uncheck('dialog[open] [name="day_7"]');
  await page.selectOption('dialog[open] [name="month"]', { index: 2 });
  const plan = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/v1/patrol_plans'));
  await page.click('dialog[open] button[type="submit"]');
  const wanted = JSON.parse((await plan).postData());
  assert.deepEqual(wanted.weekdays, [1, 2, 3, 4, 5, 6]);
  await page.waitForFunction(() => location.hash === '#rosters');
  const { json: beat } = await city.ask('GET', `/v1/beats/${wanted.beat_id}`);
  assert.equal(beat.name, 'Gaps of an evening');
  assert.ok(beat.segments.length >= 1 && beat.length_m > 0);
  const { json: days } = await city.ask('GET', `/v1/patrol_days?state=open&limit=1000`);
  assert.ok(days.items.some((day) => day.beat_id === wanted.beat_id));
  await page.evaluate(() => { location.hash = '#dispatch'; });
  await page.waitForSelector('#roads:visible');
  assert.equal(await page.locator('.choice li').count(), 0);
});

test('put away, it leaves the map as it was', async () => {
  await page.keyboard.press('Escape');
  assert.ok(await page.locator('#roads').isHidden());
  await idle(page);
  assert.equal(await shown(page, 'gaps'), 0);
  assert.equal(await page.evaluate(() => vigilMap.getLayoutProperty('gaps-now', 'visibility')), 'none');
});

test('a hot spot is drawn by its corners, stands on the map and in the list, and is closed again', async () => {
  await page.keyboard.press('h');
  await page.waitForFunction(() => vigilMap.getLayoutProperty('hot-spot-area', 'visibility') === 'visible');
  for (const [east, north] of [[0, 0.001], [0.002, 0.001], [0.002, -0.001]]) await click({ lon: HERE.lon + east, lat: HERE.lat + north });
  await page.click('[data-keep="hot-finish"]');
  await page.fill('dialog[open] [name="name"]', 'Night market');
  await page.press('dialog[open] [name="name"]', 'Enter');
  await page.waitForSelector('.closures li:has-text("Night market")');
  await page.waitForFunction(() => vigilMap.queryRenderedFeatures({ layers: ['hot-spot-area'] }).length > 0);
  assert.equal(await shown(page, 'hot-spot-new', 'hot-spot-new-line'), 0);
  page.once('dialog', (dialog) => dialog.accept());
  await page.click('.closures li:has-text("Night market") [data-keep^="hot-"]');
  await page.waitForSelector('.closures li:has-text("Night market")', { state: 'detached' });
  await idle(page);
  assert.equal(await shown(page, 'hot-spot-area'), 0);
  await page.keyboard.press('h');
});

test('a patrol shows the metres that are proven and those that were missed', async () => {
  await page.keyboard.press('p');
  await page.click('[data-keep="day-900001"]');
  await page.click('[data-keep="claim-900001"]');
  await page.waitForSelector('.proof tr');
  assert.match(await page.textContent('.proof caption'), /^6\d\.\d % of 1\.23 km/);
  assert.match(await page.textContent('#roads'), /Chalmersgatan\d+ m/); // the longest that was missed
  await page.waitForFunction(() => vigilMap.queryRenderedFeatures({ layers: ['proof'] }).length > 0);
  assert.ok(await shown(page, 'proof-missed') > 0);
});

test('a track that repeats another is refused, and it is said whose it is', async () => {
  await page.click('[data-keep="claim-900002"]');
  await page.waitForSelector('[data-verdict="refused"]');
  assert.match(await page.textContent('[data-verdict="refused"]'), /refused.*repeats one that was sent before.*Patrol 900001/);
  await page.waitForFunction(() => vigilMap.queryRenderedFeatures({ layers: ['proof'] }).length === 0);
  assert.ok(await shown(page, 'proof-missed') > 0);
});

test('a patrol is proven again, and credited by a manager', async () => {
  const asked = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/v1/claims/900002/prove'));
  await page.click('[data-keep="prove"]');
  await asked;
  await page.click('[data-keep="credit"]');
  await page.waitForSelector('[data-keep="credit"]', { state: 'detached' });
  const { json } = await city.ask('GET', '/v1/claims/900002');
  assert.equal(json.state, 'credited');
  await page.keyboard.press('p');
  await idle(page);
  assert.equal(await shown(page, 'proof', 'proof-missed'), 0);
});

test('nothing went wrong in the page, and nothing was asked of another host', () => {
  assert.deepEqual(page.seen, { errors: [], away: [], policy: [] });
});

// The office pages in a real browser: people, organisations, rosters, access and the audit.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { enter, openBrowser, openPage } from './browser.mjs';
import { openCity } from './city.mjs';

let city, browser, page, person;
const folder = mkdtempSync(join(tmpdir(), 'vigil-pages-'));
const PHONE = `139${String(Date.now()).slice(-8)}`; // a city may have been tested before
const MASKED = `139****${PHONE.slice(-4)}`;
const errors = [];

before(async () => {
  city = await openCity();
  const made = await city.ask('POST', '/v1/people', { name: '欧阳测试', phone: PHONE });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  person = made.json.person_id;
  browser = await openBrowser();
  page = await openPage(browser);
  page.on('pageerror', (error) => errors.push(error.message));
  await enter(page, city);
});

after(async () => {
  await browser?.close();
  city?.close();
  rmSync(folder, { recursive: true });
});

const open = (hash) => page.evaluate((to) => { location.hash = to; }, hash);
const fill = (name, value) => page.fill(`.sheet-dialog [name="${name}"]`, value);
const send = () => page.click('.sheet-dialog button[type="submit"]');

test('a person is found by her initials, her phone is masked, and shown for a purpose that the audit keeps', async () => {
  await open('people');
  await page.fill('#people-search', 'oycs');
  await page.click(`#page-people tr:has-text("欧阳测试"):has-text("${MASKED}") .sheet-go`);
  await page.waitForSelector('#page-people .sheet-title');
  assert.ok((await page.textContent('#page-people .sheet-facts')).includes(MASKED));
  await page.click('#page-people .sheet-facts .sheet-small');
  await fill('purpose', 'she left her bag');
  await send();
  await page.waitForSelector(`#page-people .sheet-facts:has-text("${PHONE}")`);
  await open('audit');
  await page.waitForSelector(`#page-audit tr:has-text("person ${person}"):has-text("she left her bag")`);
});

test('what the server refuses is said in the dialog, which stays open', async () => {
  await open('people');
  await page.click('#page-people .sheet-main');
  await fill('name', 'Twice');
  await fill('phone', PHONE);
  await send();
  await page.waitForSelector('.sheet-dialog .sheet-wrong:not([hidden])');
  assert.equal(await page.inputValue('.sheet-dialog [name="name"]'), 'Twice');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog.sheet-dialog', { state: 'detached' });
});

test('a table is looked at before it comes in: bad lines are named, good ones let in', async () => {
  const file = join(folder, 'people.csv');
  writeFileSync(file, 'name,phone\nTable One,13700000001\nTable Two,12\n');
  await open('people');
  const chooser = page.waitForEvent('filechooser');
  await page.click('#page-people .sheet-head button:nth-of-type(2)');
  await (await chooser).setFiles(file);
  await page.waitForSelector('#page-people .sheet-detail td:has-text("12")');
  await page.click('#page-people .sheet-detail .sheet-main');
  await page.fill('#people-search', 'Table');
  await page.waitForSelector('#page-people .sheet-list td:has-text("Table One")');
  assert.equal(await page.locator('#page-people .sheet-list td:has-text("Table Two")').count(), 0);
});

test('an organisation gets one below it, and counts what stands under it', async () => {
  await open('orgs/1');
  await page.click('#page-orgs .sheet-ends button:first-child');
  await fill('name', 'East county');
  await fill('code', 'EAST');
  await send();
  await page.waitForSelector('#page-orgs h2:has-text("East county")');
  await page.waitForSelector('#page-orgs .sheet-tree a:has-text("East county")');
  assert.match(await page.textContent('#page-orgs .sheet-counts'), /0/);
});

test('a code to enrol by is shown as a picture', async () => {
  await open('orgs/1');
  await page.waitForSelector('#page-orgs .sheet-detail h2:has-text("City"), #page-orgs .sheet-detail h2:has-text("Gothenburg")');
  await page.click('#page-orgs .sheet-detail > div:last-child > button');
  await send();
  await page.waitForFunction(() => document.querySelector('.org-qr')?.naturalWidth > 50);
  await page.keyboard.press('Escape');
});

test('a token is shown once and ends when it is revoked', async () => {
  await open('tokens');
  await page.click('#page-tokens .sheet-main');
  await fill('name', 'desk 7');
  await send();
  const token = await page.textContent('#page-tokens .token-text');
  const asked = () => fetch(`${city.url}/v1/session`, { headers: { Authorization: `Bearer ${token}` } });
  assert.equal((await asked()).status, 200);
  page.once('dialog', (dialog) => dialog.accept());
  await page.click('#page-tokens tr:has-text("desk 7") .sheet-small');
  await page.waitForSelector('#page-tokens tr:has-text("desk 7") .sheet-small', { state: 'detached' });
  const end = Date.now() + 5000;
  while ((await asked()).status !== 401) assert.ok(Date.now() < end, 'the token still lives');
});

/* What the page says is to be typed into an app. */
const settingsOf = () => page.$$eval('#page-devices .token-text', (codes) => codes.map((code) => code.textContent));

/* As OsmAnd asks, with its numbers filled in. */
function sendAsOsmAnd(address) {
  const values = ['57.7009', '11.9743', String(Date.now()), '4', '1.2'];
  return fetch([0, 1, 2, 3, 5].reduce((url, place, i) => url.replace(`{${place}}`, values[i]), address));
}

test('a device is let in with what is typed into the app, until it gets another secret or is closed', async () => {
  await city.ask('POST', `/v1/people/${person}/duty`, { on_duty: true });
  await city.ask('POST', `/v1/people/${person}/consents`, { purpose: 'location', language: 'zh', given: true });
  await open('devices');
  await page.click('#page-devices .sheet-main');
  await fill('person_id', String(person));
  await fill('name', 'Her phone');
  await send();
  await page.waitForSelector('#page-devices tr:has-text("Her phone")');
  const [address, server, identifier] = await settingsOf();
  assert.ok(address.startsWith(`${server}?id=${identifier}&`));
  assert.equal((await sendAsOsmAnd(address)).status, 200);
  const { json } = await city.ask('GET', `/v1/people/${person}`);
  assert.ok(Math.abs(json.position.lon - 11.9743) < 1e-6 && Math.abs(json.position.lat - 57.7009) < 1e-6);

  await page.click('#page-devices tr:has-text("Her phone") .sheet-small');
  await page.fill('#asking-text', 'lost and found again');
  await page.keyboard.press('Enter');
  await page.waitForFunction((old) => ![...document.querySelectorAll('#page-devices .token-text')].some((code) => code.textContent === old), address);
  const [newer] = await settingsOf();
  assert.equal((await sendAsOsmAnd(address)).status, 401);
  assert.equal((await sendAsOsmAnd(newer)).status, 200);

  page.once('dialog', (dialog) => dialog.accept());
  await page.click('#page-devices tr:has-text("Her phone") .sheet-small >> nth=1');
  await page.waitForSelector('#page-devices tr:has-text("Her phone")', { state: 'detached' });
  assert.equal((await sendAsOsmAnd(newer)).status, 401);
});

test('a fence tells who is inside, lies on the map, and is closed', async () => {
  await city.ask('POST', `/v1/people/${person}/duty`, { on_duty: true });
  await open('fences');
  await page.click('#page-fences .sheet-main');
  await fill('name', '广场围栏');
  await fill('lon', '11.99');
  await fill('lat', '57.70');
  await fill('radius_m', '120');
  await send();
  await page.waitForSelector('#page-fences .sheet-detail h2:has-text("广场围栏")');
  const at = (lon, agoMs) => ({ person_id: person, lon, lat: 57.70, frame: 'wgs84', fix_time: new Date(Date.now() - agoMs).toISOString() });
  const id = Number(await page.evaluate(() => location.hash.split('/')[1]));
  const until = Date.now() + 20000;
  let inside = 0;
  for (let step = 0; inside === 0 && Date.now() < until; step += 1) { // a new fence is known to the process within seconds
    await city.ask('POST', '/v1/positions', { positions: [at(11.993 - 0.00001 * step, 1000), at(11.99 + 0.00001 * step, 0)] });
    inside = (await city.ask('GET', `/v1/fences/${id}`)).json.inside;
  }
  assert.equal(inside, 1);
  await open('fences');
  await open(`fences/${id}`);
  await page.waitForSelector(`#page-fences .sheet-detail tr:has-text("#${person}")`);
  await open('dispatch');
  await page.check('[data-layer="fences"]');
  await page.evaluate(() => vigilMap.jumpTo({ center: [11.99, 57.7], zoom: 15 }));
  await page.waitForFunction(() => vigilMap.queryRenderedFeatures({ layers: ['fence-area'] }).length > 0);
  await open(`fences/${id}`);
  page.once('dialog', (dialog) => dialog.accept());
  await page.click('#page-fences .sheet-ends button');
  await page.waitForSelector('#page-fences tr:has-text("广场围栏")', { state: 'detached' });
});

test('weights are worked out anew by a job, listed with what went in, and put out of use', async () => {
  await open('weights');
  await page.click('#page-weights .sheet-main');
  await fill('points', '0.7');
  await send();
  await page.waitForSelector('#page-weights tr:has-text("counts"):has-text("0.7 ×")');
  await page.waitForSelector('#page-weights .sheet-wide tr:has-text("done")');
  await page.click('#page-weights .sheet-head button >> nth=1');
  await page.waitForSelector('#page-weights .sheet-list button'); // it could be used again
  const { json } = await city.ask('GET', '/v1/coverage/weights');
  assert.ok(json.items.every((version) => !version.in_use));
});

test('the month of patrols is shown in both languages', async () => {
  await open('rosters');
  await page.waitForSelector('#page-rosters .roster-day');
  assert.ok(await page.locator('#page-rosters .roster-day').count() >= 28);
  await page.click('#language');
  await page.waitForSelector('#page-rosters :text("未来七天班次")');
  await page.click('#language');
});

test('no page failed', () => assert.deepEqual(errors, []));

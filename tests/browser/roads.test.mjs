// The tools of the roads on the map: a way with stops, what can be reached, and streets
// that somebody closes and opens again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clickPlace, enter, idle, look, openBrowser, openPage, shown } from './browser.mjs';
import { openCity } from './city.mjs';

const HERE = { lon: 11.9743, lat: 57.7009 };
const THERE = { lon: 11.9808, lat: 57.7035 };
const BETWEEN = { lon: 11.9780, lat: 57.7018 };
let city, browser, page;

before(async () => {
  city = await openCity();
  browser = await openBrowser();
  page = await enter(await openPage(browser), city);
  await look(page, BETWEEN.lon, BETWEEN.lat, 14.5);
});

after(async () => {
  await browser?.close();
  city?.close();
});

const click = (place) => clickPlace(page, place);

test('a way leads from click to click, with its steps and others nearly as good', async () => {
  await page.keyboard.press('r');
  await click(HERE);
  await click(THERE);
  await page.waitForSelector('.roads-steps li');
  await idle(page);
  assert.ok(await shown(page, 'way') > 0);
  assert.equal(await page.locator('.stops li').count(), 2);
  await click(BETWEEN);
  await page.waitForFunction(() => document.querySelectorAll('.stops li').length === 3 && document.querySelector('.roads-steps li'));
  assert.equal(await page.locator('#people .person').count(), 0); // the clicks were the tool's
});

test('what is to be avoided is asked for, and put away with the tool', async () => {
  const asked = page.waitForRequest((request) => request.url().endsWith('/v1/route') && request.postData().includes('steps'));
  await page.check('[data-keep="avoid-steps"]');
  assert.deepEqual(JSON.parse((await asked).postData()).avoid, { classes: ['steps'] });
  await page.keyboard.press('Escape');
  assert.ok(await page.locator('#roads').isHidden());
  const nearest = page.waitForRequest((request) => request.url().endsWith('/v1/nearest'));
  await click(HERE);
  assert.deepEqual(JSON.parse((await nearest).postData()).modes, ['foot', 'ebike', 'car']); // not the tool's
  await page.waitForSelector('#people .steps');
  await page.keyboard.press('Escape');
  await idle(page);
  assert.equal(await shown(page, 'way'), 0);
});

test('what can be reached stands in metres and as outlines', async () => {
  await page.keyboard.press('i');
  await click(HERE);
  await page.waitForSelector('.reached tr');
  assert.equal(await page.locator('.reached tr').count(), 3);
  await idle(page);
  assert.ok(await shown(page, 'reachable-area') >= 3);
  await page.keyboard.press('i');
});

test('a stretch is closed with a reason, and opened again', async () => {
  await page.keyboard.press('b');
  await page.waitForSelector('#roads p');
  await click(HERE);
  await click(BETWEEN);
  await page.fill('dialog[open] [name="reason"]', 'a water main has burst');
  await page.press('dialog[open] [name="reason"]', 'Enter');
  await page.waitForSelector('.closures li');
  assert.match(await page.textContent('.closures li'), /a water main has burst/);
  await page.waitForFunction(() => vigilMap.getSource('closures').serialize().data.features.length > 0);
  await idle(page);
  assert.ok(await shown(page, 'closures') > 0);
  page.once('dialog', (dialog) => dialog.accept());
  await page.click('.closures li button[data-keep^="lift"]');
  await page.waitForFunction(() => document.querySelectorAll('.closures li').length === 0);
  await page.waitForFunction(() => vigilMap.getSource('closures').serialize().data.features.length === 0);
});

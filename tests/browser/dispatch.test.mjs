// A whole dispatch at two desks: opened, sent, followed, closed, each seeing what the
// other does; and who tries to send the same person is told who has her.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clickMap, enter, idle, look, openBrowser, openPage, shown } from './browser.mjs';
import { openCity } from './city.mjs';

const AVENUE = [11.9743, 57.7009];
const AT = { lon: AVENUE[0], lat: AVENUE[1], frame: 'wgs84' };
let city, browser, one, two;

/* A city may serve several files of tests: no mark is left on its map. */
async function cancelAll() {
  for (const group of ['pending', 'active']) {
    const { json } = await city.ask('GET', `/v1/incidents?group=${group}&limit=1000`);
    for (const { incident_id: id } of json.items) await city.ask('POST', `/v1/incidents/${id}/cancel`, { reason: 'the tests are over' });
  }
}

before(async () => {
  city = await openCity();
  await cancelAll();
  browser = await openBrowser();
  one = await enter(await openPage(browser), city);
  two = await enter(await openPage(browser, { language: 'zh-CN', theme: 'dark' }), city);
});

after(async () => {
  await browser?.close();
  if (city) await cancelAll();
  city?.close();
});

const row = (page, id) => page.locator(`.call[data-id="${id}"]`);
const chosen = (page) => page.locator('.call[aria-pressed="true"]').getAttribute('data-id');

async function putAway(page) {
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('Escape');
}

async function open(type = 'medical', address = 'Avenyn') {
  const { status, json } = await city.ask('POST', '/v1/incidents', { type, place: AT, address });
  assert.equal(status, 201, JSON.stringify(json));
  return json.incident_id;
}

/** Works on an incident and waits for its candidates. */
async function workOn(page, id) {
  await row(page, id).click();
  await page.waitForSelector('#people .person');
}

async function state(page, id, word) {
  await page.waitForFunction(([which, text]) => document.querySelector(`.call[data-id="${which}"] .state`)?.textContent === text, [id, word]);
}

test('four keys after the place is known make an incident and send the nearest', async () => {
  await look(one, ...AVENUE, 15.5);
  await clickMap(one, 0.5, 0.5);
  await one.waitForSelector('#people .person');
  const nearest = await one.locator('#people .person-name').first().textContent();
  await one.keyboard.press('n');
  await one.selectOption('#new-type', 'medical'); // it is the last one used from the second time on
  await one.keyboard.press('Enter');
  await one.waitForSelector('#incident:not([hidden]) .incident-id');
  await one.waitForSelector('#people .person[aria-pressed="true"]');
  await one.keyboard.press('o');
  await one.waitForSelector('#order[open]');
  await one.keyboard.press('Enter');
  await one.waitForSelector('#units .unit');
  assert.equal(await one.textContent('#units .unit-name'), nearest);
  assert.equal(await one.getAttribute('#units .lamp', 'data-lamp'), 'red');
  assert.equal(await one.locator('#order[open]').count(), 0);
});

test('the other desk sees it without being asked, in its own language', async () => {
  const id = await chosen(one);
  await state(two, id, '已派');
  await state(one, id, 'Assigned');
  assert.equal(await row(two, id).locator('xpath=ancestor::ol').getAttribute('id'), 'calls-active');
  assert.match(await two.textContent('#count-active'), /^[1-9]/);
});

test('who was sent is followed step by step, on her behalf, and the ticks fill', async () => {
  const id = await chosen(one);
  await workOn(two, id).catch(() => {});
  for (const [lamp, word, shownAs] of [['green', 'accepted', 'Assigned'], ['green', 'on the way', 'On the way'], ['green', 'on scene', 'On scene'], ['green', 'at work', 'On scene']]) {
    await one.keyboard.press('s');
    await one.waitForFunction(([text]) => document.querySelector('#units .unit-state')?.textContent.startsWith(text), [word]);
    assert.equal(await one.getAttribute('#units .lamp', 'data-lamp'), lamp);
    await state(one, id, shownAs);
  }
  await two.waitForFunction(() => document.querySelector('#units .unit-state')?.textContent.startsWith('处置中'));
  await one.keyboard.press('s'); // clear
  await one.waitForFunction(() => document.querySelector('#units .lamp')?.dataset.lamp === 'grey');
  const set = await one.locator('#stamps .stamp[data-set]').count();
  assert.equal(set, 6, 'T0 to T5');
  const log = await one.locator('#log li b').allTextContents();
  for (const kind of ['reported', 'ordered', 'accepted', 'on the way', 'on scene', 'clear']) assert.ok(log.some((text) => text.startsWith(kind)), `${kind} of ${log}`);
});

test('closing needs to be told how it ended, and both desks have it among the ended', async () => {
  const id = await chosen(one);
  await one.click('[data-act="handled"]');
  await one.click('[data-act="close"]');
  await one.waitForSelector('#asking[open]');
  await one.keyboard.press('Enter'); // refused: it says nothing
  assert.equal(await one.locator('#asking[open]').count(), 1);
  await one.keyboard.type('Handed to the ambulance');
  await one.keyboard.press('Enter');
  for (const page of [one, two]) await page.waitForSelector(`#calls-recent .call[data-id="${id}"]`);
  await putAway(one);
  await putAway(two);
  assert.equal(await one.locator('#incident:visible').count(), 0);
});

test('who tries to send the same person is told who has her, since when and for what', async () => {
  const [first, second] = [await open(), await open('fire', 'Avenyn 2')];
  for (const page of [one, two]) for (const id of [first, second]) await row(page, id).waitFor();
  await workOn(one, first);
  await workOn(two, second);
  for (const page of [one, two]) {
    await page.waitForSelector('#people .person[aria-pressed="true"]');
    await page.keyboard.press('o');
    await page.waitForSelector('#order[open] #order-people li');
  }
  const name = await one.textContent('#order-people li b');
  assert.equal(await two.textContent('#order-people li b'), name);
  await one.keyboard.press('Enter');
  await one.waitForSelector('#units .unit');
  // The one who sent has nobody ticked for the same keys to send; the other sees who is taken.
  await one.waitForFunction(() => document.querySelector('#people .person') && !document.querySelector('#people .person[aria-pressed="true"]'));
  await two.waitForSelector('#people .person-tick.taken', { state: 'attached' });
  await two.keyboard.press('Enter');
  await two.waitForSelector('#order-barred:not([hidden]) li');
  const said = await two.textContent('#order-barred-list');
  assert.ok(said.includes(name), said);
  assert.match(said, new RegExp(`自 \\d\\d:\\d\\d:\\d\\d 起已被派往警情 #${first}`));
  await two.keyboard.press('Escape');
  await two.waitForSelector('#order', { state: 'hidden' });
  await two.waitForSelector('#people .person');
  await two.waitForFunction((who) => ![...document.querySelectorAll('#people .person-name')].some((cell) => cell.textContent === who), name);
});

test('a digit ticks a candidate and takes the tick away, and all who are ticked are sent', async () => {
  const ticks = () => two.locator('#people .person').evaluateAll((list) => list.map((button) => button.getAttribute('aria-pressed')));
  await two.waitForSelector('#people .person[aria-pressed="true"]');
  assert.deepEqual((await ticks()).slice(0, 3), ['true', 'false', 'false']);
  await two.keyboard.press('1');
  await two.keyboard.press('2');
  await two.keyboard.press('3');
  assert.deepEqual((await ticks()).slice(0, 3), ['false', 'true', 'true']);
  await two.keyboard.press('o');
  await two.waitForSelector('#order[open] #order-people li');
  assert.equal(await two.locator('#order-people li').count(), 2);
  await two.keyboard.press('Enter');
  await two.waitForFunction(() => document.querySelectorAll('#units .unit').length === 2);
});

test('standing somebody down asks first, and lets her go', async () => {
  await two.keyboard.press('x');
  await two.waitForSelector('#asking[open]');
  await two.keyboard.press('Escape');
  assert.equal(await two.locator('#units .lamp[data-lamp="grey"]').count(), 0);
  await two.keyboard.press('x');
  await two.keyboard.press('Enter');
  await two.waitForSelector('#units .lamp[data-lamp="grey"]');
});

test('an incident that volunteers may not be sent to says so and offers nobody', async () => {
  const id = await open('knife', 'Avenyn 3');
  await row(one, id).click();
  await one.waitForSelector('#incident-gate:not([hidden])');
  await one.waitForFunction(() => /may not be sent/.test(document.querySelector('#lead').textContent));
  assert.equal(await one.locator('#people .person').count(), 0);
  assert.equal(await row(one, id).locator('.priority').textContent(), 'I');
});

test('the queue is walked with J and K, and the map shows every incident that lives', async () => {
  await putAway(one);
  await one.keyboard.press('j');
  const first = await one.evaluate(() => document.activeElement.dataset.id);
  await one.keyboard.press('j');
  const second = await one.evaluate(() => document.activeElement.dataset.id);
  assert.notEqual(first, second);
  await one.keyboard.press('k');
  assert.equal(await one.evaluate(() => document.activeElement.dataset.id), first);
  await one.keyboard.press('Enter');
  assert.equal(await chosen(one), first);
  await putAway(one);
  await look(one, ...AVENUE, 15.5);
  await idle(one);
  assert.ok(await shown(one, 'incidents') >= 3);
});

test('the map does not move by itself when an incident comes', async () => {
  const camera = () => one.evaluate(() => JSON.stringify([vigilMap.getCenter(), vigilMap.getZoom()]));
  const before = await camera();
  const id = await open('theft', 'Avenyn 4');
  await row(one, id).waitFor();
  await row(one, id).click();
  await one.waitForSelector('#people .person');
  assert.equal(await camera(), before);
  await putAway(one);
});

test('a desk that is cut off says so, and has missed nothing when it is back', async () => {
  const asked = [];
  await one.route('**/v1/events', async (route) => {
    asked.push((await route.request().allHeaders())['last-event-id']);
    if (asked.length === 1) await route.fulfill({ status: 200, contentType: 'text/event-stream', body: 'retry: 1000\nid: 0\n\n' });
    else await route.abort();
  });
  await one.reload();
  await one.waitForSelector('#stale:not([hidden])');
  assert.equal(await one.getAttribute('#link', 'data-state'), 'lost');
  assert.match(await one.textContent('#stale'), /\d\d:\d\d:\d\d/);
  const id = await open('crowd', 'Avenyn 5');
  assert.equal(await row(one, id).count(), 0);
  // The line is open again only after the browser has tried once more by itself.
  for (const end = Date.now() + 10000; asked.length < 2;) {
    assert.ok(Date.now() < end, 'the browser does not try again');
    await one.evaluate(() => new Promise(requestAnimationFrame));
  }
  await one.unroute('**/v1/events');
  await row(one, id).waitFor();
  await one.waitForSelector('#stale', { state: 'hidden' });
  await one.waitForFunction(() => document.querySelector('#link').dataset.state === 'good');
  assert.deepEqual(asked.slice(0, 2), [undefined, '0']);
  one.seen.errors = one.seen.errors.filter((text) => !/v1\/events/.test(text));
});

test('no text is missing in either language', async () => {
  for (const page of [one, two]) {
    const missing = await page.evaluate(() => [...document.querySelectorAll('body *')].filter((element) =>
      /(^|\s)(console|code)\.[a-z]/.test(element.textContent + (element.getAttribute('aria-label') ?? ''))).map((element) => element.outerHTML.slice(0, 80)));
    assert.deepEqual(missing, []);
  }
});

test('nothing went wrong on the way', () => {
  // The refusal of the second order is an answer that the browser notes as an error.
  for (const page of [one, two]) {
    page.seen.errors = page.seen.errors.filter((text) => !/status of 409/.test(text));
    assert.deepEqual(page.seen, { errors: [], away: [], policy: [] });
  }
});

// Enrolling on a phone by a code, and one's own data there.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage } from './browser.mjs';
import { openCity } from './city.mjs';

const PHONE = { width: 390, height: 844 };
let city, browser, code;

before(async () => {
  city = await openCity();
  browser = await openBrowser();
  const made = await city.ask('POST', '/v1/enrolment_codes', { label: '和平路站' });
  assert.equal(made.status, 201);
  code = made.json.code;
});

after(async () => {
  await browser?.close();
  city?.close();
});

let people = 0;

async function fillIn(page, name) {
  await page.waitForSelector('#form:visible');
  await page.fill('#name', name);
  await page.fill('#phone', `139 0000 ${String(++people).padStart(4, '0')}`);
  await page.check('input[value="contact"]');
  await page.check('input[value="location"]');
}

async function decide(name, how, body = {}) {
  const { json } = await city.ask('GET', '/v1/enrolments?state=pending&limit=1000');
  const waiting = json.items.find((one) => one.name === name);
  assert.ok(waiting, `${name} waits`);
  const { status } = await city.ask('POST', `/v1/enrolments/${waiting.enrolment_id}/${how}`, body);
  assert.equal(status, 200);
  return waiting;
}

/** Somebody who was let in, on her page. */
async function member(name, options = {}) {
  const page = await openPage(browser, { ...PHONE, ...options });
  await page.goto(`${city.url}/enrol#${code}`);
  await fillIn(page, name);
  await page.click('button.main');
  await page.waitForSelector('#pending:visible');
  await decide(name, 'approve');
  await page.waitForSelector('#done:visible');
  await page.click('#done a');
  await page.waitForSelector('#data:visible');
  return page;
}

function assertCalm(page) {
  assert.deepEqual([page.seen.away, page.seen.policy], [[], []]);
}

test('who scans the code is enrolled within a minute and sees her own data', async () => {
  const began = Date.now();
  const page = await member('王小明', { language: 'zh-CN' });
  assert.ok(Date.now() - began < 60000);
  assert.equal(await page.textContent('#my-name'), '王小明');
  assert.match(await page.inputValue('#phone'), /^1390000/);
  assert.equal(await page.textContent('header h1'), '我的信息');
  assert.ok(await page.isChecked('[data-purpose="location"]'));
  assert.ok(!(await page.isChecked('[data-purpose="training"]')));
  assertCalm(page);
});

test('the page says whose code it is, and what is wrong where it stands', async () => {
  const page = await openPage(browser, PHONE);
  await page.goto(`${city.url}/enrol#${code}`);
  await page.waitForSelector('#form:visible');
  assert.equal(await page.textContent('#label'), '和平路站');
  await page.fill('#name', 'Anna');
  await page.fill('#phone', 'call me');
  await page.check('input[value="contact"]');
  await page.click('button.main');
  await page.waitForSelector('#wrong:visible');
  assert.equal(await page.getAttribute('#phone', 'aria-invalid'), 'true');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'phone');
  await page.fill('#phone', '13911112222');
  await page.uncheck('input[value="contact"]');
  await page.click('button.main');
  await page.waitForFunction(() => /consent/i.test(document.querySelector('#wrong').textContent));
  assertCalm(page);
});

test('who is refused reads why and may try again', async () => {
  const page = await openPage(browser, PHONE);
  await page.goto(`${city.url}/enrol#${code}`);
  await fillIn(page, 'Refused');
  await page.click('button.main');
  await page.waitForSelector('#pending:visible');
  await decide('Refused', 'refuse', { reason: 'Please come by with your card.' });
  await page.waitForSelector('#refused:visible');
  assert.equal(await page.textContent('#reason'), 'Please come by with your card.');
  await page.click('#again');
  await page.waitForSelector('#form:visible');
});

test('a code that is closed lets nobody in, and without one there is a hint', async () => {
  const made = await city.ask('POST', '/v1/enrolment_codes', { label: 'closed' });
  await city.ask('DELETE', `/v1/enrolment_codes/${made.json.code_id}`);
  const page = await openPage(browser, PHONE);
  await page.goto(`${city.url}/enrol#${made.json.code}`);
  await page.waitForSelector('#wrong:visible');
  await page.goto(`${city.url}/enrol`);
  await page.waitForSelector('#no-code:visible');
});

test('she corrects her data and withdraws a consent', async () => {
  const page = await member('Corrected');
  await page.fill('#address', '和平路 1 号');
  await page.click('#data button.main');
  await page.waitForFunction(() => document.querySelector('#saved').textContent !== '');
  await page.uncheck('[data-purpose="location"]');
  await page.waitForSelector('.agree:has([data-purpose="location"]) .withdrawn');
  await page.reload();
  await page.waitForSelector('#data:visible');
  assert.equal(await page.inputValue('#address'), '和平路 1 号');
  assert.ok(!(await page.isChecked('[data-purpose="location"]')));
  const download = await Promise.all([page.waitForEvent('download'), page.click('a[download]')]).then(([file]) => file);
  assert.equal(download.suggestedFilename(), 'my-data.json');
  assertCalm(page);
});

const HERE = { latitude: 57.7009, longitude: 11.9743, accuracy: 12 };

async function positionOf(name) {
  const { json } = await city.ask('GET', `/v1/people?q=${encodeURIComponent(name)}`);
  return json.items[0]?.position;
}

test('on duty her phone says where she is, what had no line waits and goes, and off duty nothing is kept', async () => {
  const page = await member('Walking');
  await page.context().grantPermissions(['geolocation'], { origin: city.url });
  await page.context().setGeolocation(HERE);
  assert.equal(await page.textContent('#duty-state'), 'Off duty');
  await page.route('**/v1/positions', (route) => route.abort());
  await page.click('#duty-go');
  await page.waitForFunction(() => /1 wait on this phone.*later/.test(document.querySelector('#duty-sharing').textContent));
  assert.equal(await page.textContent('#duty-state'), 'On duty');
  assert.equal(await positionOf('Walking'), null);
  await page.unroute('**/v1/positions');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.waitForFunction(() => /Last sent at/.test(document.querySelector('#duty-sharing').textContent));
  const { lon, lat } = await positionOf('Walking');
  assert.ok(Math.abs(lon - HERE.longitude) < 1e-5 && Math.abs(lat - HERE.latitude) < 1e-5);
  assert.equal(await page.evaluate(() => localStorage.getItem('vigil.fixes')), '[]');
  await page.click('#duty-go');
  await page.waitForFunction(() => document.querySelector('#duty-state').textContent === 'Off duty');
  assert.equal(await page.evaluate(() => localStorage.getItem('vigil.fixes')), null);
  assert.equal(await positionOf('Walking'), null);
  assert.deepEqual([page.seen.away, page.seen.policy], [[], []]);
});

test('a phone that may not say where it is says why nothing is sent', async () => {
  const page = await member('Hidden');
  await page.context().clearPermissions();
  await page.click('#duty-go');
  await page.waitForFunction(() => /does not let the page know/.test(document.querySelector('#duty-sharing').textContent));
  await page.uncheck('[data-purpose="location"]');
  await page.waitForFunction(() => /cannot be found/.test(document.querySelector('#duty-hint').textContent));
});

test('she leaves, gets a receipt, and is signed out', async () => {
  const page = await member('Leaving');
  assert.ok(await page.isDisabled('#leave'));
  await page.check('#sure');
  await page.click('#leave');
  await page.waitForSelector('#gone:visible');
  assert.equal(await page.locator('#receipt dd').count(), 5);
  await page.goto(`${city.url}/me`);
  await page.waitForSelector('#signed-out:visible');
  const { json } = await city.ask('GET', '/v1/people?q=Leaving');
  assert.equal(json.items.length, 0);
});

test('at twice the size nothing is cut off and everything is reached by keyboard', async () => {
  const page = await openPage(browser, { width: 195, height: 422 }); // 200 % of a phone
  await page.goto(`${city.url}/enrol#${code}`);
  await page.waitForSelector('#form:visible');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.focus('#name');
  const reached = new Set();
  for (let i = 0; i < 20; i++) {
    reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.value || document.activeElement.tagName));
    await page.keyboard.press('Tab');
  }
  for (const name of ['name', 'phone', 'birth_year', 'foot', 'contact', 'location']) assert.ok(reached.has(name), `${name} of ${[...reached]}`);
});

// Signing in, and being refused.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { enter, openBrowser, openPage } from './browser.mjs';
import { openCity } from './city.mjs';

let city, browser;

before(async () => {
  city = await openCity();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  city?.close();
});

async function refusal(path) {
  const page = await openPage(browser);
  await page.goto(city.url + path);
  await page.waitForSelector('.how:visible');
  return page;
}

async function assertBothLanguages(page, zh, en) {
  assert.match(await page.textContent('section[lang="zh"] .state'), zh);
  assert.match(await page.textContent('section[lang="en"] .state'), en);
  for (const language of ['zh', 'en']) assert.match(await page.textContent(`section[lang="${language}"] .how`), /vigil token enter/);
  assert.deepEqual([page.seen.away, page.seen.policy], [[], []]);
}

test('a link signs in once, and its code leaves the address', async () => {
  const page = await openPage(browser);
  const code = city.code();
  await page.goto(`${city.url}/enter#${code}`);
  await page.waitForURL(`${city.url}/`);
  assert.equal(new URL(page.url()).hash, '');
  const cookie = (await page.context().cookies()).find((one) => one.name === 'vigil_session');
  assert.ok(cookie.httpOnly);
  assert.equal(cookie.sameSite, 'Strict');
  await assertBothLanguages(await refusal(`/enter#${code}`), /登录码/, /code/);
});

test('a wrong code is refused in both languages, with the way to a new one', async () => {
  await assertBothLanguages(await refusal('/enter#nonsense'), /登录码/, /code/);
});

test('without a code the page says how to get one', async () => {
  await assertBothLanguages(await refusal('/enter'), /尚未登录/, /not signed in/);
});

test('the console without a session leads to the door', async () => {
  const page = await openPage(browser);
  await page.goto(`${city.url}/`);
  await page.waitForURL(/\/enter$/);
  await page.waitForSelector('.how:visible');
});

test('the language is the browser\'s until another is chosen', async () => {
  const page = await enter(await openPage(browser, { language: 'zh-CN' }), city);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN');
  assert.equal(await page.textContent('#ask-title'), '最快到达');
});

test('a failure is said in the user\'s language by its code', async () => {
  const page = await enter(await openPage(browser, { language: 'zh-CN' }), city);
  await page.route('**/v1/nearest', (route) => route.fulfill({
    status: 503, contentType: 'application/problem+json',
    body: JSON.stringify({ status: 503, code: 'database_away', detail: 'gone', title: 'x', type: 'x', request_id: '1' }),
  }));
  await page.locator('#map').click({ position: { x: 300, y: 300 } });
  await page.waitForSelector('#notice:visible');
  assert.match(await page.textContent('#notice'), /数据库/);
  assert.match(await page.textContent('#notice'), /database_away/);
});

test('a server that goes away is noticed, and its return too', async () => {
  const page = await enter(await openPage(browser), city);
  await page.route('**/v1/city', (route) => route.abort());
  await page.waitForSelector('#link[data-state="lost"]', { timeout: 15000 });
  await page.unroute('**/v1/city');
  await page.waitForSelector('#link[data-state="good"]', { timeout: 15000 });
});

// Chromium as the distribution has it, drawing without a graphics card, and pages
// that remember everything a console must never do.
import { chromium } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const READY_MS = 60000;

export function openBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: FLAGS });
}

/** A page of its own browser profile. `page.seen` gathers what went wrong. */
export async function openPage(browser, { language = 'en-GB', width = 1280, height = 800, theme = 'light' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: language, colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  page.seen = { errors: [], away: [], policy: [] };
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) page.seen.policy.push(message.text());
    else if (message.type() === 'error') page.seen.errors.push(`${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => page.seen.errors.push(String(error.stack)));
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^(http|ws)s?:$/.test(protocol) && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) page.seen.away.push(request.url());
  });
  return page;
}

/** Signs in by a fresh link and waits until the map stands. */
export async function enter(page, city) {
  await page.goto(`${city.url}/enter#${city.code()}`);
  await page.waitForFunction(() => 'ready' in document.documentElement.dataset, null, { timeout: READY_MS });
  return page;
}

/** Waits until the map has drawn all that it wants to draw. */
export function idle(page) {
  return page.evaluate(() => new Promise((resolve) => {
    vigilMap.once('idle', resolve);
    vigilMap.triggerRepaint();
  }));
}

export async function look(page, lon, lat, zoom) {
  await page.evaluate(([lng, north, z]) => vigilMap.jumpTo({ center: [lng, north], zoom: z }), [lon, lat, zoom]);
  await idle(page);
}

/** How many features the layers of the style show now. */
export function shown(page, ...layers) {
  return page.evaluate((names) => vigilMap.queryRenderedFeatures({ layers: names }).length, layers);
}

/** Clicks the map at fractions of its width and height. */
export async function clickMap(page, x, y) {
  const box = await page.locator('#map').boundingBox();
  await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
}

/** Where a place of the map stands in the window: [x, y]. */
export async function spotAt(page, { lon, lat }) {
  const box = await page.locator('#map').boundingBox();
  const { x, y } = await page.evaluate(([east, north]) => vigilMap.project([east, north]), [lon, lat]);
  return [box.x + x, box.y + y];
}

/** Clicks the map at a place. */
export async function clickPlace(page, place) {
  await page.mouse.click(...await spotAt(page, place));
}

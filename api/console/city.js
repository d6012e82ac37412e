// What the server says about the city every second: who stands ready, and
// whether anyone has moved.
import { ask } from './api.js';
import { $ } from './dom.js';
import { count } from './format.js';
import { report } from './link.js';
import { complain } from './say.js';
import { onLanguage } from './words.js';

const EVERY_MS = 1000;
const LATE_MS = 5000;
const heard = new Set();

export let city;
let heardAt = 0;
let state = 'waiting';

/** Called with the city whenever it has been asked. */
export function onCity(listener) {
  heard.add(listener);
}

function showState(now) {
  state = now;
  report('city', state);
}

function show() {
  $('city').textContent = city.name;
  document.title = `${city.name} – Vigil`;
  for (const [id, value] of [['available', city.people.available], ['on-duty', city.people.on_duty],
    ['placed', city.people.placed], ['known', city.people.known]]) $(`count-${id}`).textContent = count(value);
}

function tick() {
  if (city) {
    $('clock').textContent = new Date().toLocaleTimeString('en-GB', { timeZone: city.time_zone });
    $('clock').title = city.time_zone;
  }
  if (state === 'good' && performance.now() - heardAt > LATE_MS) showState('late');
}

async function look() {
  try {
    city = await ask('GET', '/v1/city', undefined, AbortSignal.timeout(8000));
    heardAt = performance.now();
    show();
    showState('good');
    for (const listener of heard) listener(city);
  } catch (problem) {
    if (problem.status === 401) complain(problem);
    showState('lost');
  }
}

async function watch() {
  await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
  if (document.visibilityState === 'visible') await look();
  watch();
}

/** The first answer decides whether there is a city to show. */
export async function startCity() {
  onLanguage(() => { if (city) show(); });
  setInterval(tick, 1000);
  city = await ask('GET', '/v1/city');
  heardAt = performance.now();
  show();
  showState('good');
  tick();
  watch();
  return city;
}

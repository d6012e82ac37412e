// Finding a street or place by its name: a text box with a list, after the
// combobox pattern of the ARIA practices.
import { ask } from './api.js';
import { $, make } from './dom.js';
import { metres } from './format.js';
import { goTo, map } from './map.js';
import { complain, say } from './say.js';
import { hasWord, word } from './words.js';

const WAIT_MS = 160;
const LIMIT = 8;

let found = [];
let marked = -1;
let timer;
let running;
let onFound;

const box = () => $('search');

function open(is) {
  $('found').hidden = !is;
  box().setAttribute('aria-expanded', String(is));
  if (!is) box().removeAttribute('aria-activedescendant');
}

function kindOf(item) {
  const key = `console.kind.${item.kind}`;
  return hasWord(key) ? word(key) : item.kind;
}

function option(item, i) {
  return make('li', { role: 'option', id: `found-${i}`, 'aria-selected': String(i === marked), onmousedown: (event) => event.preventDefault(), onclick: () => take(i) },
    make('span', { class: 'found-name' }, item.name),
    make('span', { class: 'found-kind' }, kindOf(item)),
    make('span', { class: 'found-far' }, Number.isFinite(item.distance_m) ? metres(item.distance_m) : ''));
}

function show() {
  $('found').replaceChildren(...(found.length > 0 ? found.map(option)
    : [make('li', { class: 'nothing', role: 'option', 'aria-disabled': 'true' }, word('console.search.nothing'))]));
  open(true);
  if (marked >= 0) box().setAttribute('aria-activedescendant', `found-${marked}`);
  $(`found-${marked}`)?.scrollIntoView({ block: 'nearest' });
}

function take(i) {
  const item = found[i];
  if (!item) return;
  open(false);
  box().value = item.name;
  box().blur();
  goTo(item.place);
  onFound({ lon: item.place.lon, lat: item.place.lat, name: item.name });
}

async function look() {
  const typed = box().value.trim();
  running?.abort();
  if (typed === '') {
    found = [];
    open(false);
    return;
  }
  running = new AbortController();
  const { lng, lat } = map.getCenter();
  const near = new URLSearchParams({ q: typed, limit: LIMIT, near: `${lng.toFixed(5)},${lat.toFixed(5)}`, frame: 'wgs84' });
  try {
    found = (await ask('GET', `/v1/places?${near}`, undefined, running.signal)).items;
    marked = found.length > 0 ? 0 : -1;
    show();
    say(word('console.search.count', { n: found.length }));
  } catch (problem) {
    complain(problem);
  }
}

function move(by) {
  if (found.length === 0) return;
  marked = (marked + by + found.length) % found.length;
  show();
}

/* Enter right after typing must not take what an earlier word found. */
async function submit(event) {
  event.preventDefault();
  if (timer !== undefined) {
    clearTimeout(timer);
    timer = undefined;
    await look();
  }
  take(Math.max(marked, 0));
}

function onKey(event) {
  if (event.key === 'ArrowDown') move(1);
  else if (event.key === 'ArrowUp') move(-1);
  else if (event.key === 'Escape') {
    if ($('found').hidden) box().blur();
    open(false);
    event.stopPropagation();
    return;
  } else return;
  event.preventDefault();
}

/** `wasFound` is called with the place that was taken. */
export function startSearch(wasFound) {
  onFound = wasFound;
  box().addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      look();
    }, WAIT_MS);
  });
  box().addEventListener('keydown', onKey);
  box().addEventListener('focus', () => {
    box().select();
    if (found.length > 0) show();
  });
  box().addEventListener('blur', () => open(false));
  $('search-form').addEventListener('submit', submit);
}

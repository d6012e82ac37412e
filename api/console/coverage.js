// Which streets nobody watches: now as it changes, at an hour of a week, as planned or as
// it was; in figures, on the map, as a list, and what would be otherwise (what_if.js).
import { ask } from './api.js';
import { areasBody, dropAreas } from './area_gaps.js';
import { city, onCity } from './city.js';
import { dropPlaces, placeWish, placesBody, readPlaces } from './cover_by.js';
import { $, make } from './dom.js';
import { count, metres } from './format.js';
import { choiceBody, dropChoice, gapTick } from './gap_choice.js';
import { gapClass, gapRows } from './gap_rows.js';
import { inView, map } from './map.js';
import { isPointing, setSource, show } from './roads.js';
import { complain } from './say.js';
import { withQuery } from './sheets.js';
import { HOUR_MS, WEEK_HOURS, hourName, weekStart, weekStrip } from './week.js';
import { clearWhatIf, whatIfAt, whatIfBody, whatIfWhen } from './what_if.js';
import { onLanguage, word } from './words.js';

const KINDS = ['now', 'actual', 'plan', 'difference'];
const CLASSES = ['unwatched', 'dark', 'unreachable', 'thin'];
const MINUTES = ['60', '180', '300'];
const LISTED = 30;
const DRAWN = 1000;
const GAPS = '/v1/gaps';
const AGAIN_MS = 2000; // while it is open and something changes

let isOpen = false;
let kind = 'now';
let chosenClass = 'unwatched';
let week = 0; // its Monday
let hour = 0;
let hours = [];
let streetsLength = 0;
let ofView = false; // what the list is of
let figures = null;
let items = [];
let running = null;
let version = null;
let askedAt = 0;

const iso = (at) => new Date(at).toISOString();

/* What is asked of the server: a moment or an hour. */
function wish() {
  if (kind === 'now') return { class: chosenClass };
  const from = week + hour * HOUR_MS;
  return { kind, from: iso(from), to: iso(from + HOUR_MS) };
}

/* Of now the map has tiles; of an hour what the list's question draws. */
function drawNow() {
  const of = { unwatched: ['dark', 'unwatched'], dark: ['dark'], unreachable: ['dark', 'unreachable'], thin: ['thin'] };
  map.setFilter('gaps-now', ['in', ['get', 'class'], ['literal', of[chosenClass]]]);
  map.setLayoutProperty('gaps-now', 'visibility', isOpen && kind === 'now' ? 'visible' : 'none');
  if (!isOpen || kind === 'now') setSource('gaps', []);
}

function box() {
  const bounds = inView();
  return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((value) => value.toFixed(6)).join(',');
}

/* Of all, or of a place that was chosen, or of what the map shows. */
const listWish = () => ({ ...wish(), ...placeWish(), ...(ofView && { bbox: box() }) });

async function drawHour(signal) {
  if (kind === 'difference') {
    setSource('gaps', []);
    return;
  }
  const drawn = await ask('GET', withQuery(GAPS, { ...wish(), bbox: box(), limit: DRAWN, format: 'geojson' }), undefined, signal);
  if (isOpen && kind !== 'now') map.getSource('gaps').setData(drawn);
}

async function readHours(signal) {
  const answer = await ask('GET', withQuery('/v1/coverage/hours', { from: iso(week), to: iso(week + WEEK_HOURS * HOUR_MS), kind }), undefined, signal);
  hours = answer.hours;
  streetsLength = answer.length_m;
}

/* Of an hour the strip knows all there is. */
async function readFigures(signal) {
  figures = kind === 'now' ? (await ask('GET', '/v1/coverage?by=city', undefined, signal)).city : null;
}

/* Nothing for now. */
const hourWish = () => (kind === 'now' ? null : wish());

async function readBy(signal) {
  await readPlaces(hourWish(), signal);
}

async function readGaps(signal) {
  items = [];
  if (kind === 'difference') return; // of two hours, not of streets
  ({ items } = await ask('GET', withQuery(GAPS, { ...listWish(), sort: 'length', limit: LISTED }), undefined, signal));
}

/* Everything for what is chosen; `parts` says how much of it may have changed. */
async function load(...parts) {
  if (!isOpen) return;
  running?.abort();
  const mine = new AbortController();
  running = mine;
  askedAt = performance.now();
  try {
    for (const part of parts) {
      await part(mine.signal);
      if (running !== mine || !isPointing()) return;
      show();
    }
  } catch (problem) {
    if (problem.name !== 'AbortError') complain(problem);
  }
}

/* What can be tried: now, or in the hours of the plan. */
function tried() {
  if (kind === 'now') return null;
  return kind === 'plan' ? { from: iso(week), to: iso(week + WEEK_HOURS * HOUR_MS), hour: week + hour * HOUR_MS } : undefined;
}

function choose(change) {
  const before = JSON.stringify(hourWish());
  change();
  if (JSON.stringify(hourWish()) !== before) dropAreas(); // they were of another hour
  whatIfWhen(tried());
  drawNow();
  show();
  if (kind === 'now') load(readFigures, readBy, readGaps);
  else load(readHours, readBy, readGaps, drawHour);
}

function radio(group, name, chosen, text, onchange) {
  return make('label', {}, make('input', { type: 'radio', name: `coverage-${group}`, value: name, checked: name === chosen, 'data-keep': `${group}-${name}`, onchange }), text);
}

function kindPicker() {
  return make('div', { class: 'roads-row', role: 'radiogroup', 'aria-label': word('console.coverage.kind') },
    ...KINDS.map((name) => radio('kind', name, kind, word(`console.coverage.kind.${name}`), () => choose(() => { kind = name; }))));
}

const percent = (share) => word('console.coverage.percent', { n: (100 * share).toFixed(1) });

function figureTable(length, rows) {
  return make('table', { class: 'reached' }, make('caption', {}, word('console.coverage.of', { far: metres(length) })), make('tbody', {}, ...rows));
}

/* What of an hour was not covered, by all its seconds that are known. */
function hourRow() {
  const now = hours[hour];
  if (!now) return make('p', {}, word('console.coverage.waiting'));
  return figureTable(streetsLength, [make('tr', { class: 'hour' }, make('th', { scope: 'row' }, gapClass('unwatched')),
    make('td', {}, word('console.gap.metre_hours', { n: count(Math.round(now.gap_m_h)) })),
    make('td', {}, now.share === null ? '–' : percent(kind === 'difference' ? now.share : 1 - now.share)))]);
}

function figureRows() {
  if (kind !== 'now') return hourRow();
  if (!figures) return make('p', {}, word('console.coverage.waiting'));
  return figureTable(figures.length_m, CLASSES.map((name) => make('tr', {},
    make('th', { scope: 'row' }, radio('class', name, wish().class, gapClass(name), () => choose(() => { chosenClass = name; }))),
    make('td', {}, metres(figures[`${name}_m`])), make('td', {}, figures.length_m > 0 ? percent(figures[`${name}_m`] / figures.length_m) : '–'))));
}

function reachRow() {
  if (kind !== 'now' || !figures?.reach_share) return '';
  return make('p', {}, word('console.coverage.reach'), ' ', MINUTES.filter((limit) => figures.reach_share[limit] !== undefined && figures.reach_share[limit] !== null)
    .map((limit) => `${word('console.roads.minutes', { n: limit / 60 })} ${percent(figures.reach_share[limit])}`).join(' · '));
}

function inViewBox() {
  return make('label', { class: 'roads-row' }, make('input', {
    type: 'checkbox', checked: ofView, 'data-keep': 'gaps-in-view',
    onchange: (event) => {
      ofView = event.target.checked;
      load(readGaps);
    },
  }), word('console.coverage.in_view'));
}

function turnWeek(by) {
  choose(() => { week = weekStart(week + by * WEEK_HOURS * HOUR_MS + 12 * HOUR_MS); });
}

function weekRows() {
  if (kind === 'now') return [];
  const turn = (by, text, key) => make('button', { type: 'button', class: 'small-button', 'data-keep': key, 'aria-label': word(`console.coverage.${key}`), onclick: () => turnWeek(by) }, text);
  return [make('div', { class: 'roads-row' }, turn(-1, '‹', 'week_before'), make('b', {}, `${new Date(week).toLocaleDateString('sv-SE', { timeZone: city.time_zone })} · ${hourName(week + hour * HOUR_MS)}`), turn(1, '›', 'week_after')),
    ...weekStrip(hours, hour, (i) => choose(() => { hour = i; }))];
}

function body() {
  if (!isOpen) {
    isOpen = true;
    const now = Date.now();
    week = weekStart(now);
    hour = Math.min(WEEK_HOURS - 1, Math.floor((now - week) / HOUR_MS));
    queueMicrotask(() => choose(() => {}));
  }
  return [kindPicker(), ...weekRows(), figureRows(), reachRow(), ...placesBody(chosenClass, () => choose(() => {})),
    ...areasBody(hourWish()), ...whatIfBody(), ...choiceBody(),
    ...(kind === 'difference' ? [] : [inViewBox(), ...gapRows(items, GAPS, listWish(), gapTick)])];
}

/** The tool, for roads.js. */
export const coverage = {
  hasMode: false,
  body,
  pointed: whatIfAt,
  clear() {
    isOpen = false;
    running?.abort();
    items = [];
    figures = null;
    clearWhatIf();
    dropChoice();
    dropPlaces();
    dropAreas();
    drawNow();
  },
};

function showHeader() {
  const share = city.coverage?.reach_share?.['180'];
  $('count-covered').textContent = Number.isFinite(share) ? percent(share) : '–';
}

export function startCoverage() {
  drawNow();
  showHeader();
  onLanguage(showHeader);
  onCity((now) => {
    showHeader();
    if (now.coverage?.version === version) return;
    version = now.coverage?.version;
    if (!isOpen || kind !== 'now') return;
    if (map.isSourceLoaded('gaps-tiles')) map.refreshTiles('gaps-tiles');
    if (performance.now() - askedAt > AGAIN_MS) load(readFigures, readBy, readGaps);
  });
  map.on('moveend', () => {
    const parts = [...(kind === 'now' ? [] : [drawHour]), ...(ofView ? [readGaps] : [])];
    if (isOpen && parts.length > 0) load(...parts);
  });
}

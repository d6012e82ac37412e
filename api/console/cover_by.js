// The figures of coverage place by place: by organisation, grid cell or station, the least
// covered first. A place that is chosen is what the list of gaps is of.
import { ask } from './api.js';
import { make } from './dom.js';
import { count, metres } from './format.js';
import { withQuery } from './sheets.js';
import { word } from './words.js';

const PLACES = ['org', 'grid', 'station'];
const QUERY_NAMES = { org: 'org', grid: 'grid_id', station: 'station_id' };
const PAGE = 1000;
const SHOWN = 12;

let by = ''; // nothing: not told apart
let items = [];
let itemsOf = null; // the hour; null: now
let chosen = null; // the one whose gaps are listed

const idOf = (item) => item[`${by}_id`];
const nameOf = (item) => (by === 'grid' && item.code) || item.name || item.code || `#${idOf(item)}`;
const percent = (share) => (share === null || !Number.isFinite(share) ? '–' : word('console.coverage.percent', { n: (100 * share).toFixed(1) }));

/** What the list of gaps is to be asked for beside the rest. */
export const placeWish = () => (chosen ? { [QUERY_NAMES[by]]: idOf(chosen) } : {});

/** Reads the figures, if they are wanted: of now, or of an hour {kind, from, to}. */
export async function readPlaces(hour, signal) {
  if (by === '') return;
  const path = hour ? withQuery('/v1/coverage/hours', hour) : '/v1/coverage';
  const found = [];
  let next;
  do {
    const page = await ask('GET', withQuery(path, { by, limit: PAGE, cursor: next }), undefined, signal);
    found.push(...page.items);
    ({ next } = page);
  } while (next);
  items = found;
  itemsOf = hour;
}

export function dropPlaces() {
  by = '';
  items = [];
  chosen = null;
}

/* Of now the metres of a class, of an hour its metre·hours. */
function figureOf(item, hour, gapClass) {
  if (hour) return { gap: item.gap_m_h, text: count(Math.round(item.gap_m_h)), share: item.share === null || hour.kind === 'difference' ? item.share : 1 - item.share };
  const gap = item[`${gapClass}_m`];
  return { gap, text: metres(gap), share: item.length_m > 0 ? gap / item.length_m : null };
}

function row(item, figure, onchange) {
  const isChosen = chosen !== null && idOf(chosen) === idOf(item);
  const choose = () => {
    chosen = isChosen ? null : item;
    onchange();
  };
  return make('tr', {}, make('th', { scope: 'row' }, make('button', { type: 'button', class: 'place-row', 'aria-pressed': String(isChosen), 'data-keep': `place-${idOf(item)}`, onclick: choose }, nameOf(item))),
    make('td', {}, figure.text), make('td', {}, percent(figure.share)));
}

function table(gapClass, onchange) {
  const rows = items.map((item) => ({ item, figure: figureOf(item, itemsOf, gapClass) })).filter(({ figure }) => figure.gap !== 0)
    .sort((a, b) => b.figure.gap - a.figure.gap).slice(0, SHOWN);
  return make('table', { class: 'reached' }, itemsOf ? make('caption', {}, word('console.coverage.in_metre_hours')) : null, make('tbody', {}, ...rows.map(({ item, figure }) => row(item, figure, onchange))));
}

/** The choice and the figures. `onchange` hears of another choice. */
export function placesBody(gapClass, onchange) {
  const choose = (event) => {
    dropPlaces();
    by = event.target.value;
    onchange();
  };
  return [make('label', { class: 'roads-row' }, make('span', {}, word('console.coverage.by')),
    make('select', { 'data-keep': 'coverage-by', onchange: choose }, make('option', { value: '' }, word('console.coverage.by.city')),
      ...PLACES.map((name) => make('option', { value: name, selected: name === by }, word(`console.coverage.by.${name}`))))),
  items.length > 0 ? table(gapClass, onchange) : ''];
}

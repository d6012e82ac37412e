// The map's twin: what a layer shows in this view, as a table. Each row leads to
// its place on the map.
import { ask } from './api.js';
import { $, make } from './dom.js';
import { age, count, metres } from './format.js';
import { gapClass, gapMiddle, gapName } from './gap_rows.js';
import { goTo, inView, map } from './map.js';
import { complain, say } from './say.js';
import { moment } from './sheets.js';
import { hasWord, onLanguage, word } from './words.js';

const LIMIT = 500;

function wordOf(group, value) {
  const key = `console.${group}.${value}`;
  return hasWord(key) ? word(key) : value;
}

function boxOf(bounds) {
  const cut = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(6);
  return [cut(bounds.getWest(), 180), cut(bounds.getSouth(), 90), cut(bounds.getEast(), 180), cut(bounds.getNorth(), 90)].join(',');
}

/* The middle of an area's outline is near enough to look at it. */
function middle(area) {
  const points = area.coordinates.flat(2);
  const sum = points.reduce((all, [lon, lat]) => [all[0] + lon, all[1] + lat], [0, 0]);
  return { lon: sum[0] / points.length, lat: sum[1] / points.length };
}

/* Each table: where its rows come from, whether of this view or from everywhere, and its
   columns. */
const TABLES = {
  people: {
    path: '/v1/people', at: (item) => item.position,
    columns: [['name', (item) => item.name], ['mode', (item) => word(`console.mode.${item.mode}`)],
      ['duty', (item) => word(item.on_duty ? 'console.state.on_duty' : 'console.state.off_duty')],
      ['age', (item) => (item.fix_age_s === undefined || item.fix_age_s === null ? '–' : age(item.fix_age_s))],
      ['accuracy', (item) => (item.accuracy_m ? `± ${metres(item.accuracy_m)}` : '')],
      ['remarks', (item) => [item.stale && word('console.state.stale'), ...(item.position_flags ?? []).map((flag) => wordOf('flag', flag))].filter(Boolean).join(' · ')]],
  },
  stations: {
    path: '/v1/stations', at: (item) => item.place,
    columns: [['name', (item) => item.name], ['code', (item) => item.code], ['address', (item) => item.address],
      ['hours', (item) => item.opening_hours], ['phone', (item) => item.phone]],
  },
  lookouts: {
    path: '/v1/lookout_points', at: (item) => item.place,
    columns: [['name', (item) => item.name], ['code', (item) => item.code], ['state', (item) => wordOf('lookout', item.state)],
      ['reach', (item) => metres(item.reach_m)], ['hours', (item) => item.hours]],
  },
  fences: {
    path: '/v1/fences', everywhere: true, at: (item) => item.place ?? middle(item.area),
    columns: [['name', (item) => item.name], ['kind', (item) => item.kinds.map((kind) => word(`console.fence.${kind}`)).join(' · ')],
      ['whom', (item) => word(`console.fence.${item.whom}`)], ['inside', (item) => count(item.inside)]],
  },
  closures: {
    path: '/v1/closures', everywhere: true, at: (item) => item.geometry && middle({ coordinates: [item.geometry.coordinates] }),
    columns: [['name', (item) => item.reason], ['mode', (item) => item.modes.map((mode) => word(`console.mode.${mode}`)).join(' · ')],
      ['length', (item) => metres(item.length_m)], ['from', (item) => (item.starts_at ? moment(item.starts_at) : '')], ['until', (item) => (item.ends_at ? moment(item.ends_at) : '')]],
  },
  gaps: {
    path: '/v1/gaps', at: gapMiddle,
    columns: [['name', gapName], ['class', (item) => gapClass(item.class)], ['grid', (item) => item.grid_code], ['length', (item) => metres(item.length_m)]],
  },
  hot_spots: {
    path: '/v1/hot_spots', at: (item) => middle(item.area),
    columns: [['name', (item) => item.name], ['code', (item) => item.code]],
  },
  grids: {
    path: '/v1/grids', at: (item) => middle(item.area),
    columns: [['code', (item) => item.code], ['name', (item) => item.name], ['kind', (item) => wordOf('grid', item.kind)],
      ['responsible', (item) => item.responsible]],
  },
};

let open = null;
let running;

function cell(item, at, [, value], first) {
  const text = value(item) || '–';
  if (!first || !at) return make('td', {}, text);
  return make('td', {}, make('button', { type: 'button', class: 'go', onclick: () => goTo(at) }, text));
}

function tableOf(table, items) {
  return make('table', {},
    make('thead', {}, make('tr', {}, ...table.columns.map(([name]) => make('th', { scope: 'col' }, word(`console.column.${name}`))))),
    make('tbody', {}, ...items.map((item) => {
      const at = table.at(item);
      return make('tr', {}, ...table.columns.map((column, i) => cell(item, at, column, i === 0)));
    })));
}

function showTabs() {
  $('twin-tabs').replaceChildren(...Object.keys(TABLES).map((name) => make('button', {
    type: 'button', role: 'tab', 'aria-selected': String(name === open), onclick: () => openTwin(name),
  }, word(`console.layer.${name}`))));
}

async function load() {
  if (!open) return;
  const name = open;
  running?.abort();
  running = new AbortController();
  try {
    const query = new URLSearchParams({ limit: LIMIT, ...(!TABLES[name].everywhere && { bbox: boxOf(inView()), frame: 'wgs84' }) });
    const answer = await ask('GET', `${TABLES[name].path}?${query}`, undefined, running.signal);
    if (open !== name) return;
    const items = answer.items;
    const many = word(answer.next ? 'console.twin.first' : 'console.twin.count', { n: count(items.length) });
    $('twin-count').textContent = many;
    $('twin-body').replaceChildren(items.length > 0 ? tableOf(TABLES[name], items) : make('p', { class: 'nothing' }, word('console.twin.nothing')));
    say(`${word(`console.layer.${name}`)}: ${many}`);
  } catch (problem) {
    complain(problem);
  }
}

/** Opens the table of a layer, or goes over to it. */
export function openTwin(name) {
  open = name;
  $('twin').hidden = false;
  $('twin-body').replaceChildren();
  showTabs();
  load();
  $('twin-tabs').querySelector('[aria-selected="true"]').focus();
  map.resize();
}

/** False when none is open. */
export function closeTwin() {
  if (!open) return false;
  open = null;
  running?.abort();
  $('twin').hidden = true;
  map.resize();
  map.getCanvas().focus();
  return true;
}

export function startTwin() {
  $('twin-close').addEventListener('click', closeTwin);
  map.on('moveend', load);
  onLanguage(() => {
    if (!open) return;
    showTabs();
    load();
  });
}

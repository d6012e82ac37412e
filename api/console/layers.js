// The layer switcher: what the map shows, with its symbols explained.
import { city, onCity } from './city.js';
import { loadClosures } from './closures.js';
import { $, make } from './dom.js';
import { loadFences } from './fences.js';
import { loadHotSpots } from './hot_spots.js';
import { drawPageIcons } from './icons.js';
import { colours, map } from './map.js';
import { openTwin } from './twin.js';
import { onLanguage, word } from './words.js';

const KEY = 'vigil.layers';

/* What a switch shows: layers of the style; whether it has a table twin, or is asked for
   only when it is on; what its symbols mean; and of which of the import's layers it is made, if of any. */
const SWITCHES = [
  { name: 'people', layers: ['people-cells', 'people-cell-count', 'people-dots', 'people', 'people-doubt'], on: true, twin: true,
    meaning: [['person-foot', 'mode.foot'], ['person-ebike', 'mode.ebike'], ['person-car', 'mode.car'], ['person-foot-off', 'state.off_duty'],
      ['person-foot-stale', 'state.stale'], ['doubt', 'state.doubt']] },
  { name: 'stations', layers: ['stations'], on: true, twin: true, meaning: [['station', 'layer.station']] },
  { name: 'lookouts', layers: ['lookouts'], on: true, twin: true,
    meaning: [['lookout', 'state.lookout_on'], ['lookout-off', 'state.lookout_off']] },
  { name: 'closures', layers: ['closures-casing', 'closures', 'closures-mark'], on: true, twin: true, load: loadClosures, meaning: [['closed', 'closure.closed'], ['slowed', 'closure.slowed']] },
  { name: 'fences', layers: ['fence-area', 'fence-line', 'fence-name'], on: false, twin: true, load: loadFences, meaning: [] },
  { name: 'hot_spots', layers: ['hot-spot-area', 'hot-spot-line', 'hot-spot-name'], on: false, twin: true, load: loadHotSpots, meaning: [] },
  { name: 'grids', layers: ['grid-area', 'grid-line', 'grid-name'], on: false, twin: true, meaning: [] },
  { name: 'buildings', layers: ['buildings'], on: true, of: ['buildings'] },
  { name: 'surroundings', layers: ['green', 'water-area', 'water-line', 'boundaries', 'green-name', 'water-name', 'river-name'], on: true,
    of: ['water', 'green', 'boundaries'] },
];

const shown = new Map(SWITCHES.map((item) => [item.name, item.on]));

function remember() {
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(shown)));
}

function recall() {
  const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}');
  for (const item of SWITCHES) if (typeof kept[item.name] === 'boolean') shown.set(item.name, kept[item.name]);
}

function apply(item) {
  for (const layer of item.layers) map.setLayoutProperty(layer, 'visibility', shown.get(item.name) ? 'visible' : 'none');
  if (shown.get(item.name)) item.load?.();
}

export function toggleLayer(name, on = !shown.get(name)) {
  const item = SWITCHES.find((one) => one.name === name);
  shown.set(name, on);
  apply(item);
  remember();
  show();
}

function meaningOf(item) {
  if (!item.meaning || item.meaning.length < 2 || !shown.get(item.name)) return null;
  return make('ul', { class: 'meaning' }, ...item.meaning.map(([icon, text]) => make('li', {},
    make('canvas', { class: 'shape', 'data-icon': icon, width: 36, height: 36 }), word(`console.${text}`))));
}

/* An extract may be of streets alone. */
function isEmpty(item) {
  return item.of !== undefined && !item.of.some((layer) => city.layers.includes(layer));
}

function row(item) {
  const title = word(`console.layer.${item.name}`);
  const empty = isEmpty(item);
  const toggle = make('input', { type: 'checkbox', checked: shown.get(item.name) && !empty, disabled: empty, onchange: () => toggleLayer(item.name) });
  toggle.dataset.layer = item.name;
  const list = item.twin ? make('button', { type: 'button', class: 'layer-list', 'aria-label': word('console.twin.open', { layer: title }), onclick: () => openTwin(item.name) }, word('console.twin.list')) : null;
  const remark = empty ? make('small', {}, word('console.layer.empty')) : null;
  return make('div', {}, make('div', { class: 'layer' }, make('label', {}, toggle, title, remark), list), meaningOf(item));
}

function show() {
  const focused = document.activeElement?.dataset?.layer;
  $('layers').replaceChildren(...SWITCHES.map(row));
  drawPageIcons($('layers'), colours);
  if (focused) $('layers').querySelector(`[data-layer="${focused}"]`)?.focus();
}

function fold() {
  const open = $('layers').hidden;
  $('layers').hidden = !open;
  $('legend-head').setAttribute('aria-expanded', String(open));
}

export function startLayers() {
  recall();
  for (const item of SWITCHES) apply(item);
  $('legend-head').addEventListener('click', fold);
  onLanguage(show);
  let known = city.layers.join();
  onCity((now) => {
    if (now.layers.join() === known) return;
    known = now.layers.join();
    show();
  });
}

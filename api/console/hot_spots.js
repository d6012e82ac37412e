// Hot spots: where a patrol counts for two hours, and only when it stayed. A layer, and a
// tool that lists them and draws another by its corners.
import { ask } from './api.js';
import { make } from './dom.js';
import { toggleLayer } from './layers.js';
import { map, showAll } from './map.js';
import { orgLink } from './orgs.js';
import { caller } from './pages.js';
import { isPointing, point, setSource, show } from './roads.js';
import { complain, say } from './say.js';
import { button, form } from './sheets.js';
import { word } from './words.js';

const MAKERS = ['admin', 'dispatcher', 'planner', 'manager'];
const LIMIT = 1000;
const CORNERS_MIN = 3;
const CORNERS_MAX = 100;

let isOpen = false;
let items = null;
let corners = []; // of the one that is drawn

const mayMake = () => MAKERS.includes(caller.role);
const pair = ({ lon, lat }) => [lon, lat];

function feature({ area, name, hot_spot_id: id }) {
  return { type: 'Feature', properties: { id, name }, geometry: { type: area.type, coordinates: area.coordinates } };
}

/** Brings the layer up to date. */
export async function loadHotSpots() {
  try {
    ({ items } = await ask('GET', `/v1/hot_spots?limit=${LIMIT}`));
    map.getSource('hot-spots').setData({ type: 'FeatureCollection', features: items.map(feature) });
  } catch (problem) {
    items ??= [];
    complain(problem);
  }
  if (isOpen && isPointing()) show();
}

function drawCorners() {
  const line = corners.length > 1 ? [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [...corners, corners[0]].map(pair) } }] : [];
  setSource('hot-spot-new', [...line, ...corners.map(({ lon, lat }) => point(lon, lat))]);
}

function setCorners(next) {
  corners = next;
  drawCorners();
  show();
}

function askName() {
  const ring = [...corners, corners[0]].map(pair);
  form('console.hot_spot.new', [
    { name: 'name', key: 'console.column.name', required: true, most: 60 },
    { name: 'code', key: 'console.column.code', required: true, most: 40, value: `hot-${Date.now().toString(36)}` },
  ], async ({ name, code }) => {
    await ask('POST', '/v1/hot_spots', { name, code, area: { frame: 'wgs84', type: 'Polygon', coordinates: [ring] } });
    setCorners([]);
    say(word('console.hot_spot.done', { name }));
    await loadHotSpots();
  });
}

async function close(item) {
  if (!confirm(word('console.hot_spot.close_sure', { name: item.name }))) return;
  try {
    await ask('DELETE', `/v1/hot_spots/${item.hot_spot_id}`, undefined, undefined, undefined, item.version);
    await loadHotSpots();
  } catch (problem) {
    complain(problem);
  }
}

function drawing() {
  if (!mayMake()) return [];
  if (corners.length === 0) return [make('p', {}, word('console.hot_spot.lead'))];
  const ready = corners.length >= CORNERS_MIN;
  return [make('p', {}, word(ready ? 'console.hot_spot.ready' : 'console.hot_spot.more', { n: corners.length })), make('div', { class: 'roads-row' },
    ready ? button('console.hot_spot.finish', askName, { class: 'small-button', 'data-keep': 'hot-finish' }) : '',
    button('console.hot_spot.back', () => setCorners(corners.slice(0, -1)), { class: 'small-button', 'data-keep': 'hot-back' }))];
}

function row(item) {
  const points = item.area.coordinates.flat(item.area.type === 'MultiPolygon' ? 2 : 1);
  return make('li', {}, make('div', {}, make('button', { type: 'button', class: 'go', onclick: () => showAll(points) }, item.name), make('small', {}, item.code, ' · ', orgLink(item.org_id))),
    mayMake() ? button('console.hot_spot.close', () => close(item), { class: 'small-button', 'data-keep': `hot-${item.hot_spot_id}` }) : '');
}

function listed() {
  if (items === null) return [];
  return [items.length > 0 ? make('ul', { class: 'closures' }, ...items.map(row)) : make('p', {}, word('console.hot_spot.none'))];
}

function body() {
  if (!isOpen) {
    isOpen = true;
    queueMicrotask(() => toggleLayer('hot_spots', true)); // which asks for them, too
  }
  return [make('p', {}, word('console.hot_spot.about')), ...drawing(), ...listed()];
}

/** The tool, for roads.js. */
export const hotSpots = {
  hasMode: false,
  body,
  pointed(at) {
    if (mayMake() && corners.length < CORNERS_MAX) setCorners([...corners, at]);
  },
  clear() {
    isOpen = false;
    corners = [];
    drawCorners();
  },
};

// What can be reached from some places, or from where a place can be reached, within
// one, three and five minutes: outlines on the map, street metres beside it.
import { make } from './dom.js';
import { coordinates, metres } from './format.js';
import { mode, oneQuestion, openTool, place, point, setSource, show, withoutButton } from './roads.js';
import { word } from './words.js';

const LIMITS_S = [60, 180, 300];
const SOURCES_MAX = 100;

let sources = []; // {lon, lat} and, of somebody or something known, {key, id, name}
let direction = 'towards';
let found = [];

const reach = oneQuestion();

function draw() {
  const areas = [...found].sort((a, b) => b.limit_s - a.limit_s).filter((one) => one.outline)
    .map((one) => ({ type: 'Feature', properties: { limit: one.limit_s }, geometry: one.outline }));
  setSource('reachable', [...areas, ...sources.map(({ lon, lat }) => point(lon, lat))]);
}

const asked = (source) => (source.key ? { [source.key]: source.id } : { place: place(source) });

async function find() {
  reach.drop();
  found = [];
  draw();
  show();
  if (sources.length === 0) return;
  const answer = await reach.ask('/v1/reach', { sources: sources.map(asked), mode, direction, limits_s: LIMITS_S, outline: true, streets: false });
  if (!answer) return;
  found = answer.limits;
  draw();
  show();
}

function directionBox(name) {
  return make('label', {}, make('input', {
    type: 'radio', name: 'roads-direction', value: name, checked: name === direction, 'data-keep': `direction-${name}`,
    onchange: () => {
      direction = name;
      find();
    },
  }), word(`console.roads.direction.${name}`));
}

function without(i) {
  sources = sources.filter((_, at) => at !== i);
  find();
}

function sourceRow(source, i) {
  const name = source.name || coordinates(source.lon, source.lat);
  return make('li', {}, make('span', {}, name),
    withoutButton(`source-${i}`, name, () => without(i)));
}

function body() {
  const parts = [make('div', { class: 'roads-row' }, directionBox('towards'), directionBox('from'))];
  if (sources.length > 0) parts.push(make('ol', { class: 'stops' }, ...sources.map(sourceRow)));
  else parts.push(make('p', {}, word('console.roads.reach.lead')));
  if (found.length > 0)
    parts.push(make('table', { class: 'reached' }, make('tbody', {}, ...found.map((one) => make('tr', {},
      make('th', { scope: 'row' }, word('console.roads.minutes', { n: one.limit_s / 60 })), make('td', {}, metres(one.length_m)))))));
  return parts;
}

/** The tool, for roads.js. */
export const reachable = {
  hasMode: true,
  body,
  pointed(at) {
    if (sources.length === SOURCES_MAX) return;
    sources = [...sources, at];
    find();
  },
  modeChanged: find,
  clear() {
    reach.drop();
    sources = [];
    found = [];
    draw();
  },
};

/** Opens the tool with somebody or something that has an id: key is person_id, station_id … */
export function reachOf(key, id, name, at) {
  openTool('reach');
  direction = 'from';
  sources = [{ key, id, name, lon: at.lon, lat: at.lat }];
  find();
}

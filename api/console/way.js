// A way with stops: others that are nearly as good, or without what is to be avoided.
import { make } from './dom.js';
import { coordinates, duration, metres } from './format.js';
import { mode, oneQuestion, place, point, setSource, show, withoutButton } from './roads.js';
import { language, word } from './words.js';

const AVOID = ['motorway', 'ferry', 'steps'];
const OTHERS = 2;
const STOPS_MAX = 27; // both ends and 25 between

let stops = [];
let avoid = new Set();
let ways = []; // the first is the fastest
let chosen = 0;

const route = oneQuestion();

function draw() {
  const order = ways.map((way, i) => ({ way, part: i === chosen ? 'chosen' : 'other' })).sort((a, b) => (a.part < b.part ? 1 : -1));
  setSource('way', [
    ...order.map(({ way, part }) => ({ type: 'Feature', properties: { part }, geometry: way.geometry })),
    ...stops.map((stop, i) => point(stop.lon, stop.lat, { part: 'stop', name: String.fromCharCode(65 + i) }))]);
}

/* Other ways are looked for only where nothing stands between and nothing is avoided. */
function question() {
  const between = stops.slice(1, -1);
  return {
    from: place(stops[0]), to: place(stops.at(-1)), mode,
    ...(between.length > 0 && { via: between.map(place) }),
    ...(avoid.size > 0 && { avoid: { classes: [...avoid] } }),
    ...(between.length === 0 && avoid.size === 0 && { alternatives: OTHERS }),
  };
}

async function find() {
  route.drop();
  ways = [];
  chosen = 0;
  draw();
  show();
  if (stops.length < 2) return;
  const answer = await route.ask('/v1/route', question());
  if (!answer) return;
  ways = [answer, ...(answer.alternatives ?? [])];
  draw();
  show();
}

function without(i) {
  stops = stops.filter((_, at) => at !== i);
  find();
}

function stopRow(stop, i) {
  return make('li', {}, make('b', {}, String.fromCharCode(65 + i)), make('span', {}, coordinates(stop.lon, stop.lat)),
    withoutButton(`stop-${i}`, String.fromCharCode(65 + i), () => without(i)));
}

function avoidBox(name) {
  return make('label', {}, make('input', {
    type: 'checkbox', checked: avoid.has(name), 'data-keep': `avoid-${name}`,
    onchange: ({ target }) => {
      if (target.checked) avoid.add(name);
      else avoid.delete(name);
      find();
    },
  }), word(`console.roads.avoid.${name}`));
}

function choose(i) {
  chosen = i;
  draw();
  show();
}

function wayButton(way, i) {
  return make('button', { type: 'button', class: 'small-button', 'aria-pressed': String(i === chosen), 'data-keep': `way-${i}`, onclick: () => choose(i) },
    `${duration(way.duration_s)} · ${metres(way.length_m)}`);
}

function stepRow(step) {
  return make('li', {}, make('span', { class: 'step-text' }, language === 'zh' ? step.text_zh : step.text_en),
    make('span', { class: 'step-far' }, step.length_m > 0 ? metres(step.length_m) : ''));
}

function body() {
  const parts = [make('div', { class: 'roads-row' }, make('span', {}, word('console.roads.avoid')), ...AVOID.map(avoidBox))];
  if (stops.length > 0) parts.push(make('ol', { class: 'stops' }, ...stops.map(stopRow)));
  if (stops.length < 2) parts.push(make('p', {}, word(stops.length === 0 ? 'console.roads.way.from' : 'console.roads.way.to')));
  if (ways.length > 0) {
    parts.push(make('div', { class: 'roads-row', role: 'group', 'aria-label': word('console.roads.ways') }, ...ways.map(wayButton)));
    parts.push(make('ol', { class: 'roads-steps' }, ...ways[chosen].steps.map(stepRow)));
  }
  return parts;
}

/** The tool, for roads.js. */
export const way = {
  hasMode: true,
  body,
  pointed(at) {
    if (stops.length === STOPS_MAX) return;
    stops = [...stops, at];
    find();
  },
  modeChanged: find,
  clear() {
    route.drop();
    stops = [];
    avoid = new Set();
    ways = [];
    draw();
  },
};

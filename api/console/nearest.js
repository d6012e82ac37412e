// Who can be there first: asks, lists and draws. The list and the map always show
// the same people with the same numbers.
import { ask } from './api.js';
import { $, make } from './dom.js';
import { onEvent } from './events.js';
import { age, coordinates, duration, metres, spokenDuration } from './format.js';
import { drawPageIcons } from './icons.js';
import { colours, map, showAll } from './map.js';
import { pointed } from './roads.js';
import { complain, hush, say } from './say.js';
import { language, onLanguage, word } from './words.js';

const WANTED = 10;
const MODES = ['foot', 'ebike', 'car'];
const TAKEN = new Set(['offered', 'seen', 'accepted', 'enroute', 'on_scene', 'working']);

let place = null; // {lon, lat, name}
let people = [];
let chosen = -1;
let steps = null; // of the chosen one, once they have come
let running = null;
let failed = false; // the question got no answer, which is not the answer that nobody can come
let gated = false; // volunteers may not be sent to this type
let forIncident = null; // whom the candidates are for; null: somebody only wants to know
const ticked = new Set(); // person_ids of those to be sent
const taken = new Set(); // of those who were sent elsewhere since they were found

export const placeNow = () => place;

/** The candidates who are ticked, the fastest first. */
export function picked() {
  return people.filter((person) => ticked.has(person.person_id));
}

function modes() {
  return [...document.querySelectorAll('#ask .modes input:checked')].map((box) => box.value);
}

function collection(features) {
  return { type: 'FeatureCollection', features };
}

function line(part, geometry) {
  return { type: 'Feature', properties: { part }, geometry };
}

/* The way there; of the chosen one also what lies beside the streets, from where
   she stands and to the place itself. */
function lines(person, rank) {
  const way = person.route.geometry;
  if (!way) return [];
  if (rank !== chosen) return [line('other', way)];
  const beside = (from, to) => line('off_road', { type: 'LineString', coordinates: [from, to] });
  return [line('chosen', way), beside([person.position.lon, person.position.lat], way.coordinates[0]),
    beside(way.coordinates.at(-1), [place.lon, place.lat])];
}

function dot(person, rank) {
  const { lon, lat } = person.position;
  return { type: 'Feature', properties: { rank: rank + 1, chosen: rank === chosen }, geometry: { type: 'Point', coordinates: [lon, lat] } };
}

function draw() {
  map.getSource('routes').setData(collection(people.flatMap(lines)));
  map.getSource('candidates').setData(collection(people.map(dot)));
  map.getSource('incident').setData(collection(place
    ? [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [place.lon, place.lat] } }] : []));
}

function stepList() {
  if (!steps) return null;
  const text = (step) => (language === 'zh' ? step.text_zh : step.text_en);
  return make('ol', { class: 'steps' }, ...steps.map((step) => make('li', {},
    make('span', { class: 'step-text' }, text(step)),
    make('span', { class: 'step-far' }, step.length_m > 0 ? metres(step.length_m) : ''))));
}

function fixAge(person) {
  return make('span', { class: person.stale ? 'age-old' : '' }, age(person.fix_age_s));
}

/* Of whom nothing was heard for long, who may have come nearer or gone further: when she
   is there at the latest, by which she is ranked. */
function arrival(person) {
  return person.eta_most_s > person.eta_s ? [make('small', {}, `${duration(person.eta_least_s)} – `), duration(person.eta_most_s)] : [duration(person.eta_s)];
}

/* What her row says of sending her. */
function tick(person) {
  if (!forIncident) return null;
  if (taken.has(person.person_id)) return make('span', { class: 'person-tick taken' }, word('console.person.taken'));
  return make('span', { class: 'person-tick', 'aria-hidden': 'true' }, ticked.has(person.person_id) ? '☑' : '☐');
}

function row(person, rank) {
  const isTicked = ticked.has(person.person_id);
  const label = word('console.person.label', {
    rank: rank + 1, name: person.name, mode: word(`console.mode.${person.mode}`),
    time: spokenDuration(person.eta_s), far: metres(person.road_m), age: age(person.fix_age_s),
  });
  const button = make('button', { type: 'button', class: 'person', 'aria-pressed': String(forIncident ? isTicked : rank === chosen), 'data-chosen': rank === chosen ? '' : null, 'data-person': person.person_id, 'aria-label': label, onclick: () => choose(rank) },
    make('span', { class: 'person-rank' }, String(rank + 1)),
    make('span', { class: 'person-name' }, person.name),
    make('span', { class: 'person-eta' }, ...arrival(person)),
    make('span', { class: 'person-mode' },
      make('canvas', { class: 'shape', 'data-icon': `person-${person.mode}`, width: 36, height: 36 }),
      `${word(`console.mode.${person.mode}`)} · `, fixAge(person)),
    make('span', { class: 'person-road' }, tick(person), metres(person.road_m)));
  return make('li', {}, button, rank === chosen ? stepList() : null);
}

function showPlace() {
  $('place').hidden = !place;
  if (!place) return;
  $('place-name').textContent = place.name || word('console.place.clicked');
  $('place-at').textContent = coordinates(place.lon, place.lat);
}

function leadWord() {
  if (!place) return 'console.nearest.lead';
  if (gated) return 'console.nearest.gated';
  if (running) return 'console.nearest.asking';
  return failed ? 'console.nearest.failed' : 'console.nearest.nobody';
}

function show() {
  showPlace();
  const focused = document.activeElement?.classList.contains('person');
  $('people').hidden = people.length === 0;
  $('people').replaceChildren(...people.map(row));
  $('lead').hidden = people.length > 0;
  $('lead').textContent = word(leadWord());
  $('order-open').hidden = !forIncident;
  $('order-open-count').textContent = forIncident ? `${picked().length}` : '';
  $('new-open').hidden = !place || forIncident !== null;
  drawPageIcons($('people'), colours);
  if (focused && chosen >= 0) button(chosen)?.focus();
}

function button(rank) {
  return $('people').querySelectorAll('.person')[rank];
}

async function loadSteps(person) {
  const { lon, lat } = place;
  try {
    const route = await ask('POST', '/v1/route', { from: person.position, to: { lon, lat, frame: 'wgs84' }, mode: person.mode }, running?.signal);
    if (people[chosen] !== person) return;
    steps = route.steps;
    show();
  } catch (problem) {
    complain(problem);
  }
}

function toggle(person) {
  if (taken.has(person.person_id)) return;
  if (!ticked.delete(person.person_id)) ticked.add(person.person_id);
}

/** Chooses the candidate of this rank, 0 the fastest; for an incident it ticks her, or
    takes the tick away. */
export function choose(rank) {
  if (rank >= people.length) return;
  if (forIncident) toggle(people[rank]);
  chosen = rank;
  steps = null;
  draw();
  show();
  button(rank)?.scrollIntoView({ block: 'nearest' });
  say(button(rank)?.getAttribute('aria-label') ?? '');
  loadSteps(people[rank]);
}

function forget(wanted, incident) {
  place = wanted;
  forIncident = incident;
  people = [];
  chosen = -1;
  gated = false;
  ticked.clear();
  taken.clear();
}

/** Forgets the place; false when there was none. */
export function clear() {
  if (!place) return false;
  running?.abort();
  running = null;
  forget(null, null);
  draw();
  show();
  hush();
  return true;
}

/** Brings the place and the chosen route into view. */
export function fit() {
  if (!place) return;
  const going = chosen < 0 ? people : [people[chosen]];
  const route = people[chosen]?.route?.geometry?.coordinates ?? [];
  showAll([[place.lon, place.lat], ...going.map((person) => [person.position.lon, person.position.lat]), ...route]);
}

/** Asks for the fastest to reach a place; for an incident those who may be sent to it,
    and ticks the first. */
export async function askNearest(wanted, incident = null) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  failed = false;
  forget(wanted, incident);
  $('people').toggleAttribute('data-busy', true);
  draw();
  show();
  try {
    const answer = await ask('POST', '/v1/nearest', {
      place: { lon: place.lon, lat: place.lat, frame: 'wgs84' }, k: WANTED, modes: modes(), routes: true, ...(incident && { incident_type: incident.type }),
    }, mine.signal);
    hush();
    gated = incident !== null && !answer.volunteers_allowed;
    people = answer.people.map((person) => ({ ...person, route: person.route ?? { geometry: null } }));
  } catch (problem) {
    if (problem.name === 'AbortError') return;
    failed = true;
    complain(problem);
  }
  running = null;
  $('people').toggleAttribute('data-busy', false);
  if (people.length > 0) choose(0);
  else {
    draw();
    show();
  }
  say(people.length > 0
    ? word('console.nearest.found', { n: people.length, name: people[0].name, time: spokenDuration(people[0].eta_s) })
    : word(leadWord()));
}

/** The same question once more; after an order nobody is ticked, so that the same keys
    do not send another. */
export async function askAgain(afterOrder = false) {
  if (!place) return;
  await askNearest(place, forIncident);
  if (!afterOrder) return;
  ticked.clear();
  show();
}

function modesChanged(event) {
  if (modes().length === 0) event.target.checked = true;
  else askAgain();
}

/* Somebody was sent to another incident; who, only those hear who may ask. One of the
   candidates stays where she is in the list, so that no digit comes to mean another, and
   cannot be ticked. */
async function noteTaken({ incident_id: id, data }) {
  if (!forIncident || id === forIncident.incident_id || data.event !== 'ordered') return;
  try {
    const orders = await ask('GET', `/v1/incidents/${id}/dispatches`);
    for (const { person_id: person, state } of orders.items.flatMap((order) => order.people))
      if (TAKEN.has(state) && people.some((one) => one.person_id === person)) {
        taken.add(person);
        ticked.delete(person);
      }
    show();
  } catch (problem) {
    complain(problem);
  }
}

/** `onPlace` is called when somebody has pointed at the map. */
export function startNearest(onPlace) {
  onEvent('dispatch', noteTaken);
  for (const mode of MODES) document.querySelector(`#ask .modes input[value="${mode}"]`).addEventListener('change', modesChanged);
  $('clear').addEventListener('click', clear);
  map.on('click', (event) => {
    const under = map.queryRenderedFeatures(event.point, { layers: ['stations', 'lookouts'] })[0];
    const at = under ? { lon: under.geometry.coordinates[0], lat: under.geometry.coordinates[1] }
      : { lon: event.lngLat.lng, lat: event.lngLat.lat };
    if (pointed(at)) return;
    if (map.queryRenderedFeatures(event.point, { layers: ['incidents'] }).length > 0) return; // is worked on instead
    onPlace({ ...at, name: under?.properties.name ?? '' });
  });
  map.on('mouseenter', 'candidates', () => { map.getCanvas().style.cursor = 'pointer'; });
  map.on('mouseleave', 'candidates', () => { map.getCanvas().style.cursor = ''; });
  onLanguage(show);
}

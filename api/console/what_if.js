// And if? Lookout points that are added or closed, people who are sent: what that would
// change on the streets, in metres and in which grids, before anybody does it.
import { make } from './dom.js';
import { metres } from './format.js';
import { circle } from './fences.js';
import { map } from './map.js';
import { oneQuestion, place, point, setSource, show, withoutButton } from './roads.js';
import { word } from './words.js';

const CHANGES_MAX = 20;
const REACH_M = 150;
const NEAR_PX = 12;
const GRIDS_SHOWN = 6;

let changes = []; // {what: as the server wants it, name, at}
let answer = null;

const question = oneQuestion();

const line = (geometry, part) => ({ type: 'Feature', properties: { part }, geometry });

function draw() {
  const result = answer?.candidates[0];
  setSource('what-if', [
    ...(result?.lost ? [line(result.lost, 'lost')] : []),
    ...(result?.gained ? [line(result.gained, 'gained')] : []),
    ...changes.filter(({ what }) => what.add_lookout).map(({ at }) => line({ type: 'LineString', coordinates: circle(at, REACH_M) }, 'around')),
    ...changes.map(({ at }) => point(at.lon, at.lat, { part: 'change' })),
  ]);
}

async function find() {
  question.drop();
  answer = null;
  draw();
  show();
  if (changes.length === 0) return;
  answer = await question.ask('/v1/coverage/what-if', { candidates: [changes.map(({ what }) => what)] }) ?? null;
  if (!answer) return;
  draw();
  show();
}

/* What stands where was clicked: a lookout point or somebody, else nothing. */
function hit({ lon, lat }) {
  const at = map.project([lon, lat]);
  const box = [[at.x - NEAR_PX, at.y - NEAR_PX], [at.x + NEAR_PX, at.y + NEAR_PX]];
  return map.queryRenderedFeatures(box, { layers: ['lookouts', 'people', 'people-dots'] })[0];
}

function changeAt(at) {
  const feature = hit(at);
  if (feature?.sourceLayer === 'lookouts')
    return { what: { close_lookout: { lookout_point_id: feature.id } }, name: word('console.what_if.close', { name: feature.properties.name }), at };
  if (feature?.sourceLayer === 'people')
    return { what: { send: { person_id: feature.id } }, name: word('console.what_if.send', { id: feature.id }), at };
  return { what: { add_lookout: { place: place(at), reach_m: REACH_M } }, name: word('console.what_if.add', { far: metres(REACH_M) }), at };
}

function without(i) {
  changes = changes.filter((_, at) => at !== i);
  find();
}

function changeRow({ name }, i) {
  return make('li', {}, make('span', {}, name), withoutButton(`change-${i}`, name, () => without(i)));
}

const signed = (value) => `${value > 0 ? '+' : value < 0 ? '−' : '±'}${metres(Math.abs(value))}`;

function resultTable({ before }, { after, grids }) {
  const rows = ['unwatched', 'dark', 'unreachable', 'thin'].map((name) => make('tr', {}, make('th', { scope: 'row' }, word(`console.gap.${name}`)),
    make('td', {}, metres(after[`${name}_m`])), make('td', {}, signed(after[`${name}_m`] - before[`${name}_m`]))));
  const most = [...grids].sort((a, b) => Math.abs(b.change_m.unwatched) - Math.abs(a.change_m.unwatched)).slice(0, GRIDS_SHOWN);
  return [make('table', { class: 'reached' }, make('tbody', {}, ...rows)),
    most.length > 0 ? make('ul', { class: 'closures' }, ...most.map((grid) => make('li', {}, make('span', {}, grid.code), make('span', {}, signed(grid.change_m.unwatched))))) : ''];
}

/** A click on the map while the coverage is open. */
export function whatIfAt(at) {
  changes = [...changes, changeAt(at)].slice(-CHANGES_MAX);
  find();
}

export function whatIfBody() {
  if (changes.length === 0) return [make('p', {}, word('console.what_if.lead'))];
  return [make('h3', {}, word('console.what_if.title')), make('ol', { class: 'stops' }, ...changes.map(changeRow)),
    ...(answer ? resultTable(answer, answer.candidates[0]) : [make('p', {}, word('console.what_if.waiting'))])];
}

export function clearWhatIf() {
  question.drop();
  changes = [];
  answer = null;
  draw();
}

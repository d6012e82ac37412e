// And if? Lookout points that are added or closed, people who are sent, shifts that are held
// at other times (what_if_shifts.js): what that would change on the streets, now or in the
// hours of a week's plan, in metres and in which grids, before anybody does it.
import { make } from './dom.js';
import { count, metres } from './format.js';
import { circle } from './fences.js';
import { map } from './map.js';
import { oneQuestion, place, point, setSource, show, withoutButton } from './roads.js';
import { hourName } from './week.js';
import { closePost, openPost, postBody } from './what_if_shifts.js';
import { word } from './words.js';

const CHANGES_MAX = 20;
const REACH_M = 150;
const NEAR_PX = 12;
const GRIDS_SHOWN = 6;

let changes = []; // {what: as the server wants it, name, at, of: what is changed}
let answer = null;
let when = { isNow: true }; // or {from, to: of the plan, hour: in milliseconds}; null: not to be asked here

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
  const hours = when.isNow ? {} : { kind: 'plan', from: when.from, to: when.to };
  answer = await question.ask('/v1/coverage/what-if', { ...hours, candidates: [changes.map(({ what }) => what)] }) ?? null;
  if (!answer) return;
  draw();
  show();
}

/* What stands where was clicked: a lookout point or somebody, else nothing. */
function hit({ lon, lat }, layers = ['lookouts', 'people', 'people-dots']) {
  const at = map.project([lon, lat]);
  const box = [[at.x - NEAR_PX, at.y - NEAR_PX], [at.x + NEAR_PX, at.y + NEAR_PX]];
  return map.queryRenderedFeatures(box, { layers })[0];
}

function changeAt(at) {
  const feature = hit(at);
  if (feature?.sourceLayer === 'lookouts')
    return { what: { close_lookout: { lookout_point_id: feature.id } }, name: word('console.what_if.close', { name: feature.properties.name }), at };
  if (feature?.sourceLayer === 'people')
    return { what: { send: { person_id: feature.id } }, name: word('console.what_if.send', { id: feature.id }), at };
  return newPost(at);
}

function newPost(at) {
  return { what: { add_lookout: { place: place(at), reach_m: REACH_M } }, name: word('console.what_if.add', { far: metres(REACH_M) }), at };
}

/* In the place of what was said before of the same. */
function add(change) {
  changes = [...changes.filter(({ of }) => !of || of !== change.of), change].slice(-CHANGES_MAX);
  find();
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

const hoursOf = (value) => word('console.gap.metre_hours', { n: count(Math.round(value)) });
const signedHours = (value) => `${value > 0 ? '+' : value < 0 ? '−' : '±'}${hoursOf(Math.abs(value))}`;

/* Of the week, of the hour that is chosen, and where most changes. */
function planTable({ before, hours }, { after, change_m_h: change, hours: then, grids }) {
  const now = hours.findIndex(({ from }) => Date.parse(from) === when.hour);
  const row = (text, value, by) => make('tr', {}, make('th', { scope: 'row' }, text), make('td', {}, hoursOf(value)), make('td', {}, signedHours(by)));
  const most = [...grids].sort((a, b) => Math.abs(b.change_m_h.unwatched) - Math.abs(a.change_m_h.unwatched)).slice(0, GRIDS_SHOWN);
  return [make('table', { class: 'reached' }, make('caption', {}, word('console.gap.unwatched')), make('tbody', {},
    row(word('console.what_if.week'), after.gap_m_h, after.gap_m_h - before.gap_m_h),
    ...(now < 0 ? [] : [row(hourName(when.hour), then[now].gap_m_h, then[now].gap_m_h - hours[now].gap_m_h)]))),
  change.unwatched === 0 ? make('p', {}, word('console.what_if.same')) : '',
  most.length > 0 ? make('ul', { class: 'closures' }, ...most.map((grid) => make('li', {}, make('span', {}, grid.code), make('span', {}, signedHours(grid.change_m_h.unwatched))))) : ''];
}

/** A click on the map while the coverage is open. */
export function whatIfAt(at) {
  if (!when) return;
  const post = when.isNow ? null : hit(at, ['lookouts']);
  if (post) openPost(post.id, post.properties.name, at, when.hour);
  else add(when.isNow ? changeAt(at) : newPost(at));
}

/** null: now; {from, to, hour}: hours of the plan; undefined: neither, and nothing can be tried. */
export function whatIfWhen(next) {
  const isSame = next ? when?.from === next.from : next === null && when?.isNow;
  if (!isSame) clearWhatIf();
  when = next === undefined ? null : next ?? { isNow: true };
}

export function whatIfBody() {
  if (!when) return [];
  const post = when.isNow ? [] : postBody(when.hour, add);
  if (changes.length === 0) return [make('p', {}, word(when.isNow ? 'console.what_if.lead' : 'console.what_if.lead_plan')), ...post];
  const table = when.isNow ? resultTable : planTable;
  return [...post, make('h3', {}, word('console.what_if.title')), make('ol', { class: 'stops' }, ...changes.map(changeRow)),
    ...(answer ? table(answer, answer.candidates[0]) : [make('p', {}, word('console.what_if.waiting'))])];
}

export function clearWhatIf() {
  question.drop();
  closePost();
  changes = [];
  answer = null;
  draw();
}

// One person on the map: how old and how exact what is known of her place is, what is
// doubtful about it, and, for a purpose, the way she came.
import { ask } from './api.js';
import { askText } from './asking.js';
import { $, make } from './dom.js';
import { circle } from './fences.js';
import { age, metres } from './format.js';
import { map } from './map.js';
import { caller, openPage } from './pages.js';
import { reachOf } from './reachable.js';
import { replay } from './replay.js';
import { isPointing } from './roads.js';
import { complain } from './say.js';
import { hasWord, onLanguage, word } from './words.js';

const EVERY_MS = 1000;
const TRACK_S = 3600;
const TRACERS = ['admin', 'dispatcher', 'auditor'];

let person = null;
let heardAt = 0; // when that was said; its age goes on from there
let timer;

function draw() {
  const at = person?.position;
  const features = !at ? [] : [
    ...(person.accuracy_m ? [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [circle(at, person.accuracy_m)] } }] : []),
    { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [at.lon, at.lat] } }];
  map.getSource('watched').setData({ type: 'FeatureCollection', features });
}

function wordOf(group, value) {
  const key = `console.${group}.${value}`;
  return hasWord(key) ? word(key) : value;
}

/* What is to be known before anybody trusts the dot. */
function marks() {
  const flags = (person.position_flags ?? []).map((flag) => make('li', { 'data-mark': 'doubt' }, wordOf('flag', flag)));
  if (person.stale) flags.unshift(make('li', { 'data-mark': 'stale' }, word('console.watch.stale')));
  return flags.length > 0 ? make('ul', { class: 'watch-marks' }, ...flags) : null;
}

function ageNow() {
  return person.fix_age_s + (performance.now() - heardAt) / 1000;
}

function exactness() {
  if (!person.position) return word('console.watch.nowhere');
  const known = person.accuracy_m === undefined || person.accuracy_m === null ? word('console.watch.inexact') : `± ${metres(person.accuracy_m)}`;
  return `${age(ageNow())} · ${known}`;
}

function show() {
  $('watch').hidden = !person;
  draw();
  if (!person) return;
  $('watch').replaceChildren(
    make('header', {}, make('b', {}, person.name), make('button', { type: 'button', class: 'small-button', 'aria-label': word('console.close'), onclick: () => unwatch() }, '×')),
    make('p', {}, `${word(`console.mode.${person.mode}`)} · ${word(person.on_duty ? 'console.state.on_duty' : 'console.state.off_duty')}`),
    make('p', { class: 'watch-age' }, exactness()), marks() ?? '',
    make('div', { class: 'watch-acts' },
      make('button', { type: 'button', class: 'small-button', onclick: () => openPage('people', String(person.person_id)) }, word('console.watch.file')),
      TRACERS.includes(caller.role) ? make('button', { type: 'button', class: 'small-button', onclick: () => trace().catch(complain) }, word('console.watch.track')) : '',
      person.position ? make('button', { type: 'button', class: 'small-button', onclick: () => reachOf('person_id', person.person_id, person.name, person.position) }, word('console.roads.reach')) : ''));
}

async function look(id) {
  const now = await ask('GET', `/v1/people/${id}?frame=wgs84`, undefined, AbortSignal.timeout(5000));
  if (person && person.person_id !== id) return;
  person = now;
  heardAt = performance.now();
  show();
}

async function lookOn() {
  const id = person?.person_id;
  if (id === undefined) return;
  if (document.visibilityState === 'visible') {
    try {
      await look(id);
    } catch { // the lamp of the connection says so; until then her age grows
      show();
    }
  }
  if (person?.person_id === id) timer = setTimeout(lookOn, EVERY_MS);
}

/* Where someone was is looked at for a reason, which is kept. */
async function trace() {
  const { person_id: id, name } = person;
  const purpose = await askText({ title: word('console.watch.track'), about: name, label: word('console.people.purpose'), text: '', required: true });
  if (purpose === null) return;
  const until = new Date(), from = new Date(until - TRACK_S * 1000);
  const query = new URLSearchParams({ from: from.toISOString(), until: until.toISOString(), purpose, frame: 'wgs84' });
  replay(await ask('GET', `/v1/people/${id}/track?${query}`));
}

/** Shows somebody's card, which follows her. */
export async function watch(id) {
  clearTimeout(timer);
  person = null;
  try {
    await look(id);
    timer = setTimeout(lookOn, EVERY_MS);
  } catch (problem) {
    complain(problem);
  }
}

/** Puts the card away; false when there was none. */
export function unwatch() {
  if (!person) return false;
  clearTimeout(timer);
  person = null;
  show();
  return true;
}

export function startWatch() {
  map.on('click', 'people', (event) => {
    if (!isPointing()) watch(event.features[0].id);
  });
  onLanguage(show);
}

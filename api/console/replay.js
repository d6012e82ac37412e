// Where people went, played again: their ways as lines, and where each was at the
// moment that the slider points to. Between two fixes she is shown on the straight
// line; in a gap she is not shown.
import { $ } from './dom.js';
import { clock } from './format.js';
import { map, showAll } from './map.js';
import { say } from './say.js';
import { onLanguage, word } from './words.js';

const STEP_MS = 1000; // of the slider
const STEPS_A_SECOND = 10;
const SPEEDS = [10, 60, 300]; // seconds of then in one of now

let pieces = []; // {person_id, name, points: [[lon, lat]], times: [ms]}
let from = 0, to = 0, at = 0;
let speed = SPEEDS[1];
let timer;

/** Where on a piece someone was at a moment; null when that is more than a step of the
    slider before its first or after its last fix. Pure. */
export function placeAt({ points, times }, wanted) {
  if (wanted < times[0] - STEP_MS || wanted > times.at(-1) + STEP_MS) return null;
  const moment = Math.min(Math.max(wanted, times[0]), times.at(-1));
  let low = 0, high = times.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle] <= moment) low = middle;
    else high = middle;
  }
  const share = times[high] === times[low] ? 0 : (moment - times[low]) / (times[high] - times[low]);
  return [0, 1].map((axis) => points[low][axis] + (points[high][axis] - points[low][axis]) * share);
}

/* A track of a single fix comes as a point. */
function pieceOf({ properties, geometry }) {
  const points = geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates;
  return { person_id: properties.person_id, name: properties.name ?? `#${properties.person_id}`, points, times: properties.times.map((time) => Date.parse(time)) };
}

function collection(features) {
  return { type: 'FeatureCollection', features };
}

function draw() {
  const lines = pieces.map(({ points, person_id: id }) => ({ type: 'Feature', properties: { id }, geometry: { type: 'LineString', coordinates: points.length > 1 ? points : [points[0], points[0]] } }));
  const dots = pieces.flatMap((piece) => {
    const place = placeAt(piece, at);
    return place ? [{ type: 'Feature', properties: { name: piece.name }, geometry: { type: 'Point', coordinates: place } }] : [];
  });
  map.getSource('tracks').setData(collection([...lines, ...dots]));
}

function showMoment() {
  $('replay-at').value = String(at);
  $('replay-clock').textContent = `${new Date(at).toLocaleDateString('sv-SE')} ${clock(at)}`;
  $('replay-at').setAttribute('aria-valuetext', $('replay-clock').textContent);
  draw();
}

function pause() {
  clearInterval(timer);
  timer = undefined;
  $('replay-play').textContent = word('console.replay.play');
}

function play() {
  if (timer !== undefined) {
    pause();
    return;
  }
  if (at >= to) at = from;
  $('replay-play').textContent = word('console.replay.pause');
  timer = setInterval(() => {
    at = Math.min(to, at + (speed * 1000) / STEPS_A_SECOND);
    showMoment();
    if (at >= to) pause();
  }, 1000 / STEPS_A_SECOND);
}

function nextSpeed() {
  speed = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
  $('replay-speed').textContent = `×${speed}`;
}

function show() {
  $('replay').hidden = pieces.length === 0;
  if (pieces.length === 0) return;
  const slider = $('replay-at');
  slider.step = String(STEP_MS);
  slider.min = String(from);
  slider.max = String(to);
  $('replay-who').textContent = [...new Set(pieces.map(({ name }) => name))].join(' · ');
  $('replay-play').textContent = word(timer === undefined ? 'console.replay.play' : 'console.replay.pause');
  $('replay-speed').textContent = `×${speed}`;
  showMoment();
}

/** Plays the tracks of an answer: features with `times` for their points. */
export function replay(answer) {
  pause();
  pieces = answer.features.map(pieceOf).filter(({ times }) => times.length > 0);
  if (pieces.length === 0) {
    stopReplay();
    say(word('console.replay.nothing'));
    $('replay-nothing').hidden = false;
    setTimeout(() => { $('replay-nothing').hidden = true; }, 4000);
    return;
  }
  from = Math.floor(Math.min(...pieces.map(({ times }) => times[0])) / STEP_MS) * STEP_MS;
  to = Math.ceil(Math.max(...pieces.map(({ times }) => times.at(-1))) / STEP_MS) * STEP_MS;
  at = from;
  show();
  showAll(pieces.flatMap(({ points }) => points));
  $('replay-play').focus();
}

/** Puts the tracks away; false when there were none. */
export function stopReplay() {
  if (pieces.length === 0) return false;
  pause();
  pieces = [];
  map.getSource('tracks').setData(collection([]));
  show();
  return true;
}

export function startReplay() {
  $('replay-play').addEventListener('click', play);
  $('replay-speed').addEventListener('click', nextSpeed);
  $('replay-close').addEventListener('click', stopReplay);
  $('replay-at').addEventListener('input', () => {
    at = Number($('replay-at').value);
    showMoment();
  });
  onLanguage(show);
}

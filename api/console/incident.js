// The incident that is worked on: what it is, its eight stamps, who was sent and how
// far each has come, what can be done with it, and its log.
import { ask } from './api.js';
import { $, make } from './dom.js';
import { clock, span } from './format.js';
import { act, current, onIncidents, step } from './incidents.js';
import { askText } from './asking.js';
import { caller } from './pages.js';
import { priorityMark, stateMark, typeName } from './queue.js';
import { replay } from './replay.js';
import { complain } from './say.js';
import { hasWord, onLanguage, word } from './words.js';

const STAMPS = ['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7'];

/* What is offered in each state; the server decides whether it may be done. */
const ACTS = {
  reported: ['verify', 'open', 'cancel'], verified: ['open', 'cancel'], transferred: ['verify', 'open', 'cancel'],
  open: ['handled', 'cancel'], reopened: ['handled', 'cancel'],
  assigned: ['handled', 'cancel'], enroute: ['handled', 'cancel'], on_scene: ['handled', 'cancel'],
  handled: ['feedback', 'close', 'reopen'], feedback: ['close', 'reopen'], closed: ['reopen'], cancelled: ['reopen'], merged: [],
};
const TRACERS = ['admin', 'dispatcher', 'auditor'];
const NEEDS_TEXT = { close: 'disposition', cancel: 'reason', reopen: 'reason' };

/* The next step of somebody who was sent, then the others. */
const STEPS = {
  offered: ['accept', 'decline', 'stand_down'], seen: ['accept', 'decline', 'stand_down'],
  accepted: ['enroute', 'withdraw', 'stand_down', 'fail'], enroute: ['arrive', 'withdraw', 'stand_down', 'fail'],
  on_scene: ['working', 'clear', 'stand_down'], working: ['clear', 'stand_down'],
};

/* The old lamps of the command hall: red, sent and not seen; green, seen; grey, it is over. */
function lampOf(state) {
  if (state === 'offered') return 'red';
  return STEPS[state] ? 'green' : 'grey';
}

let unit = null; // person_id of whom S and X speak of

function units() {
  return (current?.dispatches ?? []).flatMap((order) => order.people.map((person) => ({ order, person })));
}

function livingUnits() {
  return units().filter(({ person }) => STEPS[person.state]);
}

function chosenUnit() {
  const living = livingUnits();
  return living.find(({ person }) => person.person_id === unit) ?? living[0];
}

async function take({ order, person }, what) {
  let reason;
  if (what === 'stand_down' || what === 'fail') {
    reason = await askText({ title: word(`console.step.${what}`), about: person.name, label: word('console.reason'), text: '' });
    if (reason === null) return;
  }
  try {
    await step(order, person, what, reason);
  } catch (problem) {
    complain(problem);
  }
}

/** The next step of the selected person, on her behalf. */
export function stepOn() {
  const one = chosenUnit();
  if (one) take(one, STEPS[one.person.state][0]);
}

/** Lets the selected person go; asks first. */
export function standDown() {
  const one = chosenUnit();
  if (one && STEPS[one.person.state].includes('stand_down')) take(one, 'stand_down');
}

async function carryOut(what) {
  const id = current.incident_id;
  const body = {};
  if (NEEDS_TEXT[what]) {
    const text = await askText({ title: word(`console.act.${what}`), about: `#${id} ${typeName(current)}`, label: word(`console.${NEEDS_TEXT[what]}`), text: '', required: what === 'close' });
    if (text === null) return;
    if (text !== '') body[NEEDS_TEXT[what]] = text;
  }
  try {
    await act(id, what, body);
  } catch (problem) {
    complain(problem);
  }
}

/* Where those who were sent went; looked at for a reason, which is kept. */
async function playTracks() {
  const id = current.incident_id;
  const purpose = await askText({ title: word('console.incident.tracks'), about: `#${id} ${typeName(current)}`, label: word('console.people.purpose'), text: '', required: true });
  if (purpose === null) return;
  replay(await ask('GET', `/v1/incidents/${id}/tracks?${new URLSearchParams({ purpose, frame: 'wgs84' })}`));
}

function tracksButton() {
  if (!TRACERS.includes(caller.role) || units().length === 0) return [];
  return [make('button', { type: 'button', class: 'small-button', 'data-act': 'tracks', onclick: () => playTracks().catch(complain) }, word('console.incident.tracks'))];
}

function stamps() {
  return STAMPS.map((name) => {
    const at = current.stamps?.[name];
    const label = `${word(`console.stamp.${name}`)} ${at ? clock(at) : word('console.stamp.not_yet')}`;
    return make('li', { class: 'stamp', 'data-set': at ? '' : null, 'aria-label': label, title: label },
      make('span', { class: 'stamp-tick', 'aria-hidden': 'true' }), make('span', { class: 'stamp-name' }, word(`console.stamp.${name}`)),
      make('span', { class: 'stamp-at' }, at ? clock(at) : ''));
  });
}

function unitRow(one) {
  const { person } = one;
  const lamp = lampOf(person.state);
  const steps = STEPS[person.state] ?? [];
  return make('li', { class: 'unit', 'data-person': person.person_id, 'aria-current': chosenUnit()?.person === person ? 'true' : null, onclick: () => { unit = person.person_id; show(); } },
    make('span', { class: 'lamp', 'data-lamp': lamp, role: 'img', 'aria-label': word(`console.lamp.${lamp}`) }),
    make('span', { class: 'unit-name' }, person.name ?? word('console.unit.erased')),
    make('span', { class: 'unit-state' }, word(`console.unit.${person.state}`), person.how === 'staff' && person.state !== 'offered' ? make('small', {}, ` ${word('console.unit.by_staff')}`) : null),
    make('span', { class: 'unit-age', 'data-since': person.state_since }, span((Date.now() - Date.parse(person.state_since)) / 1000)),
    make('span', { class: 'unit-steps' }, ...steps.map((what, i) => make('button', { type: 'button', class: i === 0 ? 'small-button unit-next' : 'small-button', onclick: (event) => { event.stopPropagation(); take(one, what); } }, word(`console.step.${what}`)))));
}

function logLine(event) {
  const key = `console.log.${event.kind}`;
  const what = hasWord(key) ? word(key) : event.kind;
  const detail = event.detail?.reason ?? event.detail?.disposition ?? '';
  return make('li', {}, make('time', { datetime: event.at }, clock(event.at)), make('b', {}, what),
    event.name ? make('span', { class: 'log-who' }, event.name) : null,
    make('span', { class: 'log-how' }, word(`console.how.${event.how}`)),
    detail ? make('span', { class: 'log-detail' }, detail) : null);
}

function show() {
  $('incident').hidden = !current;
  $('strip').hidden = !current;
  if (!current?.state) return;
  $('incident-head').replaceChildren(priorityMark(current.priority), make('b', { class: 'incident-type' }, typeName(current)),
    make('span', { class: 'incident-id' }, `#${current.incident_id}`), stateMark(current.state));
  $('incident-where').textContent = [current.address, current.note].filter(Boolean).join(' · ');
  $('incident-gate').hidden = current.volunteer_allowed;
  $('stamps').replaceChildren(...stamps());
  $('units').replaceChildren(...units().map(unitRow));
  $('acts').replaceChildren(...ACTS[current.state].map((what) => make('button', { type: 'button', class: 'small-button', 'data-act': what, onclick: () => carryOut(what) }, word(`console.act.${what}`))), ...tracksButton());
  const log = $('log');
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
  log.replaceChildren(...current.timeline.map(logLine));
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function showAges() {
  for (const cell of document.querySelectorAll('.unit-age')) cell.textContent = span((Date.now() - Date.parse(cell.dataset.since)) / 1000);
}

export function startIncident() {
  onIncidents((what) => { if (what === 'current') show(); });
  onLanguage(show);
  setInterval(showAges, 1000);
}

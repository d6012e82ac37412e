// The queue: who waits for somebody, where somebody is, and what ended lately. A row
// says its state by colour, shape and word, and how long it has been in it.
import { onStale, staleSince } from './api.js';
import { $, make } from './dom.js';
import { live, onEvent, onLive } from './events.js';
import { clock, count, span } from './format.js';
import { current, listOf, onIncidents, work } from './incidents.js';
import { say } from './say.js';
import { language, onLanguage, word } from './words.js';

const GROUPS = ['pending', 'active', 'recent'];

/* After so many seconds in a state a row is looked at twice, and then in alarm: by
   priority, and for whoever has been sent somebody three times as long. */
const AGEING_S = { 1: [60, 180], 2: [120, 300], 3: [300, 900] };

const marks = { reported: 'wait', verified: 'wait', open: 'wait', reopened: 'wait', transferred: 'wait', assigned: 'sent', enroute: 'moving', on_scene: 'there', handled: 'over', feedback: 'over', closed: 'over', cancelled: 'over', merged: 'over' };

/** A state as shape, colour and word. */
export function stateMark(state) {
  return make('span', { class: 'state', 'data-mark': marks[state] },
    make('span', { class: 'state-shape', 'aria-hidden': 'true' }), word(`console.incident.${state}`));
}

export function typeName(incident) {
  return language === 'zh' ? incident.type_zh : incident.type_en;
}

export function priorityMark(priority) {
  return make('span', { class: 'priority', 'data-priority': priority, 'aria-label': word('console.incident.priority', { n: priority }) },
    word(`console.priority.${priority}`));
}

function ageOf(incident) {
  return (Date.now() - Date.parse(incident.state_since)) / 1000;
}

function ageing(incident, group) {
  if (group === 'recent') return 'fresh';
  const [late, alarm] = AGEING_S[incident.priority].map((s) => (group === 'active' ? 3 * s : s));
  const age = ageOf(incident);
  return age >= alarm ? 'alarm' : age >= late ? 'late' : 'fresh';
}

function row(incident, group) {
  const id = incident.incident_id;
  const chosen = current?.incident_id === id;
  return make('li', {}, make('button', {
    type: 'button', class: 'call', 'data-id': id, 'aria-pressed': String(chosen), tabindex: chosen ? 0 : -1, onclick: () => work(id),
  },
  priorityMark(incident.priority),
  make('span', { class: 'call-type' }, typeName(incident)),
  make('span', { class: 'call-age', 'data-age': ageing(incident, group) }, span(ageOf(incident))),
  make('span', { class: 'call-where' }, `#${id} · ${incident.address || incident.note || '–'}`),
  stateMark(incident.state)));
}

function showList(group) {
  const items = listOf(group);
  $(`calls-${group}`).replaceChildren(...(items.length > 0 ? items.map((one) => row(one, group))
    : [make('li', { class: 'none' }, word(`console.queue.none_${group}`))]));
  $(`calls-${group}-count`).textContent = count(items.length);
  return items.length;
}

function show() {
  const focused = document.activeElement?.closest('.call')?.dataset.id;
  const [pending, active] = GROUPS.map(showList);
  $('count-pending').textContent = count(pending);
  $('count-active').textContent = count(active);
  const rows = [...document.querySelectorAll('.call')];
  // One of the rows is reached with Tab, the others from there.
  if (rows.length > 0 && !rows.some((one) => one.tabIndex === 0)) rows[0].tabIndex = 0;
  if (focused) rows.find((one) => one.dataset.id === focused)?.focus();
}

/* Ages without the rest, so that nothing moves under the pointer. */
function showAges() {
  for (const group of GROUPS)
    for (const incident of listOf(group)) {
      const cell = document.querySelector(`.call[data-id="${incident.incident_id}"] .call-age`);
      if (!cell) continue;
      cell.textContent = span(ageOf(incident));
      cell.dataset.age = ageing(incident, group);
    }
}

function showStale() {
  const isCut = live.good === false;
  $('stale').hidden = !isCut && staleSince === null;
  $('stale-text').textContent = isCut || staleSince === null ? word('console.stale', { at: clock(live.at) })
    : word('console.stale.database', { at: clock(staleSince) });
}

/** The row before or behind the one that is worked on; false when there is none. */
export function walk(by) {
  const rows = [...document.querySelectorAll('.call')];
  if (rows.length === 0) return false;
  const at = rows.findIndex((one) => one === document.activeElement || (!document.activeElement?.closest('.call') && one.getAttribute('aria-pressed') === 'true'));
  const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
  return true;
}

export function startQueue() {
  onIncidents((what) => { if (what === 'list') show(); });
  onEvent('incident', ({ data }) => {
    if (data.event === 'reported') say(word('console.queue.new', { id: data.incident_id, n: data.priority }));
  });
  onLive(showStale);
  onStale(showStale);
  onLanguage(() => {
    show();
    showStale();
  });
  setInterval(showAges, 1000);
}

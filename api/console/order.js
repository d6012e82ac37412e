// Sending: the candidates that are ticked, or a squad, directly and with a reason. Who
// cannot be sent because somebody else has her is said by name, since when and for what.
import { ask, freshKey } from './api.js';
import { listOfLines } from './asking.js';
import { $, make } from './dom.js';
import { clock, duration } from './format.js';
import { current, send } from './incidents.js';
import { askAgain, picked } from './nearest.js';
import { complain, say } from './say.js';
import { hasWord, word } from './words.js';

let key;
let people = [];
let squads = null; // once they have been asked for

function show() {
  const bySquad = $('order-squad').value !== '';
  $('order-people').replaceChildren(...(bySquad ? [] : people.map((person) => make('li', {},
    make('b', {}, person.name), ` · ${word(`console.mode.${person.mode}`)} · ${duration(person.eta_s)}`))));
  $('order-go').disabled = !bySquad && people.length === 0;
  $('order-nobody').hidden = bySquad || people.length > 0;
}

async function fillSquads() {
  if (squads === null) {
    try {
      squads = (await ask('GET', '/v1/squads?limit=1000')).items;
    } catch (problem) {
      squads = [];
      if (problem.status !== 403 && problem.status !== 404) complain(problem);
    }
  }
  $('order-squad').replaceChildren(make('option', { value: '' }, word('console.order.people')),
    ...squads.map((squad) => make('option', { value: squad.squad_id }, squad.name)));
  $('order-squad').closest('label').hidden = squads.length === 0;
}

/** Opens the order for the ticked candidates. */
export async function openOrder(withSquad = false) {
  if (!current) return;
  people = picked();
  key = freshKey();
  $('order-title').textContent = word('console.order.title', { id: current.incident_id });
  $('order-reason').value = word('console.order.usual');
  $('order-barred').hidden = true;
  await fillSquads();
  $('order-squad').value = withSquad && squads.length > 0 ? String(squads[0].squad_id) : '';
  show();
  $('order').showModal();
  (withSquad && squads.length > 0 ? $('order-squad') : $('order-reason')).focus();
}

/* "王芳: sent to #12 at 14:03:22 by 李 …" */
function whoHasHer(person) {
  if (!person.taken_from) return `${person.name}: ${hasWord(`code.${person.code}`) ? word(`code.${person.code}`) : person.detail}`;
  const at = clock(person.taken_from);
  return `${person.name}: ${person.incident_id ? word('console.order.taken_by', { id: person.incident_id, at, by: person.taken_by ?? '–' }) : word('console.order.taken_elsewhere', { at })}`;
}

/* Those who are free stay ticked, so that Enter sends them. */
function showBarred(problem) {
  const barred = problem.more.people ?? [];
  const lines = barred.map(whoHasHer);
  const gone = new Set(barred.map((person) => person.person_id));
  people = people.filter((person) => !gone.has(person.person_id));
  key = freshKey();
  $('order-barred').hidden = false;
  $('order-barred-list').replaceChildren(...listOfLines(lines));
  say(lines.join(' '));
  show();
  askAgain();
}

async function submit(event) {
  event.preventDefault();
  const squad = $('order-squad').value;
  const wish = { reason: $('order-reason').value.trim(), ...(squad ? { squad_id: Number(squad) } : { people: people.map((person) => person.person_id) }) };
  $('order-go').disabled = true;
  try {
    const answer = await send(current.incident_id, wish, key);
    $('order').close();
    say(word('console.order.sent', { n: answer.dispatch.people.length }));
    askAgain(true);
  } catch (problem) {
    if (problem.more?.people) showBarred(problem);
    else {
      if (problem.status !== 0) key = freshKey();
      $('order').close();
      complain(problem);
    }
  }
  $('order-go').disabled = false;
}

export function startOrder() {
  $('order-form').addEventListener('submit', submit);
  $('order-squad').addEventListener('change', show);
  $('order-cancel').addEventListener('click', () => $('order').close());
  $('order-open').addEventListener('click', () => openOrder());
}

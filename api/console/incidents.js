// The incidents as the server has them, and which of them is being worked on. What is
// shown is always what was asked for last: an event only says what to ask for again.
import { ask, onStale } from './api.js';
import { onEvent } from './events.js';
import { complain } from './say.js';

const LIMIT = 200;
const SOON_MS = 60;
const MANY = 20; // more than so many are asked for in whole lists
const GROUPS = ['pending', 'active', 'recent'];
const PENDING = new Set(['reported', 'verified', 'open', 'reopened', 'transferred']);
const OVER = new Set(['closed', 'cancelled', 'merged']);

const known = new Map(); // by id
const heard = new Set();
const dirty = new Set();
let timer;
let types = [];

/** The one that is worked on, with its orders and its timeline, or null. */
export let current = null;

/** Calls with what has changed: 'list' or 'current'. */
export function onIncidents(listener) {
  heard.add(listener);
}

function tell(what) {
  for (const listener of heard) listener(what);
}

export function groupOf({ state }) {
  if (PENDING.has(state)) return 'pending';
  return OVER.has(state) ? 'recent' : 'active';
}

/* The most urgent first, then who has waited longest; what is over, the newest first. */
const before = {
  pending: (a, b) => a.priority - b.priority || a.incident_id - b.incident_id,
  active: (a, b) => a.priority - b.priority || a.incident_id - b.incident_id,
  recent: (a, b) => b.state_since.localeCompare(a.state_since),
};

export function listOf(group) {
  return [...known.values()].filter((one) => groupOf(one) === group).sort(before[group]);
}

export const incidentOf = (id) => known.get(id);
export const incidentTypes = () => types;

async function loadLists() {
  const lists = await Promise.all(GROUPS.map((group) => ask('GET', `/v1/incidents?group=${group}&limit=${LIMIT}`)));
  known.clear();
  for (const { items } of lists) for (const one of items) known.set(one.incident_id, one);
  tell('list');
}

async function loadCurrent(id) {
  const [incident, { items }] = await Promise.all([
    ask('GET', `/v1/incidents/${id}`), ask('GET', `/v1/incidents/${id}/timeline?limit=1000`)]);
  known.set(id, incident);
  if (current?.incident_id !== id) return;
  current = { ...incident, timeline: items };
  tell('current');
}

/** Asks again for one of them. */
export async function refresh(id) {
  try {
    if (current?.incident_id === id) await loadCurrent(id);
    else known.set(id, await ask('GET', `/v1/incidents/${id}`));
  } catch (problem) {
    if (problem.status !== 404) throw problem;
    known.delete(id); // another organisation's now
    if (current?.incident_id === id) work(null);
  }
  tell('list');
}

async function refreshDirty() {
  timer = undefined;
  const ids = [...dirty];
  dirty.clear();
  try {
    if (ids.length > MANY) await loadAll();
    else await Promise.all(ids.map(refresh));
  } catch (problem) {
    complain(problem);
  }
}

function soon(event) {
  if (!event.incident_id) return;
  dirty.add(event.incident_id);
  timer ??= setTimeout(refreshDirty, SOON_MS);
}

async function loadAll() {
  await loadLists();
  if (current) await loadCurrent(current.incident_id);
}

/** Works on this incident; null on none. */
export async function work(id) {
  current = id === null ? null : { timeline: [], dispatches: [], ...known.get(id), incident_id: id };
  tell('current');
  tell('list');
  if (id === null) return;
  try {
    await refresh(id);
  } catch (problem) {
    complain(problem);
  }
}

/* What a node keeps while the database is away, it answers with the number alone; the
   rest is known here. Whether volunteers may be sent is asked once more before anybody is. */
function asKept(wish, answer) {
  const { type_en: en, type_zh: zh } = types.find((one) => one.type === wish.type) ?? {};
  return { ...wish, ...answer, type_en: en, type_zh: zh, state: 'reported', state_since: new Date().toISOString(), volunteer_allowed: true };
}

/** Opens a new one, once for each key, and works on it. */
export async function create(wish, key) {
  const answer = await ask('POST', '/v1/incidents', wish, undefined, key);
  const isKept = answer.durability === 'node-local';
  const incident = isKept ? asKept(wish, answer) : answer;
  known.set(incident.incident_id, incident);
  if (!isKept) {
    await work(incident.incident_id);
    return incident;
  }
  current = { timeline: [], dispatches: [], ...incident };
  tell('current');
  tell('list');
  return incident;
}

/** Does something to an incident: 'verify', 'open', 'close' … */
export async function act(id, what, body = {}) {
  await ask('POST', `/v1/incidents/${id}/${what}`, body);
  await refresh(id);
}

/** Orders people or a squad to it, once for each key. */
export async function send(id, wish, key) {
  const answer = await ask('POST', `/v1/incidents/${id}/dispatches`, wish, undefined, key);
  await refresh(id);
  return answer;
}

/** A step of somebody who was sent, on her behalf. */
export async function step(order, person, what, reason) {
  await ask('POST', `/v1/dispatches/${order.dispatch_id}/${what}`, { person_id: person.person_id, ...(reason && { reason }) });
  await refresh(order.incident_id);
}

export async function startIncidents() {
  types = (await ask('GET', '/v1/incident_types')).items;
  onEvent('incident', soon);
  onEvent('dispatch', soon);
  onEvent('reset', () => loadAll().catch(complain));
  onStale((since) => { if (since === null) loadAll().catch(complain); });
  await loadLists();
}

// What happens, as the server tells it (server-sent events, WHATWG HTML 9.2). Read by
// hand instead of with an EventSource, because that hides the heartbeats, by which a
// line that is dead is told from a city that is quiet.
import { report } from './link.js';
import { complain } from './say.js';

const QUIET_MS = 22000; // a heartbeat comes every 15 s
const AGAIN_MS = [500, 1000, 2000, 5000];

const heard = new Map(); // kind → listeners
const stateHeard = new Set();
let last = null; // number of the last event
let failures = 0;
let heardAt = 0;
let current;

/** Whether what is shown is fresh, and since when it is not: {good, at}; null: not yet known. */
export const live = { good: null, at: new Date() };

/** Calls with {number, kind, at, org_id, incident_id, data}. The kind 'reset' says
    that too much was missed: everything is to be asked for anew. */
export function onEvent(kind, listener) {
  if (!heard.has(kind)) heard.set(kind, new Set());
  heard.get(kind).add(listener);
}

/** Calls when the connection is lost or good again. */
export function onLive(listener) {
  stateHeard.add(listener);
}

function setLive(good) {
  report('events', good ? 'good' : 'lost');
  if (good === live.good) {
    if (good) live.at = new Date();
    return;
  }
  live.good = good;
  live.at = new Date();
  for (const listener of stateHeard) listener(live);
}

/** The lines of one event to {id, kind, data}; comments are left out. Pure. */
export function parseEvent(lines) {
  const event = { id: null, kind: 'message', data: '' };
  for (const line of lines) {
    const [, name, value] = line.match(/^([^:]*):? ?(.*)$/s);
    if (name === 'id') event.id = value;
    else if (name === 'event') event.kind = value;
    else if (name === 'data') event.data += event.data === '' ? value : `\n${value}`;
  }
  return event;
}

function take(block) {
  const event = parseEvent(block.split('\n'));
  if (event.id !== null) last = event.id;
  if (event.data === '') return;
  const value = JSON.parse(event.data);
  for (const listener of heard.get(event.kind) ?? []) listener(value);
}

/* What happened before the first connection was not heard: it is asked for. */
function tellReset() {
  for (const listener of heard.get('reset') ?? []) listener({});
}

async function read(body, isFirst) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heardAt = performance.now();
    setLive(true);
    failures = 0;
    if (isFirst) tellReset();
    isFirst = false;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    blocks.forEach(take);
  }
}

async function listen() {
  current = new AbortController();
  const headers = { Accept: 'text/event-stream', ...(last !== null && { 'Last-Event-ID': last }) };
  const answer = await fetch('/v1/events', { headers, signal: current.signal, credentials: 'same-origin', cache: 'no-store' });
  if (answer.status === 401) location.assign('/enter');
  if (!answer.ok) throw new Error(`events: ${answer.status}`);
  heardAt = performance.now();
  await read(answer.body, last === null);
}

async function listenOn() {
  try {
    await listen();
  } catch (error) {
    if (!(error instanceof TypeError) && error.name !== 'AbortError' && !/^events: /.test(error.message)) complain(error);
  }
  setLive(false);
  setTimeout(listenOn, AGAIN_MS[Math.min(failures, AGAIN_MS.length - 1)]);
  failures += 1;
}

function watch() {
  if (live.good && performance.now() - heardAt > QUIET_MS) current.abort();
}

export function startEvents() {
  report('events', 'waiting');
  setInterval(watch, 1000);
  listenOn();
}

// Asking the server. Every answer is JSON or a Problem.

/** What went wrong: `code` is stable, `message` is the server's sentence. */
export class Problem extends Error {
  constructor(code, detail, more = {}) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.status = more.status ?? 0;
    this.requestId = more.request_id;
    this.more = more; // members of its own
  }
}

/* Since when the server answers from memory alone, because its database is silent; null:
   it does not. The city is asked for every second, so that is how soon it is known. */
export let staleSince = null;
const staleHeard = new Set();
const ALWAYS_SAYS = '/v1/city';

/** Calls with the moment, or null, when that has changed. */
export function onStale(listener) {
  staleHeard.add(listener);
}

function noteStale(path, since) {
  if ((since === null && path !== ALWAYS_SAYS) || (since === null) === (staleSince === null)) return;
  staleSince = since;
  for (const listener of staleHeard) listener(since);
}

const SAFE = new Set(['GET', 'HEAD']);

/** A key under which something is made once, however often it is asked for. */
export function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function exchange(method, path, more, body, signal) {
  const headers = { Accept: 'application/json', ...more };
  if (!SAFE.has(method)) headers['X-Vigil-CSRF'] = '1';
  let answer;
  try {
    answer = await fetch(path, { method, headers, signal, credentials: 'same-origin', body });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem('unreachable', error.message);
  }
  noteStale(path, answer.headers.get('Vigil-Stale-Since'));
  const text = await answer.text();
  let value;
  try {
    value = text === '' ? null : JSON.parse(text);
  } catch {
    throw new Problem('unreadable', text.slice(0, 200), { status: answer.status });
  }
  if (!answer.ok) throw new Problem(value?.code ?? 'unreadable', value?.detail ?? answer.statusText, { ...value, status: answer.status });
  return value;
}

/** With `version` only what still has it is changed. Throws a Problem, or an AbortError when `signal` said so. */
export function ask(method, path, body, signal, key = freshKey(), version) {
  const headers = {};
  if (method === 'POST') headers['Idempotency-Key'] = key;
  if (version !== undefined) headers['If-Match'] = `"${version}"`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  return exchange(method, path, headers, body === undefined ? undefined : JSON.stringify(body), signal);
}

/** Sends a table as a spreadsheet wrote it, byte by byte: the server finds out its encoding. */
export function sendTable(path, file, key = freshKey()) {
  return exchange('POST', path, { 'Idempotency-Key': key, 'Content-Type': 'text/csv' }, file);
}

// Asking the server. Every answer is JSON or a Problem.

/** What went wrong: `code` is stable, `message` is the server's sentence. */
export class Problem extends Error {
  constructor(code, detail, more = {}) {
    super(detail);
    this.name = 'Problem';
    this.code = code;
    this.status = more.status ?? 0;
    this.requestId = more.request_id;
  }
}

const SAFE = new Set(['GET', 'HEAD']);

/** Throws a Problem, or an AbortError when `signal` said so. */
export async function ask(method, path, body, signal) {
  const headers = { Accept: 'application/json' };
  if (!SAFE.has(method)) headers['X-Vigil-CSRF'] = '1';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(path, {
      method, headers, signal, credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem('unreachable', error.message);
  }
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

// A running city for the tests of this folder: tests/support/city, started once
// for a test file and ended with it, or the one that VIGIL_CITY names (a folder
// in which `tests/support/city start` has been run).
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../support/city', import.meta.url));
const START_MS = 180000;

function readEnv(folder) {
  const lines = readFileSync(join(folder, 'env'), 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => {
    const [, name, value] = line.match(/^(\w+)='?(.*?)'?$/);
    return [name, value];
  }));
}

/** `sql` is a file that is run before the city is served. */
export async function openCity(extract, sql) {
  const own = !process.env.VIGIL_CITY;
  const folder = own ? mkdtempSync(join(tmpdir(), 'vigil-browser-')) : process.env.VIGIL_CITY;
  if (own) await promisify(execFile)(SCRIPT, ['start', folder, ...(extract ? [extract] : [])], { timeout: START_MS, env: { ...process.env, ...(sql && { CITY_SQL: sql }) } });
  const env = readEnv(folder);
  return {
    url: env.VIGIL_URL,
    token: env.VIGIL_TOKEN,
    /** Asks as an admin program does, reports as a gateway; gives {status, json}. */
    async ask(method, path, body) {
      const answer = await fetch(env.VIGIL_URL + path, {
        method,
        headers: {
          Authorization: `Bearer ${path === '/v1/positions' ? env.VIGIL_GATEWAY_TOKEN : env.VIGIL_TOKEN}`,
          ...(body && { 'Content-Type': 'application/json' }),
          ...(method === 'POST' && { 'Idempotency-Key': `browser-${process.pid}-${performance.now()}` }),
        },
        body: body && JSON.stringify(body),
      });
      const text = await answer.text();
      return { status: answer.status, json: text ? JSON.parse(text) : null };
    },
    /** A one-use code for signing in. */
    code() {
      return execFileSync(join(env.VIGIL_BUILD, 'vigil'), ['token', 'enter'], { env: { ...process.env, VIGIL_DATABASE: env.VIGIL_DATABASE } }).toString().trim();
    },
    close() {
      if (!own) return;
      execFileSync(SCRIPT, ['stop', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

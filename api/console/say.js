// Telling the user: quietly to whoever listens, plainly when something failed.
import { Problem } from './api.js';
import { $, make } from './dom.js';
import { hasWord, word } from './words.js';

const SHOWN_MS = 9000;
let timer;

/** For the polite live region. */
export function say(text) {
  $('say').textContent = text;
}

export function hush() {
  $('notice').hidden = true;
}

/** The sentence of a failure's code in the user's language. */
export function sentence(problem) {
  const key = problem.status === 0 ? `console.code.${problem.code}` : `code.${problem.code}`;
  return hasWord(key) ? word(key) : word('console.failed');
}

/** A failure: its sentence, then the details. */
export function complain(problem) {
  if (problem.name === 'AbortError') return;
  if (!(problem instanceof Problem)) throw problem;
  if (problem.status === 401) {
    location.assign('/enter');
    return;
  }
  // Without an answer there are only the browser's words, which add nothing to ours.
  const details = problem.code === 'unreachable' ? []
    : [make('span', { lang: 'en' }, problem.message), ' ', make('code', {}, problem.code)];
  $('notice').replaceChildren(make('b', {}, sentence(problem)), ...details);
  $('notice').hidden = false;
  clearTimeout(timer);
  timer = setTimeout(hush, SHOWN_MS);
}

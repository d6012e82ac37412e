// The lamp of the connection: the worst of what its sources say.
import { $ } from './dom.js';
import { onLanguage, word } from './words.js';

const WORST = ['lost', 'late', 'waiting', 'good'];
const states = new Map();

function show() {
  const state = WORST.find((one) => [...states.values()].includes(one)) ?? 'waiting';
  $('link').dataset.state = state;
  $('link-text').textContent = word(`console.link.${state}`);
}

/** A source ("city", "events") is 'good', 'waiting', 'late' or 'lost'. */
export function report(source, state) {
  states.set(source, state);
  show();
}

export function startLink() {
  onLanguage(show);
}

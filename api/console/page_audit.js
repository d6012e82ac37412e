// Who did what, to what, and why: the audit as auditors read it, with the head of its hash chain.
import { ask } from './api.js';
import { make } from './dom.js';
import { complain } from './say.js';
import { facts, list, moment, withQuery } from './sheets.js';
import { onLanguage, word } from './words.js';

const filter = { action: '', subject: '' };
let root, head, found;

const COLUMNS = [
  { key: 'console.audit.at', cell: (entry) => moment(entry.at) },
  { key: 'console.audit.action', cell: (entry) => entry.action },
  { key: 'console.audit.subject', cell: (entry) => entry.subject },
  { key: 'console.people.purpose', cell: (entry) => entry.purpose },
  { key: 'console.audit.who', cell: (entry) => (entry.actor_id ? `#${entry.actor_id}` : word('console.audit.token', { id: entry.token_id ?? '–' })) },
  { key: 'console.audit.sealed', cell: (entry) => (entry.seq ? `${entry.seq} · ${entry.hash.slice(0, 12)}` : word('console.audit.unsealed')) },
];

const find = () => list(found, withQuery('/v1/audit', filter), COLUMNS).catch(complain);

function search() {
  const field = (name) => make('input', { type: 'search', value: filter[name], maxlength: 60, placeholder: word(`console.audit.${name}`), 'aria-label': word(`console.audit.${name}`),
    onchange: (event) => { filter[name] = event.target.value.trim(); find(); } });
  return make('div', { class: 'sheet-head' }, field('action'), field('subject'));
}

async function showHead() {
  const now = await ask('GET', '/v1/audit/head');
  head.replaceChildren(facts([['console.audit.sealed', now.seq], ['console.audit.hash', make('code', {}, now.hash ?? '')]]));
}

export function start(section) {
  root = section;
  root.classList.add('sheet');
  head = make('div');
  found = make('div', { class: 'sheet-list' });
  onLanguage(() => root.replaceChildren(search(), head, found));
}

export async function show() {
  await showHead();
  await find();
}

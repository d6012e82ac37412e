// Who may sign in: tokens of people, devices, partners and gateways. A new one's text is shown this once.
import { ask } from './api.js';
import { make } from './dom.js';
import { orgLink } from './orgs.js';
import { complain } from './say.js';
import { button, form, list, moment } from './sheets.js';
import { onLanguage, word } from './words.js';

const ROLES = ['dispatcher', 'planner', 'manager', 'volunteer', 'auditor', 'partner', 'gateway', 'device', 'admin'];
const DAY_S = 86400;
let root, found, made;

const COLUMNS = [
  { key: 'console.column.name', cell: (token) => token.name },
  { key: 'console.token.role', cell: (token) => word(`console.role.${token.role}`) },
  { key: 'console.people.org', cell: (token) => orgLink(token.org_id) },
  { key: 'console.token.person', cell: (token) => (token.person_id ? String(token.person_id) : '') },
  { key: 'console.people.expires', cell: (token) => moment(token.expires_at) },
  { key: 'console.token.used', cell: (token) => moment(token.used_at) },
  { key: 'console.column.state', cell: (token) => (token.revoked_at ? word('console.token.revoked')
    : button('console.token.revoke', () => revoke(token).catch(complain), { class: 'sheet-small' })) },
];

const find = () => list(found, '/v1/tokens', COLUMNS).catch(complain);

async function revoke(token) {
  if (!confirm(word('console.token.revoke_sure', { name: token.name }))) return;
  await ask('DELETE', `/v1/tokens/${token.token_id}`);
  await find();
}

function create() {
  form('console.token.new', [
    { name: 'name', key: 'console.column.name', required: true, most: 100 },
    { name: 'role', key: 'console.token.role', options: ROLES.map((role) => [role, word(`console.role.${role}`)]) },
    { name: 'org_id', key: 'console.people.org', type: 'number', min: 1 },
    { name: 'person_id', key: 'console.token.person', type: 'number', min: 1 },
    { name: 'days', key: 'console.token.days', type: 'number', min: 1, max: 365, value: 30 },
  ], async ({ days, ...values }) => {
    const token = await ask('POST', '/v1/tokens', { ...values, life_s: (days ?? 1) * DAY_S });
    made.replaceChildren(make('p', {}, word('console.token.once')), make('code', { class: 'token-text' }, token.token));
    await find();
  });
}

export function start(section) {
  root = section;
  root.classList.add('sheet');
  found = make('div', { class: 'sheet-list' });
  made = make('div', { 'aria-live': 'polite' });
  onLanguage(() => root.replaceChildren(make('div', { class: 'sheet-head' }, button('console.token.new', create, { class: 'sheet-button sheet-main' })), made, found));
}

export const show = find;
export function hide() {
  made.replaceChildren();
}

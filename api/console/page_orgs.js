// The organisation tree, what each organisation has, and how people come into it: codes to enrol by and those who wait.
import { ask } from './api.js';
import { orgLink } from './orgs.js';
import { caller } from './pages.js';
import { count } from './format.js';
import { make } from './dom.js';
import { complain } from './say.js';
import { button, facts, form, list, moment, withQuery } from './sheets.js';
import { onLanguage, word } from './words.js';

const KINDS = ['county', 'township', 'village', 'sector', 'firm'];
const COUNTED = ['people', 'on_duty', 'stations', 'lookout_points', 'squads', 'children'];
const CHILDREN_MAX = 1000;
let tree, detail, shown;

const kindWord = (kind) => word(`console.org.${kind}`);

/* ------------------------------------------------------------------ the tree */

const children = (id) => ask('GET', withQuery('/v1/orgs', { parent: id, limit: CHILDREN_MAX })).then((page) => page.items);

/* Its branches are asked for when it is first opened. */
function branch(org) {
  const below = make('div', { class: 'tree-below', role: 'group' });
  const name = make('a', { href: `#orgs/${org.org_id}` }, org.name, ' ', make('small', {}, kindWord(org.kind)));
  const opened = async () => {
    if (below.childNodes.length) return;
    const found = await children(org.org_id);
    below.replaceChildren(...found.length ? found.map(branch) : [make('p', { class: 'sheet-nothing' }, word('console.sheet.nothing'))]);
  };
  if (['village', 'firm'].includes(org.kind)) return make('div', { class: 'tree-leaf' }, name);
  return make('details', { ontoggle: () => opened().catch(complain) }, make('summary', {}, name), below);
}

async function plant() {
  const top = branch(await ask('GET', `/v1/orgs/${caller.org_id}`));
  tree.replaceChildren(top);
  if (top.tagName === 'DETAILS') top.open = true;
}

/* ------------------------------------------------------------------ one organisation */

function counts(org) {
  return make('table', { class: 'sheet-table sheet-counts' },
    make('thead', {}, make('tr', {}, make('th', {}, ''), make('th', { scope: 'col' }, word('console.org.own')), make('th', { scope: 'col' }, word('console.org.all')))),
    make('tbody', {}, ...COUNTED.map((name) => make('tr', {}, make('th', { scope: 'row' }, word(`console.org.count.${name}`)),
      make('td', {}, count(org.counts.own[name])), make('td', {}, count(org.counts.all[name]))))));
}

function addChild(org) {
  form('console.org.new', [
    { name: 'name', key: 'console.column.name', required: true, most: 200 }, { name: 'code', key: 'console.column.code', required: true, most: 40 },
    { name: 'kind', key: 'console.column.kind', options: KINDS.map((kind) => [kind, kindWord(kind)]) },
  ], async (values) => {
    const made = await ask('POST', '/v1/orgs', { ...values, parent_id: org.org_id });
    await plant();
    location.hash = `orgs/${made.org_id}`;
  });
}

function change(org) {
  form('console.org.change', [
    { name: 'name', key: 'console.column.name', required: true, value: org.name, most: 200 },
    { name: 'parent_id', key: 'console.org.parent', type: 'number', min: 1, value: org.parent_id },
  ], async (values) => {
    await ask('PATCH', `/v1/orgs/${org.org_id}`, values, undefined, undefined, org.version);
    await plant();
    await open(org.org_id);
  });
}

async function close(org) {
  if (!confirm(word('console.org.close_sure', { name: org.name }))) return;
  await ask('DELETE', `/v1/orgs/${org.org_id}`, undefined, undefined, undefined, org.version);
  await plant();
  location.hash = `orgs/${org.parent_id}`;
}

/* ------------------------------------------------------------------ how people come in */

function showCode(code) {
  const dialog = make('dialog', { class: 'sheet-dialog', 'aria-label': code.label, onclose: () => dialog.remove() },
    make('h2', {}, code.label), make('img', { class: 'org-qr', src: `/v1/enrolment_codes/${code.code_id}/qr.svg`, alt: word('console.enrol.qr') }),
    make('p', {}, word('console.enrol.until', { when: moment(code.expires_at), n: code.uses, most: code.uses_max })),
    button('console.close', () => dialog.close()));
  document.body.append(dialog);
  dialog.showModal();
}

function newCode(org) {
  form('console.enrol.new', [{ name: 'label', key: 'console.column.name', required: true, value: org.name, most: 100 }], async ({ label }) => {
    showCode(await ask('POST', '/v1/enrolment_codes', { label, org_id: org.org_id }));
    await open(org.org_id);
  });
}

const decide = (org, one, how, body) => ask('POST', `/v1/enrolments/${one.enrolment_id}/${how}`, body).then(() => open(org.org_id));

function refuse(org, one) {
  form('console.enrol.refuse', [{ name: 'reason', key: 'console.enrol.reason', required: true, most: 300 }], (values) => decide(org, one, 'refuse', values));
}

async function showEnrolment(org, root) {
  const codes = make('div'), waiting = make('div');
  root.replaceChildren(make('h3', {}, word('console.enrol.codes')), codes, button('console.enrol.new', () => newCode(org)), make('h3', {}, word('console.enrol.waiting')), waiting);
  await list(codes, '/v1/enrolment_codes', [
    { key: 'console.column.name', cell: (code) => code.label }, { key: 'console.people.org', cell: (code) => orgLink(code.org_id) },
    { key: 'console.enrol.used', cell: (code) => `${code.uses} / ${code.uses_max}` },
    { key: 'console.people.expires', cell: (code) => moment(code.expires_at) },
  ], showCode);
  await list(waiting, withQuery('/v1/enrolments', { state: 'pending' }), [
    { key: 'console.column.name', cell: (one) => one.name }, { key: 'console.people.org', cell: (one) => orgLink(one.org_id) }, { key: 'console.column.phone', cell: (one) => one.phone },
    { key: 'phone.birth_year', cell: (one) => String(one.birth_year ?? '') }, { key: 'console.enrol.asked', cell: (one) => moment(one.asked_at) },
    { key: 'console.column.state', cell: (one) => make('span', {}, button('console.enrol.approve', () => decide(org, one, 'approve', {}).catch(complain), { class: 'sheet-small' }), ' ',
      button('console.enrol.refuse', () => refuse(org, one), { class: 'sheet-small' })) },
  ]);
}

async function open(id) {
  shown = id;
  const org = await ask('GET', `/v1/orgs/${id}`);
  if (shown !== id) return;
  const enrolment = make('div');
  detail.replaceChildren(make('div', { class: 'sheet-title' }, make('h2', {}, org.name), make('span', {}, kindWord(org.kind))),
    facts([['console.people.id', org.org_id], ['console.column.code', org.code], ['console.org.parent', org.parent_id ? orgLink(org.parent_id) : null], ['console.column.address', org.address],
      ['console.column.phone', org.duty_phone], ['console.org.since', moment(org.valid_from)], ['console.org.closed', moment(org.valid_to)]]),
    counts(org));
  if (['admin', 'manager'].includes(caller.role)) {
    detail.append(make('div', { class: 'sheet-ends' }, button('console.org.new', () => addChild(org)), button('console.org.change', () => change(org)),
      org.parent_id === null ? '' : button('console.org.close', () => close(org).catch(complain))), enrolment);
    await showEnrolment(org, enrolment);
  }
}

export function start(root) {
  root.classList.add('sheet', 'sheet-two');
  tree = make('nav', { class: 'sheet-tree', 'aria-label': word('console.page.orgs') });
  detail = make('div', { class: 'sheet-detail' });
  root.replaceChildren(tree, detail);
  onLanguage(() => plant().catch(complain));
}

export function show(rest) {
  return open(/^\d+$/.test(rest) ? Number(rest) : caller.org_id);
}

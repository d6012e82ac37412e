// The people of one's organisations: finding them, what is known of each, and tables of them in and out.
import { ask, sendTable } from './api.js';
import { make } from './dom.js';
import { orgLink } from './orgs.js';
import { complain, say } from './say.js';
import { button, facts, form, list, moment, table, withQuery } from './sheets.js';
import { onLanguage, word } from './words.js';

const MODES = ['foot', 'ebike', 'car', 'bus', 'taxi'];
const RECRUITS = ['long_term', 'short_term', 'reserve'];
const SEALED = ['phone', 'identity', 'emergency', 'address'];
const WAIT_MS = 250;
const COLUMNS = [
  { key: 'console.column.name', cell: (person) => person.name },
  { key: 'console.column.phone', cell: (person) => person.phone },
  { key: 'console.people.org', cell: (person) => orgLink(person.org_id) },
  { key: 'console.column.mode', cell: (person) => modeWord(person.mode) },
  { key: 'console.people.recruit', cell: (person) => word(`console.recruit.${person.recruit}`) },
  { key: 'console.column.state', cell: stateOf },
];
const filter = { q: '', available: '', mode: '' };
let root, found, detail, shownId, timer;

const modeWord = (mode) => word(`console.mode.${mode}`);

/* Shape and word beside the colour. */
function stateOf(person) {
  return make('span', { class: 'sheet-state', 'data-good': person.available }, person.available ? '● ' : '○ ',
    person.available ? word('console.people.available') : person.unavailable.map((why) => word(`console.hindrance.${why}`)).join(' · '));
}

function find() {
  return list(found, withQuery('/v1/people', filter), COLUMNS, (person) => { location.hash = `people/${person.person_id}`; }).catch(complain);
}

function head() {
  const select = (name, choices, key) => make('select', { 'aria-label': word(key), onchange: (event) => { filter[name] = event.target.value; find(); } },
    ...choices.map(([value, text]) => make('option', { value, selected: value === filter[name] }, text)));
  return make('div', { class: 'sheet-head' },
    make('input', { type: 'search', id: 'people-search', value: filter.q, maxlength: 100, placeholder: word('console.people.hint'), 'aria-label': word('console.people.hint'),
      oninput: (event) => { filter.q = event.target.value.trim(); clearTimeout(timer); timer = setTimeout(find, WAIT_MS); } }),
    select('available', [['', word('console.people.everyone')], ['true', word('console.people.available')], ['false', word('console.people.not_available')]], 'console.column.state'),
    select('mode', [['', word('console.people.any')], ...MODES.map((mode) => [mode, modeWord(mode)])], 'console.column.mode'),
    button('console.people.new', create, { class: 'sheet-button sheet-main' }), button('console.people.import', importTable),
    make('a', { class: 'sheet-button', href: '/v1/people/export', download: 'people.csv' }, word('console.people.export')));
}

function create() {
  form('console.people.new', [
    { name: 'name', key: 'console.column.name', required: true, most: 200 },
    { name: 'phone', key: 'console.column.phone', most: 40 },
    { name: 'birth_year', key: 'phone.birth_year', type: 'number', min: 1900, max: 2100 },
    { name: 'org_id', key: 'console.people.org', type: 'number', min: 1 },
    { name: 'mode', key: 'console.column.mode', options: MODES.map((mode) => [mode, modeWord(mode)]) },
    { name: 'recruit', key: 'console.people.recruit', options: RECRUITS.map((kind) => [kind, word(`console.recruit.${kind}`)]) },
  ], async (values) => {
    const made = await ask('POST', '/v1/people', values);
    await find();
    location.hash = `people/${made.person_id}`;
  });
}

/* ------------------------------------------------------------------ one person */

function reveal(person, field, place) {
  form('console.people.reveal', [{ name: 'purpose', key: 'console.people.purpose', required: true, most: 300 }], async ({ purpose }) => {
    const shown = await ask('POST', `/v1/people/${person.person_id}/reveal`, { fields: [field], purpose });
    place.replaceChildren(shown[field] ?? '');
  });
}

function sealed(person, field) {
  if (!person[field]) return '';
  const place = make('span');
  place.append(`${person[field]} `, button('console.people.reveal', () => reveal(person, field, place), { class: 'sheet-small' }));
  return place;
}

async function setDuty(person) {
  await ask('POST', `/v1/people/${person.person_id}/duty`, { on_duty: !person.on_duty });
  await open(person.person_id);
}

const spells = (row) => `${moment(row.valid_from)} – ${moment(row.valid_to)}`;

async function open(id) {
  shownId = id;
  const [person, memberships, credentials, consents] = await Promise.all([
    ask('GET', `/v1/people/${id}`), ask('GET', `/v1/people/${id}/memberships`),
    ask('GET', `/v1/people/${id}/credentials`), ask('GET', `/v1/people/${id}/consents`).catch(() => ({ items: [] })),
  ]);
  if (shownId !== id) return;
  detail.replaceChildren(
    make('div', { class: 'sheet-title' }, make('h2', {}, person.name), stateOf(person)),
    facts([
      ['console.people.id', person.person_id], ['console.people.org', orgLink(person.org_id)], ['console.column.mode', modeWord(person.mode)],
      ['console.people.line', person.line], ['console.people.recruit', word(`console.recruit.${person.recruit}`)], ['phone.birth_year', person.birth_year],
      ['console.people.skills', person.skills.map((skill) => word(`console.skill.${skill}`)).join(' · ')],
      ...SEALED.map((field) => [`phone.${field}`, sealed(person, field)]),
    ]),
    make('div', { class: 'sheet-ends' }, button(person.on_duty ? 'console.people.off_duty' : 'console.people.on_duty', () => setDuty(person).catch(complain)),
      button('console.people.membership_new', () => addMembership(id)), button('console.people.credential_new', () => addCredential(id))),
    make('h3', {}, word('console.people.memberships')),
    table([{ key: 'console.people.org', cell: (row) => orgLink(row.org_id) }, { key: 'console.people.role', cell: (row) => word(`phone.role.${row.role}`) },
      { key: 'console.people.when', cell: spells }], memberships.items),
    make('h3', {}, word('console.people.credentials')),
    table([{ key: 'console.column.kind', cell: (row) => row.type }, { key: 'console.people.issuer', cell: (row) => row.issuer },
      { key: 'console.people.expires', cell: (row) => row.expires }, { key: 'console.column.state', cell: (row) => word(`console.credential.${row.state}`) }], credentials.items),
    make('h3', {}, word('phone.me.consents')),
    table([{ key: 'console.people.for', cell: (row) => row.purpose }, { key: 'console.people.version', cell: (row) => String(row.version) },
      { key: 'console.column.state', cell: (row) => word(row.given ? 'phone.me.given' : 'phone.me.not_given') }, { key: 'console.people.when', cell: (row) => moment(row.at) }], consents.items));
  detail.hidden = false;
}

function addMembership(id) {
  form('console.people.membership_new', [
    { name: 'org_id', key: 'console.people.org', type: 'number', min: 1, required: true },
    { name: 'role', key: 'console.people.role', options: ['member', 'leader', 'organiser', 'grid_worker', 'driver', 'contact'].map((role) => [role, word(`phone.role.${role}`)]) },
  ], async (values) => {
    await ask('POST', `/v1/people/${id}/memberships`, values);
    await open(id);
  });
}

function addCredential(id) {
  form('console.people.credential_new', [
    { name: 'type', key: 'console.column.kind', required: true, most: 40 }, { name: 'issuer', key: 'console.people.issuer', required: true, most: 200 },
    { name: 'issued', key: 'console.people.issued', type: 'date', required: true }, { name: 'expires', key: 'console.people.expires', type: 'date' },
  ], async (values) => {
    await ask('POST', `/v1/people/${id}/credentials`, values);
    await open(id);
  });
}

/* ------------------------------------------------------------------ a table comes in */

function previewOf(result) {
  return make('div', {}, make('p', {}, word('console.people.preview', { accepted: result.accepted, refused: result.refused, encoding: result.encoding })),
    table([{ key: 'console.people.line_number', cell: (bad) => String(bad.line) }, { key: 'console.people.column', cell: (bad) => bad.column },
      { key: 'console.people.value', cell: (bad) => bad.value }, { key: 'console.people.wrong', cell: (bad) => word(`code.${bad.code}`) }], result.errors));
}

/* First what would happen, each bad line by name; then, when one agrees, the good lines. */
function importTable() {
  const choose = make('input', { type: 'file', accept: '.csv,text/csv' });
  choose.addEventListener('change', async () => {
    const file = choose.files[0];
    try {
      const preview = await sendTable('/v1/people/import?dry_run=true', file);
      const take = async () => {
        const done = await sendTable('/v1/people/import', file);
        say(word('console.people.imported', { n: done.accepted }));
        detail.replaceChildren(previewOf(done));
        await find();
      };
      detail.replaceChildren(make('h2', {}, file.name), previewOf(preview),
        preview.accepted ? button('console.people.import_good', () => take().catch(complain), { class: 'sheet-button sheet-main' }) : '');
      detail.hidden = false;
    } catch (problem) {
      complain(problem);
    }
  });
  choose.click();
}

export function start(section) {
  root = section;
  root.classList.add('sheet');
  found = make('div', { class: 'sheet-list' });
  detail = make('div', { class: 'sheet-detail', hidden: true });
  onLanguage(() => {
    root.replaceChildren(head(), found, detail);
    detail.hidden = true;
    find();
  });
}

export function show(rest) {
  if (/^\d+$/.test(rest)) return open(Number(rest));
  detail.hidden = true;
  return undefined;
}

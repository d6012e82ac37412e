// Phones and terminals that say where somebody is: each is let in with a secret of its own,
// which is shown this once, and declares its format and coordinate frame. Below them those
// whose fixes say something else than they declare.
import { ask } from './api.js';
import { askText } from './asking.js';
import { make } from './dom.js';
import { orgLink } from './orgs.js';
import { complain } from './say.js';
import { button, facts, form, list, moment } from './sheets.js';
import { onLanguage, word } from './words.js';

const FORMATS = ['osmand', 'owntracks', 'json', 'packed'];
const FRAMES = ['wgs84', 'cgcs2000', 'gcj02', 'bd09'];
const DOUBTS = [
  { key: 'console.token.person', cell: (doubt) => personLink(doubt.person_id) },
  { key: 'console.column.name', cell: (doubt) => doubt.name },
  { key: 'console.doubt.kind', cell: doubtText },
  { key: 'console.doubt.fixes', cell: (doubt) => String(doubt.fixes) },
  { key: 'console.doubt.since', cell: (doubt) => moment(doubt.since) },
  { key: 'console.column.state', cell: (doubt) => button('console.doubt.clear', () => clear(doubt).catch(complain), { class: 'sheet-small' }) },
];
let root, found, made, doubtful;

const personLink = (id) => make('a', { href: `#people/${id}` }, `#${id}`);
const formatWord = (format) => word(`console.device.format.${format}`);

const COLUMNS = [
  { key: 'console.column.name', cell: (device) => device.name },
  { key: 'console.token.person', cell: (device) => personLink(device.person_id) },
  { key: 'console.people.org', cell: (device) => orgLink(device.org_id) },
  { key: 'console.device.format', cell: (device) => formatWord(device.format) },
  { key: 'console.device.frame', cell: (device) => word(`console.frame.${device.frame}`) },
  { key: 'console.device.since', cell: (device) => moment(device.rotated_at) },
  { key: 'console.column.state', cell: (device) => make('span', {},
    button('console.device.rotate', () => rotate(device).catch(complain), { class: 'sheet-small' }), ' ',
    button('console.device.close', () => close(device).catch(complain), { class: 'sheet-small' })) },
];

function doubtText(doubt) {
  if (doubt.kind === 'clock_skew') return word('console.doubt.clock_skew', { late: doubt.late_s });
  const frame = (name) => word(`console.frame.${name}`);
  return word('console.doubt.frame', { likely: frame(doubt.likely), declared: frame(doubt.declared), declared_m: Math.round(doubt.declared_m), likely_m: Math.round(doubt.likely_m) });
}

async function clear(doubt) {
  await ask('POST', `/v1/doubts/${doubt.doubt_id}/clear`);
  await findDoubts();
}

const findDoubts = () => list(doubtful, '/v1/doubts?state=open', DOUBTS).catch(complain);

/* What is to be typed into the app, as it asks for it. */
const SETTINGS = {
  osmand: ({ secret }) => [['console.device.osmand_url', `${location.origin}/v1/osmand?id=${secret}&lat={0}&lon={1}&timestamp={2}&hdop={3}&speed={5}`],
    ['console.device.traccar_url', `${location.origin}/v1/osmand`], ['console.device.traccar_id', secret]],
  owntracks: ({ name, secret }) => [['console.device.url', `${location.origin}/v1/owntracks`], ['console.device.user', name], ['console.device.password', secret]],
  json: ({ secret }) => [['console.device.url', `${location.origin}/v1/positions`], ['console.device.bearer', secret]],
  packed: ({ secret }) => [['console.device.url', `${location.origin}/v1/positions/packed`], ['console.device.bearer', secret]],
};

function showSecret(device) {
  if (device.secret === null) {
    made.replaceChildren(make('p', {}, word('console.device.again')));
    return;
  }
  made.replaceChildren(make('div', { class: 'sheet-wide' }, make('h3', {}, device.name), make('p', {}, word('console.device.once')),
    facts(SETTINGS[device.format](device).map(([key, value]) => [key, make('code', { class: 'token-text' }, value)]))));
}

async function findAll() {
  await Promise.all([find(), findDoubts()]);
}

const find = () => list(found, '/v1/devices', COLUMNS).catch(complain);

/* Why, is kept in the audit. */
async function rotate(device) {
  const purpose = await askText({ title: word('console.device.rotate'), about: word('console.device.rotate_sure', { name: device.name }), label: word('console.people.purpose'), text: '', required: true });
  if (purpose === null) return;
  showSecret(await ask('POST', `/v1/devices/${device.device_id}/rotate`, { purpose }));
  await find();
}

async function close(device) {
  if (!confirm(word('console.device.close_sure', { name: device.name }))) return;
  await ask('DELETE', `/v1/devices/${device.device_id}`);
  await find();
}

function enrol() {
  form('console.device.new', [
    { name: 'person_id', key: 'console.token.person', type: 'number', min: 1, required: true },
    { name: 'name', key: 'console.column.name', required: true, most: 100 },
    { name: 'format', key: 'console.device.format', options: FORMATS.map((format) => [format, formatWord(format)]) },
    { name: 'frame', key: 'console.device.frame', options: FRAMES.map((frame) => [frame, word(`console.frame.${frame}`)]) },
  ], async (values) => {
    showSecret(await ask('POST', '/v1/devices', values));
    await find();
  });
}

export function start(section) {
  root = section;
  root.classList.add('sheet');
  found = make('div', { class: 'sheet-list sheet-wide' });
  doubtful = make('div', { class: 'sheet-list sheet-wide' });
  made = make('div', { 'aria-live': 'polite' });
  onLanguage(() => root.replaceChildren(make('div', { class: 'sheet-head' }, button('console.device.new', enrol, { class: 'sheet-button sheet-main' })), made, found,
    make('h3', {}, word('console.doubt.title')), doubtful));
}

export const show = findAll;

export function hide() {
  made.replaceChildren();
}

// Fences: who comes, goes, stays long, or should be there by the roster and is not.
import { ask } from './api.js';
import { make } from './dom.js';
import { coordinates, count, metres } from './format.js';
import { orgLink } from './orgs.js';
import { caller } from './pages.js';
import { complain } from './say.js';
import { button, facts, form, list, moment, withQuery } from './sheets.js';
import { onLanguage, word } from './words.js';

const KINDS = ['enter', 'leave', 'dwell', 'absent'];
const WHOM = ['everyone', 'squad', 'rostered', 'dispatched'];
const AROUND = ['lookout_point_id', 'grid_id', 'incident_id'];
const MAKERS = ['admin', 'dispatcher', 'manager', 'planner'];
let root, found, detail, shownId;

const personLink = (id) => make('a', { href: `#people/${id}` }, `#${id}`);
const kindsOf = (fence) => fence.kinds.map((kind) => word(`console.fence.${kind}`)).join(' · ');

/* What it stands around, in words. */
function aroundOf(fence) {
  const field = AROUND.find((name) => fence[name]);
  if (field) return `${word(`console.fence.${field}`)} #${fence[field]}`;
  return fence.place ? coordinates(fence.place.lon, fence.place.lat) : word('console.fence.area');
}

const COLUMNS = [
  { key: 'console.column.name', cell: (fence) => fence.name },
  { key: 'console.people.org', cell: (fence) => orgLink(fence.org_id) },
  { key: 'console.fence.around', cell: aroundOf },
  { key: 'console.fence.radius', cell: (fence) => (fence.radius_m ? metres(fence.radius_m) : '') },
  { key: 'console.fence.whom', cell: (fence) => word(`console.fence.${fence.whom}`) },
  { key: 'console.fence.kinds', cell: kindsOf },
  { key: 'console.fence.inside', cell: (fence) => count(fence.inside) },
];
const VISITS = [
  { key: 'console.token.person', cell: (visit) => personLink(visit.person_id) },
  { key: 'console.fence.entered', cell: (visit) => moment(visit.entered_at) },
  { key: 'console.fence.left', cell: (visit) => (visit.left_at ? moment(visit.left_at) : word('console.fence.is_inside')) },
];
const ABSENCES = [
  { key: 'console.token.person', cell: (absence) => personLink(absence.person_id) },
  { key: 'console.fence.told', cell: (absence) => moment(absence.told_at) },
  { key: 'console.fence.ended', cell: (absence) => (absence.ended_at ? moment(absence.ended_at) : word('console.fence.is_absent')) },
];

const find = () => list(found, '/v1/fences', COLUMNS, (fence) => { location.hash = `fences/${fence.fence_id}`; }).catch(complain);

async function close(fence) {
  if (!confirm(word('console.fence.close_sure', { name: fence.name }))) return;
  await ask('DELETE', `/v1/fences/${fence.fence_id}`, undefined, undefined, undefined, fence.version);
  detail.hidden = true;
  location.hash = 'fences';
  await find();
}

async function open(id) {
  shownId = id;
  const fence = await ask('GET', `/v1/fences/${id}`);
  const visits = make('div'), absences = make('div');
  await list(visits, withQuery('/v1/fence_visits', { fence_id: id }), VISITS);
  if (fence.kinds.includes('absent')) await list(absences, withQuery('/v1/fence_absences', { fence_id: id }), ABSENCES);
  if (shownId !== id) return;
  detail.replaceChildren(
    make('div', { class: 'sheet-title' }, make('h2', {}, fence.name), `#${fence.fence_id}`),
    facts([['console.people.org', orgLink(fence.org_id)], ['console.fence.around', aroundOf(fence)], ['console.fence.radius', fence.radius_m && metres(fence.radius_m)],
      ['console.fence.margin', metres(fence.margin_m)], ['console.fence.whom', word(`console.fence.${fence.whom}`)], ['console.fence.kinds', kindsOf(fence)],
      ['console.fence.dwell_s', fence.dwell_s], ['console.fence.grace_s', fence.kinds.includes('absent') ? fence.grace_s : null], ['console.fence.inside', count(fence.inside)]]),
    MAKERS.includes(caller.role) ? make('div', { class: 'sheet-ends' }, button('console.device.close', () => close(fence).catch(complain))) : '',
    make('h3', {}, word('console.fence.visits')), visits,
    ...(fence.kinds.includes('absent') ? [make('h3', {}, word('console.fence.absences')), absences] : []));
  detail.hidden = false;
}

function place({ lon, lat }) {
  return lon === undefined || lat === undefined ? undefined : { lon, lat, frame: 'wgs84' };
}

function create() {
  form('console.fence.new', [
    { name: 'name', key: 'console.column.name', required: true, most: 66 },
    ...AROUND.map((name) => ({ name, key: `console.fence.${name}`, type: 'number', min: 1 })),
    { name: 'lon', key: 'console.fence.lon', type: 'search' }, { name: 'lat', key: 'console.fence.lat', type: 'search' },
    { name: 'radius_m', key: 'console.fence.radius_m', type: 'number', min: 10, max: 5000 },
    { name: 'whom', key: 'console.fence.whom', options: [['', ''], ...WHOM.map((whom) => [whom, word(`console.fence.${whom}`)])] },
    { name: 'squad_id', key: 'console.fence.squad_id', type: 'number', min: 1 },
    ...KINDS.map((kind) => ({ name: kind, key: `console.fence.${kind}`, type: 'checkbox', checked: kind === 'enter' || kind === 'leave' })),
    { name: 'dwell_s', key: 'console.fence.dwell_s', type: 'number', min: 10, max: 86400 },
  ], async ({ lon, lat, enter, leave, dwell, absent, ...values }) => {
    const ticked = { enter, leave, dwell, absent };
    const number = (text) => (text === undefined ? undefined : Number(text));
    const fence = await ask('POST', '/v1/fences', { ...values, place: place({ lon: number(lon), lat: number(lat) }), kinds: KINDS.filter((kind) => ticked[kind]) });
    await find();
    location.hash = `fences/${fence.fence_id}`;
  });
}

export function start(section) {
  root = section;
  root.classList.add('sheet');
  found = make('div', { class: 'sheet-list' });
  detail = make('div', { class: 'sheet-detail', hidden: true });
  onLanguage(() => {
    detail.hidden = true;
    root.replaceChildren(make('div', { class: 'sheet-head' }, MAKERS.includes(caller.role) ? button('console.fence.new', create, { class: 'sheet-button sheet-main' }) : ''), found, detail);
  });
}

export async function show(rest) {
  await find();
  if (/^\d+$/.test(rest)) await open(Number(rest));
  else detail.hidden = true;
}

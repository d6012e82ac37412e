// Closed streets: on the map for everybody, closing and opening for those who may.
import { ask } from './api.js';
import { make } from './dom.js';
import { onEvent } from './events.js';
import { metres } from './format.js';
import { goTo, map } from './map.js';
import { orgLink } from './orgs.js';
import { caller } from './pages.js';
import { isPointing, place, point, setSource, show } from './roads.js';
import { complain, say } from './say.js';
import { button, form, moment } from './sheets.js';
import { word } from './words.js';

const CLOSERS = ['admin', 'dispatcher', 'planner', 'manager'];
const MODES = ['foot', 'ebike', 'car'];
const HOURS = [1, 2, 4, 8, 24];
const SHARES = [0.75, 0.5, 0.25];
const SHOWN = 100;
const SOON_MS = 1000;

let ends = []; // of the stretch that is to be closed
let items = null;
let isOpen = false;

const mayClose = () => CLOSERS.includes(caller.role);

function drawEnds() {
  setSource('closing', ends.map(({ lon, lat }) => point(lon, lat)));
}

/** Brings the layer up to date. */
export async function loadClosures() {
  try {
    const closed = await ask('GET', '/v1/closed_streets');
    map.getSource('closures').setData(closed);
  } catch (problem) {
    complain(problem);
  }
}

async function loadList() {
  try {
    ({ items } = await ask('GET', `/v1/closures?active=true&limit=${SHOWN}`));
  } catch (problem) {
    items = [];
    complain(problem);
  }
  if (isOpen && isPointing()) show();
}

/* The node that is asked may obey a moment after it tells: so it is asked again. */
const streetsChanged = () => {
  loadClosures();
  setTimeout(loadClosures, SOON_MS);
};

const listChanged = () => {
  if (isOpen) loadList();
};

const changed = () => {
  loadClosures();
  listChanged();
};

const until = (hours) => (hours ? new Date(Date.now() + Number(hours) * 3600000).toISOString() : undefined);

/* What the form says, as the server wants it. */
function closureOf({ reason, hours, share, foot, ebike, car }) {
  const ticked = { foot, ebike, car };
  return {
    reason, modes: MODES.filter((mode) => ticked[mode]), direction: 'both', between: ends.map(place), ends_at: until(hours),
    ...(share ? { effect: 'slowed', factor: Number(share) } : { effect: 'closed' }),
  };
}

function askHow() {
  form('console.closure.new', [
    { name: 'reason', key: 'console.reason', required: true, most: 200 },
    { name: 'share', key: 'console.closure.effect', options: [['', word('console.closure.closed')], ...SHARES.map((share) => [String(share), word('console.closure.slowed_to', { n: share * 100 })])] },
    { name: 'hours', key: 'console.closure.for', options: [...HOURS.map((n) => [String(n), word('console.closure.hours', { n })]), ['', word('console.closure.until_opened')]] },
    ...MODES.map((mode) => ({ name: mode, key: `console.mode.${mode}`, type: 'checkbox', checked: true })),
  ], async (values) => {
    const closure = await ask('POST', '/v1/closures', closureOf(values));
    ends = [];
    drawEnds();
    say(word('console.closure.done', { far: metres(closure.length_m) }));
    changed();
  });
}

async function lift(closure) {
  if (!confirm(word('console.closure.open_sure', { reason: closure.reason }))) return;
  try {
    await ask('DELETE', `/v1/closures/${closure.closure_id}`, undefined, undefined, undefined, closure.version);
    changed();
  } catch (problem) {
    complain(problem);
  }
}

/* The middle of what is drawn of it. */
function middle(closure) {
  const line = closure.geometry?.coordinates[0];
  return line && { lon: line[Math.floor(line.length / 2)][0], lat: line[Math.floor(line.length / 2)][1] };
}

function effectOf(closure) {
  if (closure.effect === 'closed') return word('console.closure.closed');
  return closure.speed_kmh ? word('console.closure.at_speed', { n: closure.speed_kmh }) : word('console.closure.slowed_to', { n: Math.round(closure.factor * 100) });
}

function row(closure) {
  const at = middle(closure);
  const title = at ? make('button', { type: 'button', class: 'go', onclick: () => goTo(at) }, closure.reason) : make('b', {}, closure.reason);
  const modes = closure.modes.map((mode) => word(`console.mode.${mode}`)).join(' · ');
  return make('li', {}, make('div', {}, title, make('small', {}, `${effectOf(closure)} · ${metres(closure.length_m)} · ${modes}`),
    make('small', {}, orgLink(closure.org_id), ' · ', closure.ends_at ? word('console.closure.until', { at: moment(closure.ends_at) }) : word('console.closure.until_opened'))),
  mayClose() ? button('console.closure.open', () => lift(closure), { class: 'small-button', 'data-keep': `lift-${closure.closure_id}` }) : '');
}

function listed() {
  if (items === null) return '';
  return items.length > 0 ? make('ul', { class: 'closures' }, ...items.map(row)) : make('p', {}, word('console.closure.none'));
}

function body() {
  if (!isOpen) {
    isOpen = true;
    loadList();
  }
  return [mayClose() ? make('p', {}, word(ends.length === 0 ? 'console.closure.first' : 'console.closure.second')) : '', listed()];
}

/** The tool, for roads.js. */
export const closures = {
  hasMode: false,
  body,
  pointed(at) {
    if (!mayClose()) return;
    ends = [...ends, at].slice(-2);
    drawEnds();
    show();
    if (ends.length === 2) askHow();
  },
  clear() {
    isOpen = false;
    items = null;
    ends = [];
    drawEnds();
  },
};

export function startClosures() {
  onEvent('closed_streets', streetsChanged);
  onEvent('closure', listChanged);
  onEvent('reset', changed);
  loadClosures();
}

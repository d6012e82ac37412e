// The uncovered part of each grid cell and district in an hour, as areas: a job of the
// server's, with its progress, which may be ended; then a layer and a list.
import { Problem, ask } from './api.js';
import { make } from './dom.js';
import { showAll } from './map.js';
import { caller } from './pages.js';
import { setSource, show } from './roads.js';
import { complain, sentence } from './say.js';
import { button } from './sheets.js';
import { hasWord, word } from './words.js';

const PLANNERS = ['admin', 'planner'];
const AGAIN_MS = 500;
const SHOWN = 12;

let job = null;
let by = 'grid';
let askedFor = 0; // an older question's answers are let go

const isOver = () => !job || ['done', 'failed', 'cancelled'].includes(job.state);
const areasOf = () => (job?.state === 'done' ? job.result.items.filter((item) => item.by === by) : []);

function draw() {
  setSource('area-gaps', areasOf().filter(({ area }) => area).map(({ area }) => ({ type: 'Feature', properties: {}, geometry: { type: area.type, coordinates: area.coordinates } })));
}

async function follow(mine) {
  while (askedFor === mine && !isOver()) {
    await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
    const now = await ask('GET', `/v1/jobs/${job.job_id}`);
    if (askedFor !== mine) return;
    job = now;
    if (job.state === 'done' && areasOf().length === 0) by = by === 'grid' ? 'org' : 'grid';
    draw();
    show();
  }
}

async function begin({ kind, from }) {
  askedFor += 1;
  const mine = askedFor;
  try {
    const made = await ask('POST', '/v1/coverage/jobs', { kind: 'area_gaps', of: kind, from });
    if (askedFor !== mine) return;
    job = made;
    show();
    await follow(mine);
  } catch (problem) {
    complain(problem);
  }
}

/** Puts the areas away, and ends the work on them. */
export function dropAreas() {
  askedFor += 1;
  if (!isOver()) ask('DELETE', `/v1/jobs/${job.job_id}`).catch(complain);
  job = null;
  draw();
}

function cancel() {
  ask('DELETE', `/v1/jobs/${job.job_id}`).catch(complain);
}

/* ---- what is shown of it */

const percent = (share) => word('console.coverage.percent', { n: (100 * share).toFixed(1) });
const squareKm = (value) => word('console.area.km2', { n: (value / 1e6).toFixed(2) });

function row(item) {
  const name = item.by === 'grid' ? item.code : item.name || item.code;
  const title = item.area ? make('button', { type: 'button', class: 'place-row', onclick: () => showAll(item.area.coordinates.flat(item.area.type === 'MultiPolygon' ? 2 : 1)) }, name) : name;
  return make('tr', {}, make('th', { scope: 'row' }, title), make('td', {}, squareKm(item.open_m2)), make('td', {}, item.whole_m2 > 0 ? percent(item.open_m2 / item.whole_m2) : '–'));
}

function choose(name) {
  by = name;
  draw();
  show();
}

function found() {
  const rows = areasOf().sort((a, b) => b.open_m2 - a.open_m2).slice(0, SHOWN).map(row);
  const kinds = ['grid', 'org'].filter((name) => job.result.items.some((item) => item.by === name));
  if (kinds.length === 0) return [make('p', {}, word('console.area.none'))];
  return [make('div', { class: 'roads-row', role: 'radiogroup', 'aria-label': word('console.coverage.by') }, ...kinds.map((name) => make('label', {},
    make('input', { type: 'radio', name: 'area-by', checked: name === by, 'data-keep': `area-${name}`, onchange: () => choose(name) }), word(`console.coverage.by.${name}`)))),
  make('table', { class: 'reached areas' }, make('tbody', {}, ...rows)),
  job.result.areas_left_out > 0 ? make('p', {}, word('console.area.left_out', { n: job.result.areas_left_out })) : ''];
}

function running() {
  const key = `console.job.step.${job.step}`;
  return [make('div', { class: 'roads-row' }, make('progress', { max: 1, value: job.share, 'aria-label': word('console.area.title') }), percent(job.share),
    button('console.job.cancel', cancel, { class: 'small-button', 'data-keep': 'area-cancel' })),
  make('p', {}, hasWord(key) ? word(key) : word('console.job.queued'))];
}

function outcome() {
  if (!isOver()) return running();
  if (job?.state === 'done') return found();
  if (job?.state === 'failed') return [make('p', { role: 'alert' }, sentence(new Problem(job.code, job.detail, { status: 422 })))];
  return job ? [make('p', {}, word('console.job.cancelled'))] : [];
}

/** For an hour {kind, from}: the button that asks for it, how far it is, and what was found. */
export function areasBody(hour) {
  if (!hour || hour.kind === 'difference') return [];
  const start = PLANNERS.includes(caller.role) && isOver() ? button('console.area.begin', () => begin(hour), { class: 'small-button', 'data-keep': 'area-begin' }) : '';
  return [make('h3', {}, word('console.area.title')), make('div', { class: 'roads-row' }, start,
    job && isOver() ? button('console.area.drop', () => {
      dropAreas();
      show();
    }, { class: 'small-button', 'data-keep': 'area-drop' }) : ''), ...outcome()];
}

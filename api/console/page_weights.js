// What a metre of street weighs: the versions, what went into each and which one counts; and
// the long work that is under way.
import { Problem, ask } from './api.js';
import { make } from './dom.js';
import { count } from './format.js';
import { caller } from './pages.js';
import { complain, sentence } from './say.js';
import { button, form, list, moment, table, withQuery } from './sheets.js';
import { hasWord, onLanguage, word } from './words.js';

const PLANNERS = ['admin', 'planner'];
const ENDERS = ['admin', 'dispatcher', 'planner', 'manager'];
const JOBS_SHOWN = 20;
const JOBS_ASKED = 1000;
const AGAIN_MS = 1000;
const CITY_ORG = 1;

let root, versions, work;
let timer = null;
let hadWork = false;

const mayUse = () => caller.role === 'admin' && caller.org_id === CITY_ORG;
const wordOf = (key, otherwise) => (hasWord(key) ? word(key) : otherwise);

async function use(version) {
  await ask('PUT', '/v1/coverage/weights', { weight_version_id: version });
  await find();
}

/* A part of the sum: how much it weighs, and how many things went in. */
const part = (factor, many) => word('console.weight.part', { factor: factor.toLocaleString(), many: count(many) });

const COLUMNS = [
  { key: 'console.weight.version', cell: (one) => `${one.weight_version_id}` },
  { key: 'console.weight.made', cell: (one) => moment(one.made_at) },
  { key: 'console.weight.incidents', cell: (one) => part(one.rule.incidents, one.incident_count) },
  { key: 'console.weight.days', cell: (one) => word('console.weight.halved', { days: one.rule.days, half: one.rule.half_life_days }) },
  { key: 'console.weight.points', cell: (one) => part(one.rule.points, one.point_count) },
  { key: 'console.weight.hot_spots', cell: (one) => part(one.rule.hot_spots, one.hot_spot_count) },
  { key: 'console.weight.floor', cell: (one) => one.rule.floor.toLocaleString() },
  { key: 'console.weight.reach', cell: (one) => word('console.far.m', { n: one.rule.reach_m }) },
  { key: 'console.column.state', cell: (one) => {
    if (one.in_use) return make('span', { class: 'sheet-state', 'data-good': true }, `● ${word('console.weight.in_use')}`);
    return mayUse() ? button('console.weight.use', () => use(one.weight_version_id).catch(complain), { class: 'sheet-small' }) : '';
  } },
];

const find = () => list(versions, '/v1/coverage/weights', COLUMNS).catch(complain);

/* ---- long work */

const isOver = ({ state }) => ['done', 'failed', 'cancelled'].includes(state);

function progress(job) {
  if (job.state === 'failed') return sentence(new Problem(job.code, job.detail ?? '', { status: 422 }));
  if (isOver(job)) return '';
  return make('progress', { max: 1, value: job.share, title: wordOf(`console.job.step.${job.step}`, word('console.job.queued')) });
}

async function cancel(job) {
  await ask('DELETE', `/v1/jobs/${job.job_id}`);
  await showWork();
}

const JOB_COLUMNS = [
  { key: 'console.job.what', cell: (job) => wordOf(`console.job.kind.${job.kind}`, job.kind) },
  { key: 'console.weight.made', cell: (job) => moment(job.made_at) },
  { key: 'console.column.state', cell: (job) => word(`console.job.state.${job.state}`) },
  { key: 'console.job.share', cell: progress },
  { key: 'console.job.end', cell: (job) => (isOver(job) || !ENDERS.includes(caller.role) ? ''
    : button('console.job.cancel', () => cancel(job).catch(complain), { class: 'sheet-small' })) },
];

/* They come in the order of their numbers. */
async function latestJobs() {
  let latest = [], next;
  do {
    const page = await ask('GET', withQuery('/v1/jobs', { limit: JOBS_ASKED, cursor: next }));
    latest = [...latest, ...page.items].slice(-JOBS_SHOWN);
    ({ next } = page);
  } while (next);
  return latest.reverse();
}

/* As long as something is being done it is asked for again; then there may be a new version. */
async function showWork() {
  clearTimeout(timer);
  const latest = await latestJobs();
  work.replaceChildren(latest.length > 0 ? table(JOB_COLUMNS, latest) : make('p', { class: 'sheet-nothing' }, word('console.sheet.nothing')));
  const hasWork = latest.some((job) => !isOver(job));
  if (hasWork) timer = setTimeout(() => showWork().catch(complain), AGAIN_MS);
  else if (hadWork) await find();
  hadWork = hasWork;
}

function create() {
  const factor = (name, value) => ({ name, key: `console.weight.${name}`, type: 'number', required: true, min: 0, max: 100, step: 0.1, value });
  form('console.weight.new', [
    factor('incidents', 1), factor('points', 0.5), factor('hot_spots', 2), factor('floor', 0.2),
    { name: 'days', key: 'console.weight.of_days', type: 'number', required: true, min: 1, max: 3660, value: 365 },
    { name: 'half_life_days', key: 'console.weight.half_life', type: 'number', required: true, min: 1, max: 3660, value: 90 },
    { name: 'reach_m', key: 'console.weight.reach', type: 'number', required: true, min: 25, max: 2000, value: 200 },
    { name: 'use', key: 'console.weight.use_at_once', type: 'checkbox', checked: true },
  ], async (values) => {
    await ask('POST', '/v1/coverage/jobs', { kind: 'weights', ...values });
    await showWork();
  });
}

export function start(section) {
  root = section;
  root.classList.add('sheet');
  versions = make('div', { class: 'sheet-list' });
  work = make('div');
  onLanguage(() => root.replaceChildren(
    make('div', { class: 'sheet-head' }, PLANNERS.includes(caller.role) ? button('console.weight.new', create, { class: 'sheet-button sheet-main' }) : '',
      mayUse() ? button('console.weight.alike', () => use(null).catch(complain)) : ''),
    versions, make('div', { class: 'sheet-wide' }, make('h3', {}, word('console.job.title')), work)));
}

export async function show() {
  await find();
  await showWork();
}

export function hide() {
  clearTimeout(timer);
}

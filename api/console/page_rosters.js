// The month of patrols: which days are open, who has claimed them, how evenly they are shared; and the shifts of a week.
import { ask } from './api.js';
import { caller } from './pages.js';
import { count } from './format.js';
import { make } from './dom.js';
import { proofsOfDay } from './proofs.js';
import { complain } from './say.js';
import { facts, list, moment, withQuery } from './sheets.js';
import { hasWord, language, onLanguage, word } from './words.js';

const MARKS = { planned: '·', open: '○', claimed: '◐', confirmed: '●', done: '✓', missed: '✕', cancelled: '–' };
const DAY_MS = 86400000;
let root, calendar, fairness, shifts;
let month = new Date().toISOString().slice(0, 7);

/* A template may name roles of its own. */
const roleWord = (role) => (hasWord(`phone.role.${role}`) ? word(`phone.role.${role}`) : role);

/* "2026-12" and n months on. */
function monthsOn(text, n) {
  const [year, number] = text.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + n, 1)).toISOString().slice(0, 7);
}

const dayWord = (day, options) => new Date(`${day}T00:00:00Z`).toLocaleDateString(language === 'zh' ? 'zh-CN' : 'en-GB', { timeZone: 'UTC', ...options });

function patrol(one) {
  const held = one.tally.held.map(({ squad }) => squad).join(word('console.roster.and'));
  const text = `${word(`console.patrol.${one.state}`)} ${one.tally.held.length}/${one.tally.capacity}${one.tally.waiting ? ` +${one.tally.waiting}` : ''}`;
  const title = `${MARKS[one.state] ?? '·'} ${text}`;
  return make('li', { class: 'patrol', 'data-state': one.state, title: held }, one.state === 'done' ? make('button', { type: 'button', class: 'sheet-go', onclick: () => proofsOfDay(one.day_id) }, title) : title,
    held ? make('small', {}, held) : null);
}

/* Weeks from Monday; the first row is filled up to the month's first day. */
function grid(days) {
  const first = new Date(`${month}-01T00:00:00Z`);
  const lead = (first.getUTCDay() + 6) % 7;
  const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  const cells = Array.from({ length }, (_, i) => {
    const day = `${month}-${String(i + 1).padStart(2, '0')}`;
    return make('div', { class: 'roster-day' }, make('b', {}, String(i + 1)), make('ul', {}, ...days.filter((one) => one.day === day).map(patrol)));
  });
  const names = Array.from({ length: 7 }, (_, i) => make('div', { class: 'roster-name' }, dayWord(new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10), { weekday: 'short' })));
  return make('div', { class: 'roster-grid' }, ...names, ...Array.from({ length: lead }, () => make('div')), ...cells);
}

/* How many evenings each squad has, as a bar beside its number. */
function shares(found) {
  const most = Math.max(1, found.fairness.most);
  return make('div', {},
    facts([['console.roster.fairness', `${found.fairness.least} – ${found.fairness.most} (${word('console.roster.mean')} ${found.fairness.mean.toFixed(1)})`],
      ['console.roster.without', count(found.shortfall.squads_without_a_day)], ['console.roster.free', count(found.shortfall.places_free)],
      ['console.roster.unclaimed', count(found.shortfall.unclaimed_days)]]),
    make('ul', { class: 'roster-shares' }, ...found.squads.map((squad) => make('li', {}, make('span', {}, squad.squad),
      make('meter', { min: 0, max: most, value: squad.held, 'aria-label': squad.squad }), make('b', {}, String(squad.held)), squad.waiting ? make('small', {}, `+${squad.waiting}`) : null))));
}

function openShifts() {
  const today = new Date();
  return list(shifts, withQuery('/v1/shifts', { from_day: today.toISOString().slice(0, 10), to_day: new Date(today.getTime() + 7 * DAY_MS).toISOString().slice(0, 10) }), [
    { key: 'console.roster.when', cell: (shift) => `${moment(shift.starts_at)} – ${moment(shift.ends_at)}` },
    { key: 'console.column.name', cell: (shift) => shift.name }, { key: 'console.roster.where', cell: (shift) => shift.at.name },
    { key: 'console.roster.needs', cell: (shift) => shift.needs.map((need) => `${roleWord(need.role)} ${need.taken}/${need.min}–${need.max}`).join(' · ') },
    { key: 'console.column.state', cell: (shift) => word(`console.shift.${shift.state}`) },
  ]);
}

async function open() {
  const found = await ask('GET', withQuery('/v1/patrol_calendar', { month, org: caller.org_id }));
  calendar.replaceChildren(make('div', { class: 'sheet-head' },
    make('button', { type: 'button', class: 'sheet-button', 'aria-label': word('console.roster.before'), onclick: () => turn(-1) }, '‹'),
    make('h2', {}, dayWord(`${month}-01`, { year: 'numeric', month: 'long' })),
    make('button', { type: 'button', class: 'sheet-button', 'aria-label': word('console.roster.after'), onclick: () => turn(1) }, '›')), grid(found.days));
  fairness.replaceChildren(make('h3', {}, word('console.roster.shares')), shares(found));
  await openShifts();
}

function turn(n) {
  month = monthsOn(month, n);
  open().catch(complain);
}

export function start(section) {
  root = section;
  root.classList.add('sheet', 'sheet-two');
  calendar = make('div', { class: 'sheet-list' });
  fairness = make('div', { class: 'sheet-detail' });
  shifts = make('div');
  onLanguage(() => root.replaceChildren(calendar, fairness, make('div', { class: 'sheet-wide' }, make('h3', {}, word('console.roster.shifts')), shifts)));
}

export const show = open;

// Gaps that are ticked: how much they are together, what would mend them at the least cost,
// and a beat over their streets with the plan by which squads claim its days.
import { ask } from './api.js';
import { city } from './city.js';
import { make } from './dom.js';
import { count, metres } from './format.js';
import { fixOf, gapName } from './gap_rows.js';
import { caller, openPage } from './pages.js';
import { setSource, show, withoutButton } from './roads.js';
import { say } from './say.js';
import { button, form } from './sheets.js';
import { language, word } from './words.js';

const PLANNERS = ['admin', 'manager', 'planner'];
const OPENERS = ['admin', 'manager'];
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const CHOSEN_MAX = 200;
const WALK_M_MIN = 72; // 1.2 m/s, as streets are priced on foot
const SHORTEST_MIN = 15;

let chosen = new Map(); // gap_id → the gap as it was listed

const lines = ({ geometry }) => (geometry.type === 'MultiLineString' ? geometry.coordinates : [geometry.coordinates]);

function draw() {
  setSource('gap-choice', [...chosen.values()].map(({ geometry }) => ({ type: 'Feature', properties: {}, geometry })));
}

function change(gap, isChosen) {
  if (isChosen && chosen.size < CHOSEN_MAX) chosen.set(gap.gap_id, gap);
  else chosen.delete(gap.gap_id);
  draw();
  show();
}

/** A box that chooses a gap. */
export function gapTick(gap) {
  return make('input', {
    type: 'checkbox', checked: chosen.has(gap.gap_id), 'data-keep': `gap-${gap.gap_id}`, 'aria-label': word('console.choice.tick', { name: gapName(gap) }),
    onchange: (event) => change(gap, event.target.checked),
  });
}

export function dropChoice() {
  chosen = new Map();
  draw();
}

/* ---- what would mend them */

/* A shift that is made longer costs the same however many of the gaps it mends; everything
   else is done for each. The one that gains most for a minute comes first. */
function fixes() {
  const groups = new Map();
  for (const { cheapest_fix: fix } of chosen.values()) {
    if (!fix) continue;
    const key = `${fix.kind} ${fix.lookout_point_id ?? fix.squad_id ?? ''}`;
    const sum = groups.get(key) ?? { ...fix, cost_min: 0, gain_metre_hours: 0 };
    sum.cost_min = fix.kind === 'extend_shift' ? Math.max(sum.cost_min, fix.cost_min) : sum.cost_min + fix.cost_min;
    sum.gain_metre_hours += fix.gain_metre_hours;
    groups.set(key, sum);
  }
  return [...groups.values()].sort((a, b) => b.gain_metre_hours / b.cost_min - a.gain_metre_hours / a.cost_min);
}

function fixRows() {
  const found = fixes();
  return found.length > 0 ? [make('h4', {}, word('console.choice.fixes')), make('ol', { class: 'fixes' }, ...found.map((fix) => make('li', {}, fixOf(fix))))] : [];
}

/* ---- a beat over them */

const farBetween = ([aLon, aLat], [bLon, bLat]) => Math.hypot((aLon - bLon) * Math.cos((aLat * Math.PI) / 180), aLat - bLat);

/* From the one that was ticked first always on to that of which an end is nearest: its streets, each once. */
function streetsInOrder() {
  const left = [...chosen.values()].map((gap) => ({ gap, ends: [lines(gap)[0][0], lines(gap).at(-1).at(-1)] }));
  const order = [];
  let next = left.shift(), at = next?.ends[1];
  while (next) {
    order.push(next.gap.segment_id);
    const far = left.map(({ ends }) => Math.min(...ends.map((end) => farBetween(at, end))));
    const nearest = far.indexOf(Math.min(...far));
    [next] = nearest < 0 ? [] : left.splice(nearest, 1);
    if (next) at = farBetween(at, next.ends[0]) < farBetween(at, next.ends[1]) ? next.ends[1] : next.ends[0];
  }
  return [...new Set(order)];
}

/* Theirs, if they all are of one organisation. */
function orgOfAll() {
  const orgs = new Set([...chosen.values()].map(({ org_id: id }) => id));
  return orgs.size === 1 ? [...orgs][0] : caller.org_id;
}

const lengthOf = () => [...chosen.values()].reduce((sum, gap) => sum + gap.length_m, 0);
const weekdayName = (day) => new Date(Date.UTC(2024, 0, day)).toLocaleDateString(language === 'zh' ? 'zh-CN' : 'en-GB', { timeZone: 'UTC', weekday: 'short' });

/* This month and the next by the city's clock, as "2026-12". */
function months() {
  const [year, month] = new Date().toLocaleDateString('sv-SE', { timeZone: city.time_zone }).split('-').map(Number);
  return [0, 1].map((on) => new Date(Date.UTC(year, month - 1 + on, 1)).toISOString().slice(0, 7));
}

/* Step by step; what stands already when a later step is refused is not made again. */
function maker(segments, org) {
  let beat, plan;
  return async ({ code, name, starts, length_min: length, capacity, month, ...ticks }) => {
    beat ??= await ask('POST', '/v1/beats', { org_id: org, code, name, segments });
    plan ??= await ask('POST', '/v1/patrol_plans', {
      org_id: org, beat_id: beat.beat_id, name, weekdays: WEEKDAYS.filter((day) => ticks[`day_${day}`]), starts, length_min: length, capacity,
    });
    if (month) await ask('POST', `/v1/patrol_plans/${plan.plan_id}/months`, { month, opens_at: new Date().toISOString() });
    say(word('console.choice.done', { name, far: metres(beat.length_m) }));
    dropChoice();
    show();
    if (month) openPage('rosters');
  };
}

function makeBeat() {
  const walk = Math.max(SHORTEST_MIN, Math.ceil(lengthOf() / WALK_M_MIN));
  const first = [...chosen.values()][0];
  form('console.choice.beat', [
    { name: 'name', key: 'console.column.name', required: true, most: 60, value: gapName(first) },
    { name: 'code', key: 'console.column.code', required: true, most: 40, value: `gap-${Date.now().toString(36)}` },
    { name: 'starts', key: 'console.choice.starts', type: 'time', required: true, value: '19:00' },
    { name: 'length_min', key: 'console.choice.length_min', type: 'number', required: true, min: SHORTEST_MIN, max: 1440, value: walk },
    { name: 'capacity', key: 'console.choice.capacity', type: 'number', required: true, min: 1, max: 50, value: 1 },
    ...WEEKDAYS.map((day) => ({ name: `day_${day}`, text: weekdayName(day), type: 'checkbox', checked: true })),
    ...(OPENERS.includes(caller.role) ? [{ name: 'month', key: 'console.choice.month', options: [['', word('console.choice.not_yet')], ...months().map((text) => [text, text])] }] : []),
  ], maker(streetsInOrder(), orgOfAll()));
}

function row(gap) {
  return make('li', {}, make('span', {}, `${gapName(gap)} · ${metres(gap.length_m)}`), withoutButton(`chosen-${gap.gap_id}`, gapName(gap), () => change(gap, false)));
}

/** What is chosen, and what can be done about it. */
export function choiceBody() {
  if (chosen.size === 0) return [];
  return [make('h3', {}, word('console.choice.title', { n: count(chosen.size), far: metres(lengthOf()) })),
    make('ol', { class: 'stops choice' }, ...[...chosen.values()].map(row)), ...fixRows(),
    make('div', { class: 'roads-row' },
      PLANNERS.includes(caller.role) ? button('console.choice.beat', makeBeat, { class: 'small-button', 'data-keep': 'choice-beat' }) : '',
      button('console.choice.drop', () => {
        dropChoice();
        show();
      }, { class: 'small-button', 'data-keep': 'choice-drop' }))];
}

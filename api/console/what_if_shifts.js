// The shifts of a lookout point around an hour of the plan, to be held at other times, left
// out, or made new in an "and if?".
import { ask } from './api.js';
import { city } from './city.js';
import { make } from './dom.js';
import { show } from './roads.js';
import { complain } from './say.js';
import { withQuery } from './sheets.js';
import { HOUR_MS, hourName } from './week.js';
import { word } from './words.js';

const DAY_MS = 24 * HOUR_MS;
const LONGEST_MS = DAY_MS;
const NEW_HOURS = 4;

let post = null; // {id, name, at, shifts}

const day = (at) => new Date(at).toLocaleDateString('sv-SE', { timeZone: city.time_zone });
const iso = (at) => new Date(at).toISOString();
const times = (from, to) => `${hourName(from)}–${hourName(to)}`;

/** Where somebody clicked on a lookout point: its shifts from the day before to the day after. */
export async function openPost(id, name, at, hour) {
  post = { id, name, at, shifts: null };
  const mine = post;
  show();
  try {
    const { items } = await ask('GET', withQuery('/v1/shifts', { place_id: id, from_day: day(hour - DAY_MS), to_day: day(hour + DAY_MS), limit: 100 }));
    mine.shifts = items.filter(({ state }) => state !== 'cancelled')
      .map((shift) => ({ shift_id: shift.shift_id, from: Date.parse(shift.starts_at), to: Date.parse(shift.ends_at) }));
    if (post === mine) show();
  } catch (problem) {
    complain(problem);
  }
}

export function closePost() {
  post = null;
}

const held = ({ shift_id: id }, from, to) => ({
  of: `shift-${id}`, at: post.at, name: word('console.what_if.held', { name: post.name, times: times(from, to) }),
  what: { shift: { shift_id: id, starts_at: iso(from), ends_at: iso(to) } },
});

function shiftRow(shift, add) {
  const button = (key, text, from, to) => make('button', {
    type: 'button', class: 'small-button', 'data-keep': `${key}-${shift.shift_id}`, 'aria-label': word(`console.what_if.${key}`), title: word(`console.what_if.${key}`),
    disabled: to - from < HOUR_MS || to - from > LONGEST_MS,
    onclick: () => {
      Object.assign(shift, { from, to });
      add(held(shift, from, to));
    },
  }, text);
  const { from, to, shift_id: id } = shift;
  return make('li', {}, make('span', {}, times(from, to)),
    button('earlier', '‹', from - HOUR_MS, to - HOUR_MS), button('later', '›', from + HOUR_MS, to + HOUR_MS),
    button('longer', '+', from, to + HOUR_MS), button('shorter', '−', from, to - HOUR_MS),
    make('button', {
      type: 'button', class: 'small-button', 'data-keep': `cancel-${id}`, 'aria-label': word('console.what_if.cancel'), title: word('console.what_if.cancel'),
      onclick: () => add({ of: `shift-${id}`, at: post.at, name: word('console.what_if.cancelled', { name: post.name, times: times(from, to) }), what: { cancel_shift: { shift_id: id } } }),
    }, '×'));
}

/** add: takes a change, in the place of the one `of` the same. hour: where a new shift begins. */
export function postBody(hour, add) {
  if (!post) return [];
  const { id, name, at, shifts } = post;
  const choice = (key, change) => make('button', { type: 'button', class: 'small-button', 'data-keep': key, onclick: () => add({ at, ...change }) }, word(`console.what_if.${key}`));
  const to = hour + NEW_HOURS * HOUR_MS;
  return [make('h3', {}, word('console.what_if.shifts_of', { name })),
    shifts ? make('ul', { class: 'closures' }, ...shifts.map((shift) => shiftRow(shift, add))) : make('p', {}, word('console.what_if.waiting')),
    make('div', { class: 'roads-row' },
      choice('new_shift', { of: `new-${id}-${hour}`, name: word('console.what_if.held', { name, times: times(hour, to) }), what: { shift: { lookout_point_id: id, starts_at: iso(hour), ends_at: iso(to) } } }),
      choice('close_post', { of: `post-${id}`, name: word('console.what_if.close', { name }), what: { close_lookout: { lookout_point_id: id } } }))];
}

// The hours of a week by the city's clock: where it begins, and a strip of all 168 with
// the share of the streets that nobody watched in each.
import { city } from './city.js';
import { make } from './dom.js';
import { language, word } from './words.js';

export const HOUR_MS = 3600000;
export const WEEK_HOURS = 168;
const DAY_HOURS = 24;

/* How far the clock of a time zone is ahead of UTC at a moment. */
function aheadMs(at, timeZone) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
  });
  const now = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(now.year, now.month - 1, now.day, now.hour, now.minute, now.second) - Math.floor(at / 1000) * 1000;
}

/** The Monday's midnight before a moment, in milliseconds since 1970. */
export function weekStart(at, timeZone = city.time_zone) {
  const local = new Date(at + aheadMs(at, timeZone));
  const monday = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate() - ((local.getUTCDay() + 6) % 7));
  return monday - aheadMs(monday - aheadMs(monday, timeZone), timeZone);
}

/** "Tue 14:00". */
export function hourName(at) {
  return new Date(at).toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'short', hour: '2-digit', minute: '2-digit', timeZone: city.time_zone });
}

const percent = (share) => word('console.coverage.percent', { n: (100 * share).toFixed(1) });

/* The darker and the higher, the more was not watched. */
function cell(hour, isChosen, onpick) {
  const gap = typeof hour?.share === 'number' ? 1 - Math.abs(hour.share) : null;
  const bar = make('i', { 'data-level': gap === null ? 'none' : String(Math.min(4, Math.floor(gap * 5))) });
  if (gap !== null) bar.style.height = `${Math.round(15 + 85 * gap)}%`;
  return make('td', { class: isChosen ? 'chosen' : '', title: hour ? `${hourName(hour.from)} · ${gap === null ? '–' : percent(hour.share)}` : '', onclick: hour && onpick }, bar);
}

/** hours: what /v1/coverage/hours answered; the one that is chosen, from 0 on; and who hears of another. */
export function weekStrip(hours, chosen, onpick) {
  const days = Array.from({ length: WEEK_HOURS / DAY_HOURS }, (_, day) => make('tr', {},
    ...Array.from({ length: DAY_HOURS }, (_unused, hour) => {
      const i = day * DAY_HOURS + hour;
      return cell(hours[i], i === chosen, () => onpick(i));
    })));
  const slider = make('input', {
    type: 'range', min: 0, max: WEEK_HOURS - 1, value: chosen, 'data-keep': 'week-hour', 'aria-label': word('console.coverage.hour'),
    'aria-valuetext': hours[chosen] ? hourName(hours[chosen].from) : '', onchange: (event) => onpick(Number(event.target.value)),
  });
  return [make('table', { class: 'week', 'aria-hidden': 'true' }, make('tbody', {}, ...days)), slider];
}

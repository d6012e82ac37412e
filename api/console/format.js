// Numbers as people read them, in the language of the moment.
import { city } from './city.js';
import { language, word } from './words.js';

export function count(value) {
  return Number.isFinite(value) ? value.toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB') : '–';
}

/** 95 → "1:35"; an hour and more → "1:02:05". */
export function duration(seconds) {
  const whole = Math.ceil(seconds);
  const two = (n) => String(n).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${two(whole % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** Read aloud, "1:35" would be a time of day. */
export function spokenDuration(seconds) {
  const whole = Math.ceil(seconds);
  return whole < 60 ? word('console.time.seconds', { s: whole })
    : word('console.time.minutes', { m: Math.floor(whole / 60), s: whole % 60 });
}

export function metres(value) {
  return value < 1000 ? word('console.far.m', { n: Math.round(value) })
    : word('console.far.km', { n: (value / 1000).toFixed(value < 10000 ? 2 : 1) });
}

export function age(seconds) {
  if (seconds < 90) return word('console.age.s', { n: Math.max(0, Math.round(seconds)) });
  if (seconds < 5400) return word('console.age.min', { n: Math.round(seconds / 60) });
  return word('console.age.h', { n: Math.round(seconds / 3600) });
}

export function coordinates(lon, lat) {
  return `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}

/** The time of day of a moment, in the city's own zone. */
export function clock(at) {
  return new Date(at).toLocaleTimeString('en-GB', { timeZone: city?.time_zone });
}

/** How long something lasts: "0:45", "12:03", "3 h", "2 d". */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 3600) return duration(whole);
  return whole < 48 * 3600 ? word('console.span.h', { n: Math.floor(whole / 3600) }) : word('console.span.d', { n: Math.floor(whole / 86400) });
}

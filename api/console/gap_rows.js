// Streets that nobody watches, row by row: where, how much, who could take it, and what
// would mend it at the least cost.
import { make } from './dom.js';
import { count, duration, metres } from './format.js';
import { goTo } from './map.js';
import { withQuery } from './sheets.js';
import { hasWord, word } from './words.js';

const FORMATS = { geojson: { limit: 100000 }, csv: {}, gpkg: {} }; // files have all of it

/* The middle of its line. */
export function gapMiddle({ geometry }) {
  const line = geometry?.type === 'MultiLineString' ? geometry.coordinates[0] : geometry?.coordinates;
  const middle = line?.[Math.floor(line.length / 2)];
  return middle && { lon: middle[0], lat: middle[1] };
}

export function gapName(gap) {
  return gap.street || word('console.coverage.unnamed');
}

export function gapClass(name) {
  const key = `console.gap.${name}`;
  return hasWord(key) ? word(key) : name;
}

/** What it costs, and what it mends. */
export function fixOf(fix) {
  const key = `console.gap.fix.${fix.kind}`;
  return hasWord(key) ? word(key, { min: count(fix.cost_min), gain: count(Math.round(fix.gain_metre_hours)), id: fix.lookout_point_id }) : fix.kind;
}

function row(gap, tick) {
  const at = gapMiddle(gap);
  const title = make(at ? 'button' : 'b', at ? { type: 'button', class: 'go', onclick: () => goTo(at, 17) } : {}, gapName(gap));
  const where = [gapClass(gap.class), gap.grid_code, word('console.gap.from_to', { from: count(Math.round(gap.from_m)), to: count(Math.round(gap.to_m)) })];
  const much = [metres(gap.length_m), gap.hours ? word('console.gap.hours', { n: gap.hours.toFixed(1) }) : null,
    gap.metre_hours ? word('console.gap.metre_hours', { n: count(Math.round(gap.metre_hours)) }) : null];
  const squad = gap.nearest_squad && word('console.gap.squad', { name: gap.nearest_squad.name, walk: duration(gap.nearest_squad.walk_s) });
  return make('li', {}, tick(gap), make('div', {}, title, make('small', {}, where.filter(Boolean).join(' · ')), make('small', {}, much.filter(Boolean).join(' · ')),
    squad ? make('small', {}, squad) : null, gap.cheapest_fix ? make('small', {}, fixOf(gap.cheapest_fix)) : null));
}

/** The list, each with what `tick` makes of it, and links to all of it as a file. */
export function gapRows(items, path, query, tick) {
  if (items.length === 0) return [make('p', {}, word('console.gap.none'))];
  return [make('ul', { class: 'closures gaps' }, ...items.map((gap) => row(gap, tick))),
    make('p', {}, word('console.gap.export'), ...Object.entries(FORMATS).flatMap(([format, more]) => [make('a', {
      class: 'gap-file', href: withQuery(path, { ...query, format, ...more }), download: `gaps.${format}`,
    }, format), ' ']))];
}

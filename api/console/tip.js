// What is under the pointer, in a few words.
import { $, make } from './dom.js';
import { age, count, metres } from './format.js';
import { map } from './map.js';
import { hasWord, word } from './words.js';

const LAYERS = ['stations', 'lookouts', 'people', 'people-dots', 'people-cells'];

function about(feature) {
  const item = feature.properties;
  if (feature.sourceLayer === 'people_cells')
    return [word('console.tip.cell', { n: count(item.count) }), word('console.tip.available', { n: count(item.available) })];
  if (feature.sourceLayer === 'people') {
    const state = word(item.available ? 'console.state.on_duty' : 'console.state.off_duty');
    const remarks = [item.stale && word('console.state.stale'), item.doubt && word('console.state.doubt')].filter(Boolean);
    return [word('console.tip.person', { id: feature.id }),
      [word(`console.mode.${item.mode}`), state, age(Date.now() / 1000 - item.fix_s), ...remarks].join(' · ')];
  }
  if (feature.sourceLayer === 'lookouts') {
    const state = `console.lookout.${item.state}`;
    return [item.name, `${item.code} · ${hasWord(state) ? word(state) : item.state} · ${metres(item.reach_m)}`];
  }
  return [item.name, item.code];
}

function show(event) {
  const feature = map.queryRenderedFeatures(event.point, { layers: LAYERS })[0];
  const tip = $('tip');
  tip.hidden = !feature;
  map.getCanvas().style.cursor = feature ? 'pointer' : '';
  if (!feature) return;
  const [title, more] = about(feature);
  tip.replaceChildren(make('b', {}, title), make('span', {}, more));
  const left = Math.min(event.point.x + 14, map.getContainer().clientWidth - tip.offsetWidth - 8);
  tip.style.left = `${left}px`;
  tip.style.top = `${event.point.y + 16}px`;
}

export function startTip() {
  map.on('mousemove', show);
  map.on('mouseout', () => { $('tip').hidden = true; });
}

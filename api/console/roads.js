// The tools of the roads: a way with stops, what can be reached, what is closed. One is
// open at a time; while it is, clicks on the map are its.
import { ask } from './api.js';
import { $, make } from './dom.js';
import { drawPageIcons } from './icons.js';
import { colours, map } from './map.js';
import { complain } from './say.js';
import { onLanguage, word } from './words.js';

const MODES = ['foot', 'ebike', 'car'];

let tools = {};
let open = null;
export let mode = 'foot';

export const point = (lon, lat, properties = {}) => ({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: [lon, lat] } });
export const place = ({ lon, lat }) => ({ lon, lat, frame: 'wgs84' });

export function setSource(name, features) {
  map.getSource(name).setData({ type: 'FeatureCollection', features });
}

/** Asks one question at a time: who asks another has given the one before up. `ask` gives
    the answer; undefined when it came too late, or could not be had, which is told. */
export function oneQuestion() {
  let running = null;
  const drop = () => {
    running?.abort();
    running = null;
  };
  return {
    drop,
    async ask(path, body) {
      drop();
      const mine = new AbortController();
      running = mine;
      try {
        const answer = await ask('POST', path, body, mine.signal);
        if (running !== mine) return undefined;
        running = null;
        return open ? answer : undefined;
      } catch (problem) {
        if (problem.name !== 'AbortError') complain(problem);
        return undefined;
      }
    },
  };
}

/** A button that takes a place out of the question again. */
export function withoutButton(key, name, remove) {
  return make('button', { type: 'button', class: 'small-button', 'data-keep': key, 'aria-label': word('console.roads.without', { name }), onclick: remove }, '×');
}

/** True when a tool took the click. */
export function pointed(at) {
  if (!open) return false;
  tools[open].pointed(at);
  return true;
}

/** Whether clicks are a tool's. */
export const isPointing = () => open !== null;

function choose(chosen) {
  mode = chosen;
  tools[open].modeChanged?.();
  show();
}

function modePicker() {
  return make('fieldset', { class: 'modes' }, make('legend', { class: 'hidden' }, word('console.nearest.modes')),
    ...MODES.map((name) => make('label', {},
      make('input', { type: 'radio', name: 'roads-mode', value: name, checked: name === mode, onchange: () => choose(name) }),
      make('canvas', { class: 'shape', 'data-icon': `person-${name}`, width: 36, height: 36 }), word(`console.mode.${name}`))));
}

/** Shows the open tool as it is now. */
export function show() {
  for (const button of $('tools').querySelectorAll('button')) button.setAttribute('aria-pressed', String(button.dataset.tool === open));
  $('roads').hidden = !open;
  map.getCanvas().classList.toggle('pointing', open !== null);
  if (!open) {
    $('roads').replaceChildren();
    return;
  }
  const tool = tools[open];
  const focused = document.activeElement?.closest('#roads') ? document.activeElement.dataset.keep : undefined;
  $('roads').replaceChildren(
    make('header', {}, make('b', {}, word(`console.roads.${open}`)),
      make('button', { type: 'button', class: 'small-button', 'data-keep': 'close', 'aria-label': word('console.close'), onclick: closeTool }, '×')),
    tool.hasMode ? modePicker() : '', ...tool.body());
  drawPageIcons($('roads'), colours);
  if (focused) $('roads').querySelector(`[data-keep="${focused}"]`)?.focus();
}

/** Puts the open tool away; false when none is open. */
export function closeTool() {
  if (!open) return false;
  tools[open].clear();
  open = null;
  show();
  return true;
}

/** Opens a tool, or puts it away when it is open. */
export function toggleTool(name) {
  if (open === name) {
    closeTool();
    return;
  }
  closeTool();
  open = name;
  show();
}

/** Opens a tool and leaves it open. */
export function openTool(name) {
  if (open !== name) toggleTool(name);
}

/** Tools by name: {hasMode, pointed(at), body(), clear(), modeChanged()}. */
export function startRoads(given) {
  tools = given;
  for (const button of $('tools').querySelectorAll('button')) button.addEventListener('click', () => toggleTool(button.dataset.tool));
  onLanguage(show);
}

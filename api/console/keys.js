// One key for everything that is done often.
import { putAway, zoomToCurrent, mayDispatch } from './dispatch.js';
import { $, make } from './dom.js';
import { standDown, stepOn } from './incident.js';
import { openNew } from './incident_new.js';
import { current } from './incidents.js';
import { toggleLayer } from './layers.js';
import { choose, fit } from './nearest.js';
import { openOrder } from './order.js';
import { pageNow } from './pages.js';
import { walk } from './queue.js';
import { stopReplay } from './replay.js';
import { closeTool, toggleTool } from './roads.js';
import { closeTwin, openTwin } from './twin.js';
import { unwatch } from './watch.js';
import { onLanguage, word } from './words.js';

const HELP = [['/', 'search'], ['N', 'new'], ['J K', 'walk'], ['Enter', 'open'], ['1 – 9', 'choose'], ['0', 'tenth'], ['O', 'order'], ['Q', 'squad'],
  ['S', 'step'], ['X', 'stand_down'], ['Esc', 'clear'], ['Z', 'fit'], ['G', 'coverage'], ['H', 'hot_spots'], ['P', 'proofs'], ['M', 'grids'], ['R', 'way'], ['I', 'reach'], ['B', 'closures'], ['L', 'list'],
  ['← ↑ → ↓', 'move'], ['+ −', 'zoom'], ['?', 'help']];

/* Those who may send people. */
const DISPATCH = {
  n: openNew,
  o: () => openOrder(),
  q: () => openOrder(true),
  s: stepOn,
  x: standDown,
};

const KEYS = {
  '/': () => $('search').focus(),
  j: () => walk(1),
  k: () => walk(-1),
  g: () => toggleTool('coverage'),
  m: () => toggleLayer('grids'),
  z: () => (current ? zoomOrFit() : fit()),
  l: () => openTwin('people'),
  r: () => toggleTool('way'),
  i: () => toggleTool('reach'),
  b: () => toggleTool('closures'),
  h: () => toggleTool('hot_spots'),
  p: () => toggleTool('proofs'),
  '?': () => $('help').showModal(),
  Escape: () => stopReplay() || closeTool() || unwatch() || closeTwin() || putAway(),
};

/* To the incident; once more: with everybody who can come. */
let zoomed = false;
function zoomOrFit() {
  if (zoomed) fit();
  else zoomToCurrent();
  zoomed = !zoomed;
}

/* A field of a question that has been put away keeps the focus for a moment longer. */
function isTyping(target) {
  const field = target.closest?.('input:not([type="checkbox"], [type="range"]), textarea, select');
  return field && !field.closest('dialog:not([open])');
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]')) return;
  if (pageNow() !== 'dispatch' || isTyping(event.target)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (/^[0-9]$/.test(key)) choose(key === '0' ? 9 : Number(key) - 1);
  else if (KEYS[key]) KEYS[key]();
  else if (DISPATCH[key] && mayDispatch()) DISPATCH[key]();
  else return;
  event.preventDefault();
}

/* The arrows walk within the queue; elsewhere they move the map. */
function onArrow(event) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  walk(event.key === 'ArrowDown' ? 1 : -1);
  event.preventDefault();
}

export function startKeys() {
  addEventListener('keydown', onKey);
  $('queue').addEventListener('keydown', onArrow);
  $('help-open').addEventListener('click', KEYS['?']);
  onLanguage(() => {
    $('help-keys').replaceChildren(...HELP.flatMap(([key, name]) => [
      make('dt', {}, make('kbd', {}, key)), make('dd', {}, word(`console.key.${name}`))]));
  });
}

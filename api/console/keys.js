// One key for everything that is done often.
import { $, make } from './dom.js';
import { toggleLayer } from './layers.js';
import { choose, clear, fit } from './nearest.js';
import { pageNow } from './pages.js';
import { closeTwin, openTwin } from './twin.js';
import { onLanguage, word } from './words.js';

const HELP = [['/', 'search'], ['1 – 9', 'choose'], ['0', 'tenth'], ['Esc', 'clear'], ['Z', 'fit'], ['G', 'grids'], ['L', 'list'],
  ['← ↑ → ↓', 'move'], ['+ −', 'zoom'], ['?', 'help']];

const KEYS = {
  '/': () => $('search').focus(),
  g: () => toggleLayer('grids'),
  z: fit,
  l: () => openTwin('people'),
  '?': () => $('help').showModal(),
  Escape: () => closeTwin() || clear(),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || $('help').open) return;
  if (pageNow() !== 'dispatch' || event.target.closest?.('input:not([type="checkbox"]), textarea, select')) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (/^[0-9]$/.test(key)) choose(key === '0' ? 9 : Number(key) - 1);
  else if (KEYS[key]) KEYS[key]();
  else return;
  event.preventDefault();
}

export function startKeys() {
  addEventListener('keydown', onKey);
  $('help-open').addEventListener('click', KEYS['?']);
  onLanguage(() => {
    $('help-keys').replaceChildren(...HELP.flatMap(([key, name]) => [
      make('dt', {}, make('kbd', {}, key)), make('dd', {}, word(`console.key.${name}`))]));
  });
}

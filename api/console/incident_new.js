// A new incident: the place is on the map already, so a type and Enter are enough.
import { freshKey } from './api.js';
import { $, make } from './dom.js';
import { create, incidentTypes, onIncidents } from './incidents.js';
import { placeNow } from './nearest.js';
import { complain, say } from './say.js';
import { language, onLanguage, word } from './words.js';

const KEPT = 'vigil.incident_type';
let key;
let wanted = false; // as soon as a place is known

function typeOption(type) {
  return make('option', { value: type.type }, `${language === 'zh' ? type.name_zh : type.name_en}${type.volunteer_allowed ? '' : ` – ${word('console.new.gated')}`}`);
}

function fillTypes() {
  const box = $('new-type');
  const chosen = box.value || localStorage.getItem(KEPT);
  box.replaceChildren(...incidentTypes().map(typeOption));
  if (incidentTypes().some((type) => type.type === chosen)) box.value = chosen;
  takePriority();
}

function takePriority() {
  const type = incidentTypes().find((one) => one.type === $('new-type').value);
  if (type) $('new-priority').value = String(type.priority);
}

export function newIsOpen() {
  return !$('new').hidden;
}

/** Puts the form away; false when there was none. */
export function closeNew() {
  wanted = false;
  if (!newIsOpen()) return false;
  $('new').hidden = true;
  return true;
}

/** Opens the form at the place that is known, or lets one be found first. */
export function openNew() {
  if (!placeNow()) {
    wanted = true;
    $('search').focus();
    say(word('console.new.place_first'));
    return;
  }
  wanted = false;
  key = freshKey();
  $('new-address').value = placeNow().name ?? '';
  $('new-note').value = '';
  $('new').hidden = false;
  $('new-type').focus();
}

/** To be called when a place has become known. */
export function placeIsKnown() {
  if (wanted) openNew();
}

async function submit(event) {
  event.preventDefault();
  const { lon, lat } = placeNow();
  const button = $('new-go');
  button.disabled = true;
  try {
    localStorage.setItem(KEPT, $('new-type').value);
    const [address, note] = [$('new-address').value.trim(), $('new-note').value.trim()];
    await create({
      type: $('new-type').value, priority: Number($('new-priority').value), place: { lon, lat, frame: 'wgs84' },
      ...(address && { address }), ...(note && { note }),
    }, key);
    closeNew();
    document.activeElement?.blur();
  } catch (problem) {
    // Without an answer it may have been opened: the same key asks whether.
    if (problem.status !== 0) key = freshKey();
    complain(problem);
  }
  button.disabled = false;
}

export function startNew() {
  $('new').addEventListener('submit', submit);
  $('new').addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      closeNew();
      event.stopPropagation();
    } else if (event.key === 'Enter' && (event.target.tagName === 'SELECT' || event.ctrlKey)) {
      event.preventDefault();
      $('new').requestSubmit();
    }
  });
  $('new-type').addEventListener('change', takePriority);
  $('new-open').addEventListener('click', openNew);
  $('new-cancel').addEventListener('click', closeNew);
  onIncidents((what) => { if (what === 'current') closeNew(); });
  onLanguage(fillTypes);
}

// One question with a text for an answer, in a dialog that Enter ends.
import { $, make } from './dom.js';

let answer = null; // whom the dialog answers

/* The event comes some time after the closing; by then the next question may be open. */
function closed() {
  const dialog = $('asking');
  if (dialog.open) return;
  answer?.(dialog.returnValue === 'ok' ? $('asking-text').value.trim() : null);
  answer = null;
}

/** The text, or null when it was put away. With `required` it is not empty. */
export function askText({ title, about, label, text, required = false }) {
  const dialog = $('asking');
  answer?.(null);
  $('asking-title').textContent = title;
  $('asking-about').textContent = about;
  $('asking-label').textContent = label;
  const box = $('asking-text');
  box.value = text;
  box.required = required;
  dialog.returnValue = '';
  dialog.showModal();
  box.focus();
  dialog.addEventListener('close', closed);
  return new Promise((resolve) => { answer = resolve; });
}

/** Lines in a list; each is text, or [text, class]. */
export function listOfLines(lines) {
  return lines.map((line) => (Array.isArray(line) ? make('li', { class: line[1] }, line[0]) : make('li', {}, line)));
}

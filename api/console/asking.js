// One question with a text for an answer, in a dialog that Enter ends.
import { $, make } from './dom.js';

/** The text, or null when it was put away. With `required` it is not empty. */
export function askText({ title, about, label, text, required = false }) {
  const dialog = $('asking');
  $('asking-title').textContent = title;
  $('asking-about').textContent = about;
  $('asking-label').textContent = label;
  const box = $('asking-text');
  box.value = text;
  box.required = required;
  dialog.returnValue = '';
  dialog.showModal();
  box.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'ok' ? box.value.trim() : null), { once: true });
  });
}

/** Lines in a list; each is text, or [text, class]. */
export function listOfLines(lines) {
  return lines.map((line) => (Array.isArray(line) ? make('li', { class: line[1] }, line[0]) : make('li', {}, line)));
}

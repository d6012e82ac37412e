// What the pages for people's own phones share.
import { Problem } from './api.js';
import { $, make } from './dom.js';
import { hasWord, language, word } from './words.js';

/** 32 random bytes in base64url. */
export function randomText() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function hushWrong() {
  $('wrong').hidden = true;
  for (const field of document.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
}

/** Says a failure in the reader's language and goes to the field it is about. */
export function sayWrong(problem) {
  if (!(problem instanceof Problem)) throw problem;
  const key = problem.status === 0 ? `console.code.${problem.code}` : `code.${problem.code}`;
  $('wrong').textContent = hasWord(key) ? word(key) : problem.message;
  $('wrong').hidden = false;
  const field = problem.more.pointer && document.querySelector(`[name="${problem.more.pointer.split('/')[1]}"]`);
  if (field) {
    field.setAttribute('aria-invalid', 'true');
    field.focus();
  } else {
    $('wrong').focus();
  }
}

/** One of a text's two languages. */
export function inLanguage(text, name) {
  return text[`${name}_${language}`];
}

/** A consent's words: its title as a label beside `control`, the text below. */
export function consentBlock(text, control) {
  return make('div', { class: 'agree' },
    make('label', {}, control, make('span', {}, inLanguage(text, 'title'))),
    make('p', { class: 'quiet' }, inLanguage(text, 'text')));
}

export function show(...ids) {
  for (const section of document.querySelectorAll('main > section')) section.hidden = !ids.includes(section.id);
}

// What the office pages share: a table with more to come, a form in a dialog, and small pieces.
import { Problem, ask } from './api.js';
import { city } from './city.js';
import { make } from './dom.js';
import { complain, sentence } from './say.js';
import { language, word } from './words.js';

export const PAGE = 50;

export function button(key, onclick, attributes = {}) {
  return make('button', { type: 'button', class: 'sheet-button', onclick, ...attributes }, word(key));
}

/** A moment by the city's clock, as the reader's language writes it; nothing for none. */
export function moment(text) {
  return text ? new Date(text).toLocaleString(language === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: city?.time_zone }) : '';
}

/** path?name=value… without what is empty. */
export function withQuery(path, values) {
  const query = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== '' && value !== null && value !== undefined));
  return query.size === 0 ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

/** A table: columns are {key: word of the head, cell: row → text or element}. With `onchoose` its rows open by mouse and key. */
export function table(columns, rows, onchoose) {
  const line = (row) => {
    const cells = columns.map(({ cell }) => make('td', {}, cell(row) ?? ''));
    if (onchoose) cells[0].replaceChildren(make('button', { type: 'button', class: 'sheet-go', onclick: () => onchoose(row) }, ...cells[0].childNodes));
    return make('tr', {}, ...cells);
  };
  return make('table', { class: 'sheet-table' },
    make('thead', {}, make('tr', {}, ...columns.map(({ key }) => make('th', { scope: 'col' }, word(key))))),
    make('tbody', {}, ...rows.map(line)));
}

/** A list of the server shown page by page: `root` gets the table and a button while there is more. */
export async function list(root, path, columns, onchoose) {
  const rows = [];
  const load = async (cursor) => {
    const page = await ask('GET', withQuery(path, { limit: PAGE, cursor }));
    rows.push(...page.items);
    root.replaceChildren(rows.length ? table(columns, rows, onchoose) : make('p', { class: 'sheet-nothing' }, word('console.sheet.nothing')));
    if (page.next) root.append(button('console.sheet.more', () => load(page.next).catch(complain), { class: 'sheet-button sheet-more' }));
  };
  await load();
}

/** What is known of one thing: pairs of a word and a value; those without a value are left out. */
export function facts(pairs) {
  return make('dl', { class: 'sheet-facts' }, ...pairs.filter(([, value]) => value !== null && value !== undefined && value !== '')
    .flatMap(([key, value]) => [make('dt', {}, word(key)), make('dd', {}, value instanceof Node ? value : String(value))]));
}

function control(field) {
  const more = { name: field.name, required: field.required };
  if (field.options) {
    return make('select', more, ...field.options.map(([value, text]) => make('option', { value, selected: value === field.value }, text)));
  }
  if (field.type === 'text') return make('textarea', { ...more, rows: 4, maxlength: field.most }, field.value ?? '');
  return make('input', { ...more, type: field.type ?? 'search', value: field.value, maxlength: field.most, checked: field.checked, min: field.min, max: field.max, step: field.step });
}

/**
 * Asks for some values and hands them to `send`, an object of those that were given; stays open with the server's
 * sentence while it refuses. fields: {name, key (a word's) or text, required, options: [[value, text]], type, value}.
 */
export function form(titleKey, fields, send) {
  const wrong = make('p', { class: 'sheet-wrong', role: 'alert', hidden: true });
  const dialog = make('dialog', { class: 'sheet-dialog', 'aria-label': word(titleKey) });
  const read = (body) => Object.fromEntries(fields.map(({ name, type }) => {
    const input = body.elements[name];
    if (type === 'checkbox') return [name, input.checked];
    if (input.value.trim() === '') return [name, undefined];
    return [name, type === 'number' ? Number(input.value) : input.value.trim()];
  }).filter(([, value]) => value !== undefined));
  const submit = async (event) => {
    event.preventDefault();
    wrong.hidden = true;
    try {
      await send(read(event.target));
      dialog.close();
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      wrong.replaceChildren(make('b', {}, sentence(problem)), ' ', make('span', { lang: 'en' }, problem.message));
      wrong.hidden = false;
    }
  };

  dialog.append(make('form', { onsubmit: submit }, make('h2', {}, word(titleKey)),
    ...fields.map((field) => make('label', { class: `sheet-field${field.type === 'checkbox' ? ' sheet-tick' : ''}` }, make('span', {}, field.text ?? word(field.key)), control(field))),
    wrong, make('div', { class: 'sheet-ends' },
      make('button', { type: 'submit', class: 'sheet-button sheet-main' }, word('console.sheet.send')),
      button('console.close', () => dialog.close()))));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

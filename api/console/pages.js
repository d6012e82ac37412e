// The pages of the console. One is shown at a time; the address after # says which
// (#people/7: the page "people", and 7 for that page to know). The first is the map
// with its incidents. A page is a module page_NAME.js that is fetched when it is first
// opened; it exports
//   start(root)  once: fills its <section>
//   show(rest)   each time it is opened: what stands behind its name in the address
//   hide()       when another is opened; may be left out
import { ask } from './api.js';
import { $, make } from './dom.js';
import { complain } from './say.js';
import { onLanguage, word } from './words.js';

/* The order in the bar, and the roles that have any use for a page; none: all. What a
   role may do is decided by the server alone. */
const PAGES = [
  { name: 'dispatch' },
  { name: 'people', roles: ['admin', 'manager', 'dispatcher', 'planner', 'auditor'] },
  { name: 'orgs', roles: ['admin', 'manager', 'dispatcher', 'planner', 'auditor'] },
  { name: 'rosters', roles: ['admin', 'manager', 'dispatcher', 'planner', 'auditor'] },
  { name: 'fences', roles: ['admin', 'manager', 'dispatcher', 'planner', 'auditor'] },
  { name: 'weights', roles: ['admin', 'manager', 'dispatcher', 'planner', 'auditor'] },
  { name: 'devices', roles: ['admin', 'manager', 'dispatcher', 'auditor'] },
  { name: 'tokens', roles: ['admin', 'manager'] },
  { name: 'audit', roles: ['admin', 'auditor'] },
];

export let caller; // who is signed in: {role, org_id, token_id, person_id}
const opened = new Map();
let now = 'dispatch';

/** The name of the page that is shown. */
export const pageNow = () => now;

/** Opens a page; `rest` is for it to know. */
export function openPage(name, rest = '') {
  location.hash = rest === '' ? name : `${name}/${rest}`;
}

function mine() {
  return PAGES.filter((page) => !page.roles || page.roles.includes(caller.role));
}

function showBar() {
  $('pages').hidden = mine().length < 2;
  $('pages').replaceChildren(...mine().map(({ name }) => make('a', {
    href: `#${name}`, class: 'page-link', 'aria-current': name === now ? 'page' : null,
  }, word(`console.page.${name}`))));
}

async function moduleOf(name) {
  if (!opened.has(name)) {
    const module = await import(`./page_${name}.js`);
    const root = make('section', { class: 'page', id: `page-${name}`, hidden: true });
    $('stage').after(root);
    opened.set(name, { module, root });
    await module.start(root);
  }
  return opened.get(name);
}

async function follow() {
  const [wanted, ...rest] = location.hash.slice(1).split('/');
  const name = mine().some((page) => page.name === wanted) ? wanted : 'dispatch';
  if (name !== now) opened.get(now)?.module.hide?.();
  now = name;
  showBar();
  try {
    const next = name === 'dispatch' ? null : await moduleOf(name);
    if (now !== name) return; // another was opened meanwhile
    $('stage').hidden = next !== null;
    for (const { root } of opened.values()) root.hidden = root !== next?.root;
    await next?.module.show(rest.join('/'));
  } catch (problem) {
    complain(problem);
  }
}

export async function startPages() {
  caller = await ask('GET', '/v1/session');
  onLanguage(showBar);
  addEventListener('hashchange', follow);
  await follow();
}

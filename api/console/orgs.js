// Organisations by name. What was asked once is remembered until the page is loaded anew.
import { ask } from './api.js';
import { make } from './dom.js';

const asked = new Map();

/** The name of an organisation, as a link to it; its number until the name is there. */
export function orgLink(id) {
  const link = make('a', { href: `#orgs/${id}`, class: 'org-link' }, `#${id}`);
  if (!asked.has(id)) asked.set(id, ask('GET', `/v1/orgs/${id}`).then((org) => org.name, () => `#${id}`));
  asked.get(id).then((name) => { link.textContent = name; });
  return link;
}

// A person's own page on her own phone: on and off duty; her data to read, correct and take
// along; what she agrees to; leaving.
import { Problem, ask } from './api.js';
import { $, make } from './dom.js';
import { consentBlock, hushWrong, sayWrong, show } from './phone.js';
import { consentChanged, startDuty } from './sharing.js';
import { language, onLanguage, startWords, word } from './words.js';

const FIELDS = ['name', 'phone', 'birth_year', 'identity', 'emergency', 'address'];
const RECEIPT = ['values', 'memberships', 'credentials', 'tokens'];
let me, texts;

function showData() {
  $('my-name').textContent = me.name;
  for (const name of FIELDS) $(name).value = me[name] ?? '';
}

function showOrgs() {
  $('orgs').replaceChildren(...me.orgs.filter((org) => !org.valid_to)
    .map((org) => make('li', {}, `${org.name} · ${word(`phone.role.${org.role}`)}`)));
}

async function agree(purpose, given) {
  hushWrong();
  try {
    await ask('POST', '/v1/me/consents', { purpose, language, given });
    me = await ask('GET', '/v1/me');
    consentChanged(me);
    showConsents();
  } catch (problem) {
    sayWrong(problem);
  }
}

function showConsents() {
  $('consents').replaceChildren(...texts.map((text) => {
    const given = me.consents.find((one) => one.purpose === text.purpose)?.given ?? false;
    const box = make('input', { type: 'checkbox', checked: given, 'data-purpose': text.purpose });
    const block = consentBlock(text, box);
    box.addEventListener('change', () => agree(text.purpose, box.checked));
    block.append(make('p', { class: given ? 'given' : 'withdrawn' }, word(given ? 'phone.me.given' : 'phone.me.not_given')));
    return block;
  }));
}

/** Only what was changed is sent; what was emptied is taken away. */
async function save(event) {
  event.preventDefault();
  hushWrong();
  $('saved').textContent = '';
  const change = {};
  for (const name of FIELDS) {
    const value = $(name).value.trim();
    if (value === String(me[name] ?? '')) continue;
    change[name] = value === '' ? null : name === 'birth_year' ? Number(value) : value;
  }
  try {
    me = await ask('PATCH', '/v1/me', change, undefined, undefined, me.version);
    showData();
    $('saved').textContent = word('phone.me.saved');
  } catch (problem) {
    sayWrong(problem);
  }
}

async function leave() {
  hushWrong();
  try {
    const receipt = await ask('POST', '/v1/me/withdraw', { confirm: true });
    localStorage.removeItem('vigil.claim');
    $('receipt').replaceChildren(...[['erasure_id', receipt.erasure_id], ...RECEIPT.map((name) => [name, receipt[name]])]
      .flatMap(([name, value]) => [make('dt', {}, word(`phone.receipt.${name}`)), make('dd', {}, String(value))]));
    show('gone');
    $('gone').focus();
  } catch (problem) {
    sayWrong(problem);
  }
}

async function start() {
  await startWords($('language'));
  document.querySelector('form').addEventListener('submit', save);
  $('sure').addEventListener('change', () => { $('leave').disabled = !$('sure').checked; });
  $('leave').addEventListener('click', leave);
  try {
    [me, texts] = await Promise.all([ask('GET', '/v1/me'), ask('GET', '/v1/consent_texts').then((list) => list.items)]);
  } catch (problem) {
    if (problem instanceof Problem && [401, 404].includes(problem.status)) show('signed-out');
    else sayWrong(problem);
    return;
  }
  showData();
  startDuty(me);
  onLanguage(() => {
    showOrgs();
    showConsents();
  });
  show('duty', 'data', 'belongs', 'agreed', 'leaving');
}

start();

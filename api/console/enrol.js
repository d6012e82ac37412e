// Enrolling by the code after #. The phone makes a secret of its own, keeps it and
// asks with it how the enrolment stands; approved, it gets its session for it.
import { Problem, ask } from './api.js';
import { $, make } from './dom.js';
import { consentBlock, hushWrong, randomText, sayWrong, show } from './phone.js';
import { language, onLanguage, startWords, word } from './words.js';

const KEY = 'vigil.claim';
const LOOK_MS = 5000;

const code = decodeURIComponent(location.hash.slice(1));
const agreed = new Set(); // purposes; the boxes are drawn anew in the other language
let texts = [];

function showConsents() {
  const blocks = texts.map((text) => {
    const box = make('input', { type: 'checkbox', name: 'consents', value: text.purpose, required: text.required, checked: agreed.has(text.purpose) });
    box.addEventListener('change', () => (box.checked ? agreed.add(text.purpose) : agreed.delete(text.purpose)));
    const block = consentBlock(text, box);
    if (text.required) block.querySelector('label span').append(' ', make('span', { class: 'quiet' }, word('phone.enrol.required')));
    return block;
  });
  for (const old of $('consents').querySelectorAll('.agree')) old.remove();
  $('consents').append(...blocks);
}

/** What was entered, as the server takes it; what was left empty is left out. */
function entered(form, claim) {
  const data = new FormData(form);
  const body = { code, claim, language, mode: data.get('mode') };
  for (const name of ['name', 'phone', 'identity', 'emergency']) if (data.get(name).trim()) body[name] = data.get(name).trim();
  if (data.get('birth_year')) body.birth_year = Number(data.get('birth_year'));
  body.consents = texts.filter((text) => agreed.has(text.purpose)).map(({ purpose, version }) => ({ purpose, version }));
  return body;
}

async function send(event) {
  event.preventDefault();
  hushWrong();
  const button = event.target.querySelector('button.main');
  const claim = localStorage.getItem(KEY) ?? randomText();
  // Kept before it is sent: an answer that gets lost must not lose the enrolment.
  localStorage.setItem(KEY, claim);
  button.disabled = true;
  try {
    await ask('POST', '/v1/enrolments', entered(event.target, claim));
    await look();
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 422) localStorage.removeItem(KEY);
    sayWrong(problem);
  } finally {
    button.disabled = false;
  }
}

/** How the enrolment stands; false when there is none with this secret. */
async function look() {
  const claim = localStorage.getItem(KEY);
  if (!claim) return false;
  let stands;
  try {
    stands = await ask('POST', '/v1/enrolments/claim', { claim });
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 404) {
      localStorage.removeItem(KEY);
      return false;
    }
    throw problem;
  }
  if (stands.state === 'pending') {
    show('pending');
    setTimeout(() => look().catch(sayWrong), LOOK_MS);
  } else if (stands.state === 'refused') {
    $('reason').textContent = stands.reason ?? '';
    show('refused');
  } else {
    show('done');
  }
  return true;
}

async function invite() {
  if (!code) {
    show('no-code');
    return;
  }
  const [inviter, list] = await Promise.all([ask('POST', '/v1/enrolments/look', { code }), ask('GET', '/v1/consent_texts')]);
  texts = list.items;
  $('org').textContent = inviter.org;
  $('label').textContent = inviter.label;
  onLanguage(showConsents);
  show('who', 'form');
  $('name').focus();
}

async function start() {
  await startWords($('language'));
  document.querySelector('form').addEventListener('submit', send);
  $('again').addEventListener('click', () => {
    localStorage.removeItem(KEY);
    location.reload();
  });
  try {
    if (!(await look())) await invite();
  } catch (problem) {
    sayWrong(problem);
  }
}

addEventListener('hashchange', () => location.reload());
start();

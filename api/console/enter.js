// The door: exchanges the code after # for a session, or says in both languages
// how to get another.
import { Problem, ask } from './api.js';
import { fill, loadWords } from './words.js';

const LANGUAGES = ['zh', 'en'];

function show(texts, state, refused) {
  for (const [i, language] of LANGUAGES.entries()) {
    const section = document.querySelector(`section[lang="${language}"]`);
    const line = section.querySelector('.state');
    line.textContent = state(texts[i]);
    line.classList.toggle('refused', refused);
    section.querySelector('.how').hidden = !refused;
  }
}

function reason(problem) {
  return (texts) => texts[`code.${problem.code}`] ?? problem.message;
}

async function enter() {
  const texts = await Promise.all(LANGUAGES.map(loadWords));
  for (const [i, language] of LANGUAGES.entries())
    fill(document.querySelector(`section[lang="${language}"]`), texts[i]);

  const code = decodeURIComponent(location.hash.slice(1));
  // The code must not stay in the address, the history or a bookmark.
  history.replaceState(null, '', '/enter');
  if (!code) {
    show(texts, (words) => words['console.enter.no_code'], true);
    return;
  }
  show(texts, (words) => words['console.enter.wait'], false);
  try {
    await ask('POST', '/v1/enter', { code });
    location.replace('/');
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    show(texts, reason(problem), true);
  }
}

addEventListener('hashchange', () => location.reload());
enter();

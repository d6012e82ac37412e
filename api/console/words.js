// The two languages. Texts come from the server's own catalogues; the choice is
// remembered, and until there is one the browser's language decides.

const LANGUAGES = ['zh', 'en'];
const KEY = 'vigil.language';
const heard = new Set();
let words = {};

export let language = startLanguage();

function startLanguage() {
  const kept = localStorage.getItem(KEY);
  if (LANGUAGES.includes(kept)) return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export async function loadWords(name) {
  const answer = await fetch(`/console/words/${name}.json`);
  return answer.json();
}

/** The text under a key, with {name} replaced by values.name. */
export function word(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function hasWord(key) {
  return key in words;
}

/** Puts texts wherever the document names them. */
export function fill(root, texts = words) {
  const put = (attribute, use) => {
    for (const element of root.querySelectorAll(`[${attribute}]`)) use(element, texts[element.getAttribute(attribute)] ?? '');
  };
  put('data-word', (element, text) => { element.textContent = text; });
  put('data-placeholder', (element, text) => { element.placeholder = text; });
  put('data-label', (element, text) => {
    element.setAttribute('aria-label', text);
    if (element.tagName === 'BUTTON') element.title = text;
  });
}

/** Calls now and whenever the language changes. */
export function onLanguage(listener) {
  heard.add(listener);
  listener();
}

async function use(name) {
  words = await loadWords(name);
  language = name;
  document.documentElement.lang = name === 'zh' ? 'zh-CN' : 'en';
  fill(document);
  for (const listener of heard) listener();
}

/** Loads the language and lets the button switch to the other. */
export async function startWords(button) {
  const other = () => (language === 'zh' ? 'en' : 'zh');
  button.addEventListener('click', async () => {
    await use(other());
    localStorage.setItem(KEY, language);
  });
  onLanguage(() => {
    button.textContent = other() === 'zh' ? '中文' : 'English';
    button.lang = other();
  });
  await use(language);
}

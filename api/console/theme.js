// Light and dark, from the same tokens.

const KEY = 'vigil.theme';
const heard = new Set();

export let theme = localStorage.getItem(KEY) ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

function apply() {
  document.documentElement.dataset.theme = theme;
  for (const listener of heard) listener();
}

export function onTheme(listener) {
  heard.add(listener);
}

export function startTheme(button) {
  button.addEventListener('click', () => {
    theme = theme === 'light' ? 'dark' : 'light';
    localStorage.setItem(KEY, theme);
    apply();
  });
  apply();
}

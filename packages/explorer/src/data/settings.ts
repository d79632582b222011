import { effect, signal } from '@preact/signals';

export type Language = 'en' | 'zh';
export type Theme = 'auto' | 'light' | 'dark';

const LANGUAGE_KEY = 'triflow.language';
const THEME_KEY = 'triflow.theme';

/** What the reader chose; kept in this browser. */
export const language = signal<Language>(initialLanguage());
export const theme = signal<Theme>(initialTheme());

/** Writes choices to the document and to this browser's storage. */
export function keepSettings(): void {
  effect(() => {
    document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en';
    save(LANGUAGE_KEY, language.value);
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    save(THEME_KEY, theme.value);
  });
}

/** What this browser kept under a name; storage may be switched off. */
export function kept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a text in this browser where it lets us. */
export function save(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Without storage a choice lasts as long as the page.
  }
}

function initialLanguage(): Language {
  const stored = kept(LANGUAGE_KEY);
  if (stored === 'zh' || stored === 'en') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function initialTheme(): Theme {
  const stored = kept(THEME_KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

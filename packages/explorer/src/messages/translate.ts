import { language } from '../data/settings.js';
import { en, type MessageKey } from './en.js';
import { zh } from './zh.js';

/** A message in the reader's language with its values put in. */
export function t(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  const text: string = (language.value === 'zh' ? zh : en)[key];
  return text.replace(/\{([a-zA-Z]+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** A message whose key was put together; undefined when there is none. */
export function tMaybe(key: string): string | undefined {
  const messages: Readonly<Record<string, string>> = language.value === 'zh' ? zh : en;
  return messages[key];
}

import { language } from '../data/settings.js';
import { actionWords } from '../messages/actionWords.js';
import { cbvWords } from '../messages/cbvWords.js';
import { fieldWords } from '../messages/fieldWords.js';
import { stateWords, type Tone } from '../messages/stateWords.js';

/** A member's name in the reader's language. */
export function fieldName(member: string): string {
  const words = fieldWords[member] ?? actionWords[member];
  if (words !== undefined) return pick(words);
  return sentenceCase(member.replace(/(Minor|Bps|Ms)$/, '').replace(/([a-z0-9])([A-Z])/g, '$1 $2'));
}

/** A state, role or class as words; words that this release does not know in plain case. */
export function stateName(state: string): string {
  const words = stateWords[state];
  return words === undefined ? state.toLowerCase().replaceAll('_', ' ') : pick(words);
}

/** A word of the Core Business Vocabulary in the reader's language; others as they stand. */
export function vocabularyName(word: string): string {
  const known = language.value === 'zh' ? cbvWords[word] : undefined;
  return known ?? word.replaceAll('_', ' ');
}

/** How calm a state is. */
export function toneOf(state: string): Tone {
  return stateWords[state]?.[2] ?? 'calm';
}

/** Whether a text is a word that has a name here. */
export function isKnownWord(text: string): boolean {
  return Object.hasOwn(stateWords, text);
}

/** The English or the Chinese of a pair. */
export function pick(pair: readonly [string, string, ...unknown[]]): string {
  return language.value === 'zh' ? pair[1] : pair[0];
}

function sentenceCase(text: string): string {
  const lower = text.replaceAll('_', ' ').toLowerCase();
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

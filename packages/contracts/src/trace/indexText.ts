import { utf8FromText } from '@triflow/protocol';

const PLAIN = /^[0-9A-Za-z:._~;=?&+-]$/;

/**
 * An identifier as the value of an index: what is not plain ASCII, and the slash that parts a
 * key, as %XX of its UTF-8 bytes. Ask an index of `trace/event` with the same text.
 */
export function indexText(identifier: string): string {
  let text = '';
  for (const character of identifier) {
    text += PLAIN.test(character) ? character : escaped(character);
  }
  return text;
}

function escaped(character: string): string {
  let text = '';
  for (const byte of utf8FromText(character)) text += `%${byte.toString(16).padStart(2, '0')}`;
  return text;
}

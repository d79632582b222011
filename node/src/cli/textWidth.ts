/** Wide and full-width characters of Unicode's East Asian Width (UAX 11), by ranges. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const MARK = /\p{M}/u;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Columns that a text takes on a terminal: a Chinese character two, a combining mark none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (MARK.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** As `padEnd`, by columns. */
export function padText(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/**
 * What others wrote into records must not steer the terminal: control characters, and those that
 * turn the direction of writing, are shown as their numbers.
 */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

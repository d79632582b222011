/** What terminals draw in two columns (Unicode's East Asian Width, UAX 11), near enough. */
const WIDE_SCRIPT = /[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}]/u;
const WIDE_FORM = /[\u3000-\u303f\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u;
const MARK = /\p{M}/u;
const CONTROL = /\p{Cc}|\p{Bidi_Control}/gu;

/** Columns that a text takes on a terminal: a Chinese character two, a combining mark none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (MARK.test(character)) continue;
    width += WIDE_SCRIPT.test(character) || WIDE_FORM.test(character) ? 2 : 1;
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

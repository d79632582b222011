import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Where a verb's results go: text for people, or one JSON line each. */
export interface Output {
  readonly isJson: boolean;
  /** A line for people; nothing under `--json`. */
  say(line: string): void;
  /** A result for programs; nothing without `--json`. */
  emit(result: object): void;
}

/** Results on stdout. */
export function createOutput(isJson: boolean): Output {
  return {
    isJson,
    say: (line) => {
      if (!isJson) process.stdout.write(`${line}\n`);
    },
    emit: (result) => {
      if (isJson) process.stdout.write(`${JSON.stringify(result)}\n`);
    },
  };
}

/** Colours text on a terminal, unless NO_COLOR is set (no-color.org). */
export function paint(format: Format, text: string): string {
  const plain = process.stdout.isTTY !== true || (process.env.NO_COLOR ?? '') !== '';
  return plain ? text : styleText(format, text);
}

/** Columns that text takes on a terminal: Chinese characters and full-width forms take two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const wide = (code >= 0x2e80 && code <= 0xffdc) || code >= 0x1f300;
    columns += wide ? 2 : 1;
  }
  return columns;
}

/** Fills text up to so many columns; longer text stays as it is. */
export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}

/** Milliseconds as seconds with one decimal. */
export function secondsOf(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

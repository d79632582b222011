import { hexFromBytes } from '@triflow/protocol';
import { displayWidth, padText, printable } from './textWidth.js';

const INDENT = 2;

/** What every verb understands of how to answer. */
export interface OutputOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** One result: a JSON line with `--json`, else the lines for a person; nothing with `--quiet`. */
export function print(options: OutputOptions, value: unknown, lines?: readonly string[]): void {
  if (options.json === true) {
    process.stdout.write(`${jsonText(value)}\n`);
    return;
  }
  if (options.quiet === true) return;
  for (const line of lines ?? linesOf(value)) process.stdout.write(`${line}\n`);
}

/** Progress and remarks: on stderr, so that stdout holds results only. */
export function remark(options: OutputOptions, text: string): void {
  if (options.quiet !== true && options.json !== true) process.stderr.write(`${text}\n`);
}

/** JSON as the API writes it: big integers are decimal strings, bytes hexadecimal. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, jsonValue, indent);
}

/** Members one a line, nested ones indented. */
export function linesOf(value: unknown, depth = 0): string[] {
  const indent = ' '.repeat(depth * INDENT);
  if (!isNested(value)) return [`${indent}${scalarText(value)}`];
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  const width = Math.max(0, ...entries.map(([name]) => name.length));
  return entries.flatMap(([name, member]) => {
    const label = Array.isArray(value) ? '-' : name.padEnd(width);
    const short = shortText(member);
    if (short !== undefined) return [`${indent}${label}  ${short}`];
    return [`${indent}${label.trimEnd()}`, ...linesOf(member, depth + 1)];
  });
}

/** Rows under a heading, columns as wide as their widest cell. */
export function tableLines(
  heading: readonly string[],
  rows: readonly (readonly unknown[])[],
): string[] {
  const texts = [heading, ...rows.map((row) => row.map(scalarText))];
  const widths = heading.map((_, column) => {
    return Math.max(...texts.map((row) => displayWidth(row[column] ?? '')));
  });
  return texts.map((row) => {
    return row
      .map((cell, column) => padText(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  });
}

function shortText(value: unknown): string | undefined {
  if (!isNested(value)) return scalarText(value);
  const members = Object.values(value);
  if (members.length === 0) return Array.isArray(value) ? '[]' : '{}';
  if (members.some(isNested)) return undefined;
  return Array.isArray(value) ? value.map(scalarText).join(', ') : amountText(value);
}

/** `{minor, currency}` and `{value, unit, scale}` as people write them. */
function amountText(value: object): string | undefined {
  const members = new Map(Object.entries(value));
  const [minor, currency] = [members.get('minor'), members.get('currency')];
  if (members.size === 2 && minor !== undefined && currency !== undefined) {
    return `${decimalText(minor, 2)} ${String(currency)}`;
  }
  const [amount, unit, scale] = [members.get('value'), members.get('unit'), members.get('scale')];
  if (members.size !== 3 || amount === undefined || typeof scale !== 'number') return undefined;
  return `${decimalText(amount, scale)} ${String(unit)}`;
}

/** An integer with so many decimals, thousands apart. */
export function decimalText(value: unknown, scale: number): string {
  const text = String(value);
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text.slice(sign.length).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale).replace(/\B(?=(\d{3})+$)/g, ',');
  return scale === 0 ? sign + whole : `${sign}${whole}.${digits.slice(digits.length - scale)}`;
}

function scalarText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return value instanceof Uint8Array ? hexFromBytes(value) : printable(String(value));
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? hexFromBytes(value) : value;
}

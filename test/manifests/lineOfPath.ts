/**
 * The line, from 1, on which a TOML text says what stands under a path; the header of its table
 * where the key is missing. Knows the forms that manifests use: tables, lists of tables, keys.
 */
export function lineOfPath(text: string, path: readonly PropertyKey[]): number {
  const lines = text.split('\n');
  let table: PropertyKey[] = [];
  const seen = new Map<string, number>();
  let best = { line: 1, depth: 0 };
  for (const [index, line] of lines.entries()) {
    const list = /^\s*\[\[\s*([\w.-]+)\s*\]\]/.exec(line)?.[1];
    const plain = /^\s*\[\s*([\w.-]+)\s*\]/.exec(line)?.[1];
    if (list !== undefined) {
      const at = seen.get(list) ?? 0;
      seen.set(list, at + 1);
      table = [...list.split('.'), at];
    } else if (plain !== undefined) table = plain.split('.');
    const key = /^\s*([\w-]+)\s*=/.exec(line)?.[1];
    const here = key === undefined ? table : [...table, key];
    const depth = here.length;
    if (depth > best.depth && here.every((part, at) => path[at] === part)) {
      best = { line: index + 1, depth };
    }
  }
  return best.line;
}

/** One place of a file: lines that stand there, and lines that shall. */
interface Hunk {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What a patch does to one file. */
export interface FilePatch {
  /** Path from the project's root. */
  readonly path: string;
  readonly hunks: readonly Hunk[];
}

/** Reads a unified diff. Line numbers are not looked at: only the lines themselves count. */
export function parsePatch(name: string, text: string): readonly FilePatch[] {
  const files: { path: string; hunks: { before: string[]; after: string[] }[] }[] = [];
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const file = files.at(-1);
    const hunk = file?.hunks.at(-1);
    if (line.startsWith('diff ') || line.startsWith('index ') || line.startsWith('--- a/'))
      continue;
    if (line.startsWith('+++ b/')) files.push({ path: line.slice(6), hunks: [] });
    else if (file === undefined) throw new Error(`${name}: before any file: ${line}`);
    else if (line.startsWith('@@')) file.hunks.push({ before: [], after: [] });
    else if (hunk === undefined) throw new Error(`${name}: before any @@: ${line}`);
    else if (line.startsWith('-')) hunk.before.push(line.slice(1));
    else if (line.startsWith('+')) hunk.after.push(line.slice(1));
    else if (line === '' || line.startsWith(' ')) {
      hunk.before.push(line.slice(1));
      hunk.after.push(line.slice(1));
    } else throw new Error(`${name}: not a line of a diff: ${line}`);
  }
  if (files.length === 0 || files.some(({ hunks }) => hunks.length === 0)) {
    throw new Error(`${name}: changes nothing`);
  }
  return files;
}

/** Applies a patch whose every place stands in the text exactly once. Throws, saying which not. */
export function applyPatch(name: string, patch: FilePatch, text: string): string {
  let changed = `\n${text}`;
  for (const { before, after } of patch.hunks) {
    if (before.length === 0) throw new Error(`${name}: a hunk without lines that stand there`);
    const wanted = `\n${before.join('\n')}\n`;
    const at = changed.indexOf(wanted);
    const where = `${patch.path}:\n${before.join('\n')}`;
    if (at < 0) throw new Error(`${name}: no longer applies: these lines are not in ${where}`);
    if (changed.indexOf(wanted, at + 1) >= 0) {
      throw new Error(`${name}: not exact: these lines stand twice in ${where}`);
    }
    const wish = after.length === 0 ? '\n' : `\n${after.join('\n')}\n`;
    changed = changed.slice(0, at) + wish + changed.slice(at + wanted.length);
  }
  return changed.slice(1);
}

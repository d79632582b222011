import { readFileSync, statSync } from 'node:fs';

/** Where `bundle.mjs` puts the program's few files. */
export const bundleFolder = new URL('../dist/bundle/', import.meta.url);

/** Written last: what the bundle was made of, as paths from its folder. */
export const inputsFile = new URL('inputs.json', bundleFolder);

/** Whether the bundle is newer than everything that it was made of. */
export function isBundleCurrent() {
  try {
    const madeMs = statSync(inputsFile).mtimeMs;
    const inputs = JSON.parse(readFileSync(inputsFile, 'utf8'));
    return inputs.every((path) => statSync(new URL(path, bundleFolder)).mtimeMs <= madeMs);
  } catch {
    return false;
  }
}

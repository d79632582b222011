import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../tidy/sources.js';

/** Before all end-to-end tests: the node's program in a few files, of what was built last. */
export function setup(): void {
  execFileSync(process.execPath, [join(root, 'node', 'bundle.mjs')], { stdio: 'inherit' });
}

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './tidy/sources.js';

const COMPILER = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** Before tests that use what was built: builds what is older than its sources. */
export function setup(): void {
  execFileSync(process.execPath, [COMPILER, '-b'], { cwd: root, stdio: 'inherit' });
}

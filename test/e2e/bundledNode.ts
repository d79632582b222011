import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from '../tidy/sources.js';

/** Where the consumer lies that `killedConsumer.test.ts` starts a hundred times. */
export const consumerProgram = join(root, 'test', 'dist', 'bundle', 'consumer.mjs');

/** Before all end-to-end tests: programs of many starts in a few files, of what was built last. */
export async function setup(): Promise<void> {
  execFileSync(process.execPath, [join(root, 'node', 'bundle.mjs')], { stdio: 'inherit' });
  const made = await rolldown({
    input: join(root, 'test', 'dist', 'e2e', 'consumer.js'),
    platform: 'node',
    external: 'sodium-native',
    logLevel: 'warn',
  });
  await made.write({ file: consumerProgram });
}

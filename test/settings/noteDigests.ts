import { appendFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import { historyDigests } from '../../packages/contracts/src/runSteps.js';

/** Writes down in which states the random histories of a test file ended, when asked to. */
const file = process.env.TRIFLOW_DIGESTS;
if (file !== undefined) {
  afterAll(() => {
    if (historyDigests.length > 0) appendFileSync(file, `${historyDigests.join('\n')}\n`);
  });
}

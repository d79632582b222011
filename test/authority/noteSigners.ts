import { appendFileSync } from 'node:fs';
import { type Executed, onlookers } from '@triflow/contracts/testkit';
import { afterAll } from 'vitest';
import { aboutOf, judgeSigners } from './judgeSigners.js';

/** How often in a file a signature is sent again: enough for the cases of its tests. */
const TIMES_MAX = 24;

/** Writes down what the commands of a test file show about signers and statuses, when asked to. */
const file = process.env.TRIFLOW_SIGNERS;

if (file !== undefined) {
  const lines = new Set<string>();
  const times = new Map<string, number>();
  const look = (executed: Executed) => {
    const { contract, code } = executed.outcome;
    lines.add(`reached ${contract}/${code}`);
    if (code !== 'success') return;
    const about = aboutOf(executed);
    const seen = times.get(about) ?? 0;
    if (seen >= TIMES_MAX) return;
    times.set(about, seen + 1);
    for (const line of judgeSigners(executed)) lines.add(line);
  };
  onlookers.push(look);
  afterAll(() => {
    onlookers.splice(onlookers.indexOf(look), 1);
    if (lines.size > 0) appendFileSync(file, `${[...lines].join('\n')}\n`);
  });
}

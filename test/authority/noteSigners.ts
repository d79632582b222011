import { appendFileSync } from 'node:fs';
import { afterAll } from 'vitest';
import { type Executed, onlookers } from '../../packages/contracts/src/testkit.js';
import { judgeSigners } from './judgeSigners.js';

/** How often in a file a command is sent again: enough for the cases of its tests. */
const TIMES_MAX = 24;

/** Writes down what the commands of a test file show about signers and statuses, when asked to. */
const file = process.env.TRIFLOW_SIGNERS;

if (file !== undefined) {
  const lines = new Set<string>();
  const times = new Map<string, number>();
  const look = (executed: Executed) => {
    const { contract, code } = executed.outcome;
    lines.add(`reached ${contract}/${code}`);
    const [step] = executed.steps;
    const name = `${step?.contract}.${step?.name}`;
    const seen = times.get(name) ?? 0;
    if (code !== 'success' || seen >= TIMES_MAX) return;
    times.set(name, seen + 1);
    for (const line of judgeSigners(executed)) lines.add(line);
  };
  onlookers.push(look);
  afterAll(() => {
    onlookers.splice(onlookers.indexOf(look), 1);
    if (lines.size > 0) appendFileSync(file, `${[...lines].join('\n')}\n`);
  });
}

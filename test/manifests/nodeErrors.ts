import { readFile } from 'node:fs/promises';
import type { Devnet } from '@triflow/devnet';
import { z } from 'zod';
import { nodesOf, type Perturbation } from './manifest.js';

const ERROR = 50;

const lineSchema = z.object({ level: z.number(), msg: z.string() });

/** Error lines that a perturbation explains, by their event. */
const explained: Readonly<Record<string, readonly Perturbation['kind'][]>> = {
  'node.fatal': ['disk-full'],
  'block.not_judged': ['disk-full'],
  'consensus.log_damaged': ['tear-log'],
};

/** Lines of level error in the nodes' logs that nothing in the manifest explains. */
export async function unexplainedErrors(
  net: Devnet,
  perturbations: readonly Perturbation[],
): Promise<string[]> {
  const faults: string[] = [];
  for (const { index, nodeId, log } of net.nodes) {
    const text = log === null ? '' : await readFile(log, 'utf8').catch(() => '');
    const kinds = perturbations.flatMap((one) => (nodesOf(one).includes(index) ? [one.kind] : []));
    for (const line of text.split('\n')) {
      const event = errorEventOf(line);
      if (event === undefined) continue;
      const allowed = explained[event] ?? [];
      if (!allowed.some((kind) => kinds.includes(kind))) faults.push(`${nodeId}: ${line}`);
    }
  }
  return faults;
}

/** The event of a line of level error or above. */
function errorEventOf(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // A process that is killed leaves half a line.
    return undefined;
  }
  const { data } = lineSchema.safeParse(value);
  return data !== undefined && data.level >= ERROR ? data.msg : undefined;
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const FUNCTIONS_SHOWN = 40;

const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({
        functionName: z.string(),
        url: z.string(),
        lineNumber: z.number(),
      }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** A function and the part of the busy time in which it ran itself. */
export interface CostlyFunction {
  readonly name: string;
  readonly place: string;
  readonly selfShare: number;
}

/** The functions in which a profiled process spent most of the time it was not idle. */
export async function costliestFunctions(folder: string): Promise<CostlyFunction[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile'));
  const totals = new Map<string, number>();
  let busy = 0;
  for (const file of files) {
    const text = await readFile(join(folder, file), 'utf8');
    const profile = profileSchema.parse(JSON.parse(text));
    const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
    for (const [index, id] of profile.samples.entries()) {
      const name = names.get(id) ?? '?';
      if (name.startsWith('(idle)')) continue;
      const tookUs = profile.timeDeltas[index] ?? 0;
      totals.set(name, (totals.get(name) ?? 0) + tookUs);
      busy += tookUs;
    }
  }
  return [...totals]
    .sort(([, a], [, b]) => b - a)
    .slice(0, FUNCTIONS_SHOWN)
    .map(([named, tookUs]) => {
      const [name = '?', place = ''] = named.split('\t');
      return { name, place, selfShare: tookUs / busy };
    });
}

function nameOf(frame: {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}): string {
  const { functionName, url, lineNumber } = frame;
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  // Only the last part of a path: the same on every machine.
  const place = path.split('/').slice(-4).join('/');
  const name = functionName === '' ? '(anonymous)' : functionName;
  return `${name}\t${place === '' ? '' : `${place}:${lineNumber + 1}`}`;
}

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { profiles } from './plan.js';

const keptSeedsSchema = z
  .array(
    z.strictObject({
      seed: z.number().int(),
      profile: z.enum(profiles),
      nodes: z.number().int().exactOptional(),
      realSignatures: z.literal(true).exactOptional(),
      /** What it found, or why it is worth a run at every commit. */
      why: z.string().min(10),
    }),
  )
  .min(1);

export type KeptSeed = z.infer<typeof keptSeedsSchema>[number];

/** The seeds that are replayed for ever (T3): whatever failed once, and corners hard to reach. */
export function keptSeeds(): readonly KeptSeed[] {
  const text = readFileSync(new URL('./seeds.json', import.meta.url), 'utf8');
  return keptSeedsSchema.parse(JSON.parse(text));
}

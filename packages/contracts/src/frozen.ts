import { type TimeMs, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import { partyIdSchema, refSchema } from './fields.js';

/** A COURT's or REGULATOR's order that stops an object (R11). Safe in a browser. */
export const frozenSchema = z.strictObject({
  by: partyIdSchema,
  order: refSchema,
  until: timeSchema.optional(),
});

export type Frozen = z.infer<typeof frozenSchema>;

/** Whether an order stops an object at a time; an order without an end stops it until lifted. */
export function isFrozenAt(
  object: { readonly frozen?: Frozen | undefined },
  timeMs: TimeMs,
): boolean {
  const { frozen } = object;
  return frozen !== undefined && (frozen.until === undefined || timeMs <= frozen.until);
}

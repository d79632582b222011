import {
  type CborMap,
  isOk,
  memoryFromCbor,
  type ObjectKind,
  OK,
  type Status,
} from '@triflow/protocol';
import { z } from 'zod';

/** Reads parameters by a schema; undefined when they do not fit. */
export function readParams<P>(schema: z.ZodType<P>, params: CborMap): P | undefined {
  const parsed = schema.safeParse(memoryFromCbor(schema, params));
  return parsed.success ? parsed.data : undefined;
}

/** The version guard of R7. */
export function versionIs(record: { readonly version: number }, expected: number): boolean {
  return record.version === expected;
}

/** The schema of `expectedVersion` (R7). */
export const expectedVersionSchema = z.number().int().min(1);

/** The schema of an object's id, of the kind given. */
export function idSchema(kind: ObjectKind): z.ZodType<string> {
  return z.string().regex(new RegExp(`^${kind}_[a-z0-9-]{1,60}$`));
}

/** First status that is not success, in the order given; guards are lazy. */
export function firstProblem(...guards: readonly (() => Status)[]): Status {
  for (const guard of guards) {
    const status = guard();
    if (!isOk(status)) return status;
  }
  return OK;
}

import { limits } from '@triflow/protocol';
import { z } from 'zod';

/** Shapes that many routes share. Query members are text; a schema's output is the value. */
export const base64UrlField = z.string().regex(/^[A-Za-z0-9_-]*$/);
export const hashField = z.string().regex(/^sha256:[0-9a-f]{64}$/);
export const txIdField = z.string().regex(/^tx_[0-9a-f]{64}$/);
export const heightField = z.number().int().min(0);
export const timeField = z.string().meta({ format: 'date-time' });

export const heightText = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,14})$/, 'must be a height')
  .transform(Number);

export const flagText = z
  .string()
  .regex(/^[01]$/, 'must be 0 or 1')
  .transform((text) => text === '1');

/** How many entries a page may have. */
export const limitText = z
  .string()
  .regex(/^[1-9][0-9]{0,3}$/, `must be 1 to ${limits.listPageMax}`)
  .transform(Number)
  .refine((limit) => limit <= limits.listPageMax, `must be 1 to ${limits.listPageMax}`);

export const waitSecondsMax = limits.waitMsMax / 1_000;

/** Seconds to wait for an outcome, 0 to 60. */
export const waitText = z
  .string()
  .regex(/^(0|[1-9][0-9]?)$/, `must be 0 to ${waitSecondsMax} seconds`)
  .transform(Number)
  .refine((seconds) => seconds <= waitSecondsMax, `must be 0 to ${waitSecondsMax} seconds`);

/** Header and commit certificate as canonical bytes, and state proofs that lead to its root. */
export const proofField = z.object({
  height: heightField,
  header: base64UrlField,
  certificate: base64UrlField,
  /** Canonical bytes of a state proof each, in the order of the keys asked for. */
  proofs: z.array(base64UrlField),
});

export type ProofAnswer = z.infer<typeof proofField>;

/** How many records, events or transactions the reader may not see were left out. */
export const redactedField = z.number().int().min(0).optional();

/** A page's end: where the next one starts, null at the end of the list. */
export const pageField = z.object({
  next: z.string().nullable(),
  atHeight: heightField,
});

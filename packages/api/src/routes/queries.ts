import { limits } from '@triflow/protocol';
import { z } from 'zod';
import { flagText, heightField, heightText, proofField, redactedField } from './fields.js';
import { defineRoute } from './route.js';

/**
 * A query's answer. Integers of any size that the contract keeps as such are decimal text, small
 * numbers and times (milliseconds) numbers, bytes base64url.
 */
export const queryAnswerSchema = z.object({
  /** A page's `next`, when there is more, is the `cursor` of the page that follows. */
  data: z.unknown(),
  height: heightField,
  /** The state keys that the answer was read from. */
  proofRef: z.array(z.string()),
  /** Proofs of `proofRef`, in its order, with proof=1. */
  proof: proofField.optional(),
  redacted: redactedField,
});

export const queryRoutes = {
  runQuery: defineRoute({
    name: 'runQuery',
    scope: 'queries',
    method: 'GET',
    url: '/v1/queries/:name',
    summary: 'A query by its name, `<contract>.<query>` or `<query>`; its parameters in the URL.',
    params: z.strictObject({ name: z.string().regex(/^([a-z][a-z0-9-]*\.)?[A-Za-z0-9_]+$/) }),
    query: z.strictObject({
      at: heightText.optional(),
      proof: flagText.optional(),
      /** `next` of the page before: the query goes on at the height that it began at. */
      cursor: z.string().min(1).max(limits.listCursorTextMax).optional(),
    }),
    openQuery: true,
    answers: { 200: { about: 'Data and where it was read.', schema: queryAnswerSchema } },
  }),
} as const;

export type QueryAnswerBody = z.infer<typeof queryAnswerSchema>;

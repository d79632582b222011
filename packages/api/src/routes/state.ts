import { limits } from '@triflow/protocol';
import { z } from 'zod';
import { heightText, proofField } from './fields.js';
import { defineRoute } from './route.js';

const keyText = z.string().min(1).max(limits.stateKeyBytesMax);

/** The keys asked for with their proofs, in the same order; a proof holds the value's bytes. */
export const stateAnswerSchema = proofField.extend({ keys: z.array(z.string()) });

export const stateRoutes = {
  getState: defineRoute({
    name: 'getState',
    scope: 'objects',
    method: 'GET',
    url: '/v1/state',
    summary: 'Proofs of state keys at a height: what each holds, or that it holds nothing.',
    query: z.strictObject({
      key: z.union([keyText, z.array(keyText).min(1).max(limits.stateKeysPerProofMax)]),
      at: heightText.optional(),
    }),
    answers: { 200: { about: 'Header, certificate, proofs.', schema: stateAnswerSchema } },
  }),
} as const;

export type StateAnswer = z.infer<typeof stateAnswerSchema>;

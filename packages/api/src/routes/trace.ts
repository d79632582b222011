import { limits } from '@triflow/protocol';
import { z } from 'zod';
import { flagText, heightField, heightText, proofField, redactedField } from './fields.js';
import { defineRoute } from './route.js';

export const traceFlows = ['goods', 'money', 'data'] as const;
export const traceFlags = ['cycle', 'double-financing', 'search-incomplete'] as const;

export const traceNodeSchema = z.object({
  /** An object id, or the state key of a record that is no object. */
  id: z.string(),
  contract: z.string(),
  table: z.string(),
  flow: z.enum(traceFlows),
  /** Steps from the root. */
  depth: z.number().int(),
  stateKey: z.string(),
  data: z.unknown(),
});

export const traceEdgeSchema = z.object({
  from: z.string(),
  to: z.string(),
  /** `origin`: the second came from the first; `attached`: the second stands on the first. */
  kind: z.enum(['origin', 'attached']),
  /** The index that says so, `contract/table.index`. */
  by: z.string(),
});

/** One tree over goods, money and documents (domain section 6, penetrate and provenance). */
export const traceAnswerSchema = z.object({
  root: z.string(),
  direction: z.enum(['up', 'down', 'both']),
  height: heightField,
  nodes: z.array(traceNodeSchema),
  edges: z.array(traceEdgeSchema),
  flags: z.array(z.enum(traceFlags)),
  /** Answers of the spanning queries about the root, by name. */
  views: z.record(z.string(), z.unknown()),
  proof: proofField.optional(),
  redacted: redactedField,
});

const depthText = z
  .string()
  .regex(/^[0-9]{1,2}$/, `must be 0 to ${limits.traceDepthMax}`)
  .transform(Number)
  .refine((depth) => depth <= limits.traceDepthMax, `must be 0 to ${limits.traceDepthMax}`);

export const traceRoutes = {
  getTrace: defineRoute({
    name: 'getTrace',
    scope: 'queries',
    method: 'GET',
    url: '/v1/trace/:id',
    summary: 'Where an object came from and what came of it (穿透式查询), with what stands on it.',
    params: z.strictObject({ id: z.string().min(1).max(64) }),
    query: z.strictObject({
      direction: z.enum(['up', 'down', 'both']).optional(),
      depth: depthText.optional(),
      at: heightText.optional(),
      proof: flagText.optional(),
    }),
    answers: { 200: { about: 'Nodes, edges and flags.', schema: traceAnswerSchema } },
  }),
} as const;

export type TraceAnswer = z.infer<typeof traceAnswerSchema>;
export type TraceNode = z.infer<typeof traceNodeSchema>;

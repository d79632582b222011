import { z } from 'zod';
import { defineRoute } from './route.js';

export const readinessSchema = z.object({
  ready: z.boolean(),
  checks: z.record(
    z.string(),
    z.object({
      ok: z.boolean(),
      value: z.union([z.string(), z.number(), z.boolean()]),
      threshold: z.union([z.string(), z.number(), z.boolean()]).optional(),
      reason: z.string().optional(),
    }),
  ),
});

export const livenessSchema = z.object({ live: z.boolean() });

export const errorDocSchema = z.object({
  code: z.string(),
  title: z.string(),
  httpStatus: z.number().int(),
  retry: z.string(),
  /** The contract and number behind a business refusal. */
  statuses: z.array(z.object({ contract: z.string(), number: z.number().int() })),
});

/** Routes of the operations port, and the pages that explain error codes. */
export const operationRoutes = {
  getLiveness: defineRoute({
    name: 'getLiveness',
    method: 'GET',
    url: '/livez',
    summary: 'Whether the event loop turns.',
    answers: { 200: { about: 'It does.', schema: livenessSchema } },
  }),
  getReadiness: defineRoute({
    name: 'getReadiness',
    method: 'GET',
    url: '/readyz',
    summary: 'Whether the node should get traffic, and why not.',
    answers: {
      200: { about: 'All checks hold.', schema: readinessSchema },
      503: { about: 'A check fails.', schema: readinessSchema },
    },
  }),
  getMetrics: defineRoute({
    name: 'getMetrics',
    method: 'GET',
    url: '/metrics',
    summary: 'Prometheus text.',
    answers: { 200: { about: 'Metrics.', mediaType: 'text/plain', schema: z.string() } },
  }),
} as const;

export const docsRoutes = {
  listErrors: defineRoute({
    name: 'listErrors',
    method: 'GET',
    url: '/docs/errors',
    summary: 'Every error code.',
    answers: {
      200: {
        about: 'The registry, as JSON or as a page.',
        textForms: ['text/html'],
        schema: z.object({ data: z.array(errorDocSchema) }),
      },
    },
  }),
  getErrorDoc: defineRoute({
    name: 'getErrorDoc',
    method: 'GET',
    url: '/docs/errors/:code',
    summary: 'What an error code means and what to do.',
    params: z.strictObject({ code: z.string().regex(/^[A-Za-z0-9_]{1,64}$/) }),
    answers: {
      200: {
        about: 'Its entry, as JSON or as a page.',
        textForms: ['text/html'],
        schema: errorDocSchema,
      },
    },
  }),
} as const;

export type ReadinessAnswer = z.infer<typeof readinessSchema>;
export type ErrorDoc = z.infer<typeof errorDocSchema>;

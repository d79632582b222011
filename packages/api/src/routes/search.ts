import { limits } from '@triflow/protocol';
import { z } from 'zod';
import { heightField } from './fields.js';
import { defineRoute } from './route.js';

/** Objects whose id begins with the text, and parties whose id or name has it. */
export const searchAnswerSchema = z.object({
  data: z.array(
    z.object({
      /** URL segment of the object. */
      objects: z.string(),
      id: z.string(),
      /** Of a party. */
      name: z.string().optional(),
    }),
  ),
  height: heightField,
});

export const searchRoutes = {
  search: defineRoute({
    name: 'search',
    scope: 'objects',
    method: 'GET',
    url: '/v1/search',
    summary: 'Finds objects by the beginning of their id, with or without kind, parties by name.',
    query: z.strictObject({ q: z.string().trim().min(1).max(limits.searchTextMax) }),
    answers: { 200: { about: 'The first that were found.', schema: searchAnswerSchema } },
  }),
} as const;

export type SearchAnswer = z.infer<typeof searchAnswerSchema>;

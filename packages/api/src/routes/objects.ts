import { limits, type ObjectKind, objectKinds } from '@triflow/protocol';
import { z } from 'zod';
import { eventPageSchema } from './events.js';
import {
  flagText,
  heightField,
  heightText,
  limitText,
  pageField,
  proofField,
  redactedField,
} from './fields.js';
import { defineRoute } from './route.js';

export const PARTY_SEGMENT = 'parties';

/** URL segments of objects: the kinds of object ids, and parties. */
export const objectSegments: ReadonlyMap<string, ObjectKind | 'party'> = new Map([
  ...(Object.entries(objectKinds) as [ObjectKind, string][]).map(
    ([kind, segment]): [string, ObjectKind] => [segment, kind],
  ),
  [PARTY_SEGMENT, 'party'] as [string, 'party'],
]);

/** One record in JSON, with its state key and, when asked for, the proof of it. */
export const objectAnswerSchema = z.object({
  id: z.string(),
  data: z.unknown(),
  /** The height that was read. */
  height: heightField,
  stateKey: z.string(),
  proof: proofField.optional(),
});

export const listAnswerSchema = z.object({
  data: z.array(z.object({ id: z.string(), data: z.unknown() })),
  page: pageField,
  redacted: redactedField,
});

const objectParams = z.strictObject({ objects: z.string(), id: z.string().min(1).max(64) });

export const objectRoutes = {
  getObject: defineRoute({
    name: 'getObject',
    scope: 'objects',
    method: 'GET',
    url: '/v1/:objects/:id',
    summary: 'One object at a height. With proof=1 absence is proved too (in the 404 details).',
    params: objectParams,
    query: z.strictObject({ at: heightText.optional(), proof: flagText.optional() }),
    answers: { 200: { about: 'The record.', schema: objectAnswerSchema } },
  }),
  listObjects: defineRoute({
    name: 'listObjects',
    scope: 'objects',
    method: 'GET',
    url: '/v1/:objects',
    summary: 'Objects in the order of their ids; filters are indexes and measures of their table.',
    params: z.strictObject({ objects: z.string() }),
    query: z.strictObject({
      at: heightText.optional(),
      limit: limitText.optional(),
      /** A measure of the table, with `-` for downwards; without it, by id. */
      sort: z
        .string()
        .regex(/^-?[A-Za-z0-9]{1,40}$/)
        .optional(),
      cursor: z.string().max(limits.listCursorTextMax).optional(),
    }),
    openQuery: true,
    answers: { 200: { about: 'A page that never shifts.', schema: listAnswerSchema } },
  }),
  getHistory: defineRoute({
    name: 'getHistory',
    scope: 'objects',
    method: 'GET',
    url: '/v1/:objects/:id/history',
    summary: 'The events of one object, oldest first.',
    params: objectParams,
    query: z.strictObject({
      after: z.string().max(64).optional(),
      limit: limitText.optional(),
    }),
    answers: { 200: { about: 'A page of events.', schema: eventPageSchema } },
  }),
} as const;

export type ObjectAnswer = z.infer<typeof objectAnswerSchema>;
export type ListAnswer = z.infer<typeof listAnswerSchema>;

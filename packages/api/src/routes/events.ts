import { limits } from '@triflow/protocol';
import { z } from 'zod';
import { heightField, limitText, redactedField, timeField, txIdField } from './fields.js';
import { defineRoute } from './route.js';

export const EVENT_STREAM_MEDIA_TYPE = 'text/event-stream';
/** A checkpoint is sent after this many blocks in which nothing matched. */
export const checkpointBlocks = 50;
/** A comment keeps an idle stream open. */
export const streamCommentMs = 15_000;
/** `after=latest` starts behind the newest block. */
export const LATEST = 'latest';

/**
 * A fact that a command emitted. In `data` the integers of money, quantity and price are decimal
 * text; other integers are numbers, beyond 53 bits decimal text; bytes are base64url.
 */
export const eventField = z.object({
  contract: z.string(),
  type: z.string(),
  subject: z.string(),
  data: z.record(z.string(), z.unknown()),
});

/** An event with its place; also the `data:` of a server-sent event. */
export const placedEventSchema = eventField.extend({
  cursor: z.string(),
  height: heightField,
  time: timeField,
  txId: txIdField,
});

export const eventPageSchema = z.object({
  data: z.array(placedEventSchema),
  page: z.object({
    /** Read on from here: a cursor, also when nothing matched. */
    next: z.string(),
    /** Whether there is more to read already. */
    more: z.boolean(),
    /** Newest height of the node when it answered. */
    atHeight: heightField,
  }),
  redacted: redactedField,
});

/** `data:` of the stream event `checkpoint`: everything up to this height was sent. */
export const checkpointSchema = z.object({ cursor: z.string(), height: heightField });

const typePattern = /^[a-z_]{1,40}\.[a-z_]{1,40}(,[a-z_]{1,40}\.[a-z_]{1,40})*$/;
const cursorPattern = /^(latest|[0-9]+\.[0-9]+\.[0-9]+)$/;

export const eventRoutes = {
  getEvents: defineRoute({
    name: 'getEvents',
    scope: 'events',
    method: 'GET',
    url: '/v1/events',
    summary: 'Events after a cursor: one page, or a stream with Accept: text/event-stream.',
    query: z.strictObject({
      /** A cursor, or `latest`; without it, from the first event kept. */
      after: z.string().regex(cursorPattern, 'must be a cursor or latest').optional(),
      types: z
        .string()
        .max(limits.eventTypesTextMax)
        .regex(typePattern, 'must be event types such as receipt.issued, joined by commas')
        .transform((text) => text.split(','))
        .optional(),
      subject: z.string().min(1).max(limits.stateKeyBytesMax).optional(),
      limit: limitText.optional(),
    }),
    answers: {
      200: {
        about: 'A page, or the stream.',
        textForms: ['text/event-stream'],
        schema: eventPageSchema,
      },
    },
  }),
} as const;

export type EventAnswer = z.infer<typeof eventField>;
export type PlacedEventAnswer = z.infer<typeof placedEventSchema>;
export type EventPageAnswer = z.infer<typeof eventPageSchema>;
export type CheckpointAnswer = z.infer<typeof checkpointSchema>;

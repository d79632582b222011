import { limits } from '@triflow/protocol';
import { z } from 'zod';
import { base64UrlField, heightField, limitText, redactedField, timeField } from './fields.js';
import { defineRoute, readScopes } from './route.js';

const partyField = z.string().min(1).max(limits.partyIdTextMax);

/** What a party signs (`loginSignBytes`): chain, node, nonce and expiry. */
export const challengeSchema = z.object({
  chainId: z.string(),
  nodeId: z.string(),
  nonce: base64UrlField,
  expiresAt: timeField,
});

/** A signed challenge; on a devnet a party's id alone opens a session for looking around. */
export const loginBodySchema = z.union([
  z.strictObject({
    party: partyField,
    keyId: z.string().min(1).max(limits.idTextMax),
    nonce: base64UrlField,
    expiresAt: timeField,
    signature: base64UrlField,
  }),
  z.strictObject({ party: partyField }),
]);

export const sessionSchema = z.object({
  token: z.string(),
  party: z.string(),
  expiresAt: timeField,
});

export const whoAmISchema = z.object({
  /** Null without a login. */
  party: z.string().nullable(),
  roles: z.array(z.string()),
  scopes: z.array(z.enum(readScopes)),
  how: z.enum(['anonymous', 'session', 'token', 'certificate']),
});

export const loggedReadSchema = z.object({
  seq: z.number().int(),
  time: timeField,
  reader: z.string(),
  route: z.string(),
  requestId: z.string(),
  subjects: z.array(z.string()),
  more: z.number().int(),
  height: heightField,
  previous: z.string(),
  hash: z.string(),
  anchored: z.boolean(),
});

export const accessLogSchema = z.object({
  data: z.array(loggedReadSchema),
  page: z.object({ next: z.number().int().nullable() }),
  redacted: redactedField,
});

export const accessRoutes = {
  createChallenge: defineRoute({
    name: 'createChallenge',
    guarded: true,
    method: 'POST',
    url: '/v1/sessions/challenge',
    summary: 'A challenge of this node for a login, good for a minute.',
    answers: { 200: { about: 'What to sign.', schema: challengeSchema } },
  }),
  createSession: defineRoute({
    name: 'createSession',
    guarded: true,
    method: 'POST',
    url: '/v1/sessions',
    summary: 'Login: a signed challenge gives a bearer token of an hour.',
    bodies: [{ mediaType: 'application/json', schema: loginBodySchema }],
    answers: { 201: { about: 'The token, told once.', schema: sessionSchema } },
  }),
  getSession: defineRoute({
    name: 'getSession',
    method: 'GET',
    url: '/v1/sessions/me',
    summary: 'As whom this request reads.',
    answers: { 200: { about: 'The reader.', schema: whoAmISchema } },
  }),
  deleteSession: defineRoute({
    name: 'deleteSession',
    method: 'DELETE',
    url: '/v1/sessions/me',
    summary: 'Logout: the token of this request opens nothing from now on.',
    answers: { 200: { about: 'Nobody.', schema: whoAmISchema } },
  }),
  getAccessLog: defineRoute({
    name: 'getAccessLog',
    method: 'GET',
    url: '/v1/access-log',
    summary:
      'Privileged reads of this node: who read what, when. A query to a node, not the state.',
    scope: 'objects',
    query: z.strictObject({
      subject: z.string().min(1).max(limits.stateKeyBytesMax).optional(),
      reader: partyField.optional(),
      after: z
        .string()
        .regex(/^[0-9]{1,15}$/, 'must be a number of an entry')
        .transform(Number)
        .optional(),
      limit: limitText.optional(),
    }),
    answers: { 200: { about: 'Entries in their order.', schema: accessLogSchema } },
  }),
} as const;

export type SessionAnswer = z.infer<typeof sessionSchema>;
export type ChallengeAnswer = z.infer<typeof challengeSchema>;
export type WhoAmI = z.infer<typeof whoAmISchema>;
export type AccessLogAnswer = z.infer<typeof accessLogSchema>;

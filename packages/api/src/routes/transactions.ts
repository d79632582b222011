import { limits } from '@triflow/protocol';
import { z } from 'zod';
import { eventField } from './events.js';
import { base64UrlField, heightField, redactedField, txIdField, waitText } from './fields.js';
import { problemSchema } from './problem.js';
import { defineRoute } from './route.js';

/** Canonical bytes of one signed transaction. */
export const TRANSACTION_MEDIA_TYPE = 'application/vnd.triflow.tx';
/** Canonical bytes of a list of signed transactions (`encodeGossip`). */
export const TRANSACTION_BATCH_MEDIA_TYPE = 'application/vnd.triflow.tx-batch';
const JSON_MEDIA_TYPE = 'application/json';

export const statusField = z.object({
  contract: z.string(),
  number: z.number().int(),
  code: z.string(),
});

/** What became of a transaction; `pending` is the only one that is not final. */
export const outcomeSchema = z.object({
  txId: txIdField,
  outcome: z.enum(['pending', 'committed', 'rejected', 'expired']),
  /** Set when these very bytes had been taken before. */
  duplicate: z.boolean().optional(),
  /** Of a pending or expired transaction. */
  validUntilHeight: heightField.optional(),
  /** The block that holds it, of a committed or rejected one. */
  height: heightField.optional(),
  index: z.number().int().optional(),
  status: statusField.optional(),
  /** Index of the command that failed, of a rejected one. */
  failedCommand: z.number().int().optional(),
  events: z.array(eventField).optional(),
  error: problemSchema.optional(),
  /** 1 when the reader may see no more than id and outcome. */
  redacted: redactedField,
});

export const submitBodySchema = z.strictObject({ transaction: base64UrlField });

/** A dry run of commands that nobody has signed: parameters in the JSON form of records. */
export const dryRunBodySchema = z.strictObject({
  sender: z.string(),
  commands: z
    .array(
      z.strictObject({
        contract: z.string(),
        name: z.string(),
        params: z.record(z.string(), z.unknown()),
      }),
    )
    .min(1)
    .max(limits.commandsPerTransactionMax),
});

export const simulationSchema = z.object({
  height: heightField,
  status: statusField,
  failedCommand: z.number().int().optional(),
  error: problemSchema.optional(),
  /** What it would write, null where it would remove; `record` where the table is known. */
  writes: z.array(
    z.object({
      key: z.string(),
      value: base64UrlField.nullable(),
      record: z.unknown().optional(),
    }),
  ),
  events: z.array(eventField),
  redacted: redactedField,
});

export const batchAnswerSchema = z.object({
  /** One a transaction, in the order sent. */
  results: z.array(
    z.object({
      /** Null for bytes that were refused. */
      txId: txIdField.nullable(),
      /** `accepted`, `duplicate` or the code of a problem. */
      status: z.string(),
      retry: z.string().optional(),
      detail: z.string().optional(),
    }),
  ),
});

const inclusionField = z.object({
  bytes: base64UrlField,
  index: z.number().int(),
  size: z.number().int(),
  path: z.array(base64UrlField),
});

/** RFC 9162 paths of a transaction and its result to the two roots of one header. */
export const transactionProofSchema = z.object({
  txId: txIdField,
  height: heightField,
  header: base64UrlField,
  certificate: base64UrlField,
  transaction: inclusionField,
  result: inclusionField,
});

const idParams = z.strictObject({ id: txIdField });
const waitQuery = z.strictObject({ wait: waitText.optional() });
const outcomeAnswer = (about: string) => ({ about, schema: outcomeSchema });
const signedBodies = [
  { mediaType: TRANSACTION_MEDIA_TYPE },
  { mediaType: JSON_MEDIA_TYPE, schema: submitBodySchema },
];

export const transactionRoutes = {
  submitTransaction: defineRoute({
    name: 'submitTransaction',
    method: 'POST',
    url: '/v1/transactions',
    summary: 'Takes a signed transaction; waits for its outcome when asked (Prefer: wait=10).',
    query: waitQuery,
    bodies: signedBodies,
    answers: {
      200: outcomeAnswer('These bytes had been taken before; what is known of them.'),
      201: outcomeAnswer('The final outcome, within the time given.'),
      202: outcomeAnswer('Taken; Location says where its outcome will be.'),
    },
  }),
  submitBatch: defineRoute({
    name: 'submitBatch',
    method: 'POST',
    url: '/v1/transactions/batch',
    summary: `Takes up to ${limits.batchTransactionsMax} signed transactions at once.`,
    bodies: [{ mediaType: TRANSACTION_BATCH_MEDIA_TYPE }],
    answers: { 200: { about: 'What became of each.', schema: batchAnswerSchema } },
  }),
  simulateTransaction: defineRoute({
    name: 'simulateTransaction',
    scope: 'blocks',
    method: 'POST',
    url: '/v1/transactions/simulate',
    summary: 'Runs commands over the head without keeping anything; needs no signature.',
    bodies: [...signedBodies, { mediaType: JSON_MEDIA_TYPE, schema: dryRunBodySchema }],
    answers: { 200: { about: 'Status, writes and events.', schema: simulationSchema } },
  }),
  getOutcome: defineRoute({
    name: 'getOutcome',
    scope: 'blocks',
    method: 'GET',
    url: '/v1/transactions/:id',
    summary: 'What became of a transaction; waits while it is pending.',
    params: idParams,
    query: waitQuery,
    answers: { 200: outcomeAnswer('Its outcome.') },
  }),
  getTransactionProof: defineRoute({
    name: 'getTransactionProof',
    scope: 'blocks',
    method: 'GET',
    url: '/v1/transactions/:id/proof',
    summary: 'Proof that a transaction and its result stand in a final block.',
    params: idParams,
    answers: {
      200: { about: 'Bytes, paths, header, certificate.', schema: transactionProofSchema },
    },
  }),
} as const;

export type OutcomeAnswer = z.infer<typeof outcomeSchema>;
export type SimulationAnswer = z.infer<typeof simulationSchema>;
export type BatchAnswer = z.infer<typeof batchAnswerSchema>;
export type TransactionProofAnswer = z.infer<typeof transactionProofSchema>;
export type DryRunBody = z.infer<typeof dryRunBodySchema>;

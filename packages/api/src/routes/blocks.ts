import { type BlockHeader, textFromHash, textFromTime } from '@triflow/protocol';
import { z } from 'zod';
import {
  base64UrlField,
  flagText,
  hashField,
  heightField,
  heightText,
  limitText,
  redactedField,
  timeField,
  txIdField,
} from './fields.js';
import { defineRoute } from './route.js';
import { statusField } from './transactions.js';

/** A header's members in JSON; the signed bytes stand beside it. */
export const headerFieldsSchema = z.object({
  version: z.number().int(),
  chainId: z.string(),
  height: heightField,
  time: timeField,
  parentHash: hashField,
  builder: z.string(),
  txCount: z.number().int(),
  txRoot: hashField,
  resultRoot: hashField,
  stateRoot: hashField,
  validatorsHash: hashField,
  nextValidatorsHash: hashField,
  evidenceRoot: hashField,
});

export const certificateFieldsSchema = z.object({
  height: heightField,
  round: z.number().int(),
  valueId: hashField,
  entries: z.array(z.object({ index: z.number().int(), signature: base64UrlField })),
});

const commandField = z.object({
  contract: z.string(),
  name: z.string(),
  /** Only with full=1. */
  params: z.record(z.string(), z.unknown()).optional(),
});

export const blockAnswerSchema = z.object({
  height: heightField,
  /** The valueId that the certificate signs. */
  id: hashField,
  header: headerFieldsSchema,
  headerBytes: base64UrlField,
  certificate: certificateFieldsSchema,
  certificateBytes: base64UrlField,
  /** A page of the block's transactions, from `offset` on. */
  transactions: z.array(
    z.object({
      txId: txIdField,
      index: z.number().int(),
      outcome: z.enum(['committed', 'rejected']),
      /** Left out, with all that follows, for a reader who may not see the transaction. */
      sender: z.string().optional(),
      keyId: z.string().optional(),
      validUntilHeight: heightField.optional(),
      commands: z.array(commandField).optional(),
      status: statusField.optional(),
      /** All signed bytes; only with full=1. */
      bytes: base64UrlField.optional(),
    }),
  ),
  evidence: z.array(base64UrlField),
  page: z.object({ next: z.number().int().nullable(), total: z.number().int() }),
  redacted: redactedField,
});

export const headersAnswerSchema = z.object({
  data: z.array(
    z.object({ height: heightField, header: base64UrlField, certificate: base64UrlField }),
  ),
});

export const validatorsAnswerSchema = z.object({
  height: heightField,
  /** In the order that certificate indexes refer to. */
  validators: z.array(
    z.object({
      index: z.number().int(),
      id: z.string(),
      party: z.string(),
      suite: z.string(),
      publicKey: base64UrlField,
      peerId: z.string(),
      power: z.number().int(),
    }),
  ),
});

export const blockRoutes = {
  getBlock: defineRoute({
    name: 'getBlock',
    scope: 'blocks',
    method: 'GET',
    url: '/v1/blocks/:height',
    summary: 'A block with its certificate, transactions and their status; `latest` is the newest.',
    params: z.strictObject({ height: z.union([z.literal('latest'), heightText]) }),
    query: z.strictObject({
      offset: heightText.optional(),
      limit: limitText.optional(),
      full: flagText.optional(),
    }),
    answers: { 200: { about: 'The block.', schema: blockAnswerSchema } },
  }),
  getHeaders: defineRoute({
    name: 'getHeaders',
    method: 'GET',
    url: '/v1/headers',
    summary: 'Headers and commit certificates as canonical bytes, ends included.',
    query: z.strictObject({
      from: heightText,
      to: heightText.optional(),
      /** Only headers that change the validators, and the last one: a chain of trust. */
      light: flagText.optional(),
    }),
    answers: { 200: { about: 'As many as there are.', schema: headersAnswerSchema } },
  }),
  getValidators: defineRoute({
    name: 'getValidators',
    method: 'GET',
    url: '/v1/validators',
    summary: 'The validators of a height, by default of the next one.',
    query: z.strictObject({ at: heightText.optional() }),
    answers: { 200: { about: 'The set.', schema: validatorsAnswerSchema } },
  }),
} as const;

export type BlockAnswer = z.infer<typeof blockAnswerSchema>;
export type HeadersAnswer = z.infer<typeof headersAnswerSchema>;
export type ValidatorsAnswer = z.infer<typeof validatorsAnswerSchema>;

/** A header as the API writes it; a client that has decoded the signed bytes compares with this. */
export function headerFields(header: BlockHeader): BlockAnswer['header'] {
  const { version, chainId, height, timeMs, builder, txCount } = header;
  return {
    version,
    chainId,
    height,
    time: textFromTime(timeMs),
    parentHash: textFromHash(header.parentHash),
    builder,
    txCount,
    txRoot: textFromHash(header.txRoot),
    resultRoot: textFromHash(header.resultRoot),
    stateRoot: textFromHash(header.stateRoot),
    validatorsHash: textFromHash(header.validatorsHash),
    nextValidatorsHash: textFromHash(header.nextValidatorsHash),
    evidenceRoot: textFromHash(header.evidenceRoot),
  };
}

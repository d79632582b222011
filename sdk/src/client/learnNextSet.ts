import {
  blockRoutes,
  bytesFromBase64Url,
  headersAnswerSchema,
  validatorsAnswerSchema,
} from '@triflow/api/routes';
import { type BlockHeader, decodeHeader, type ValidatorEntry } from '@triflow/protocol';
import { z } from 'zod';
import type { Deadline } from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import { followValidators, type ValidatorStep } from '../verify/followValidators.js';
import type { KnownSet, TrustAnchor } from '../verify/trustAnchor.js';
import { type SignedHeader, verifyHeader } from '../verify/verifyHeader.js';
import { callNode, type NodeAccess } from './callNode.js';

const partySchema = z.custom<ValidatorEntry['party']>((value) => typeof value === 'string');
const validatorIdSchema = z.custom<ValidatorEntry['id']>((value) => typeof value === 'string');
const validatorsSchema = validatorsAnswerSchema.extend({
  validators: z.array(
    validatorsAnswerSchema.shape.validators.element.extend({
      id: validatorIdSchema,
      party: partySchema,
    }),
  ),
});

/** A header with the node that gave it, for the error when it does not hold. */
export interface OfferedHeader extends SignedHeader {
  readonly node: string;
}

/** A set with the step by which it was reached; the first has none. */
export interface LearntSet extends KnownSet {
  readonly step?: ValidatorStep;
  /** The newest height at which this set is known to be in force. */
  lastSigned: number;
}

/**
 * Finds the last header that a set signed before a height, by halving, and the set that it commits
 * to. Every header on the way that counts is verified under the known set; a node can hide a
 * change, never invent one. Undefined when the set is in force at that height after all.
 */
export async function learnNextSet(
  access: NodeAccess,
  anchor: TrustAnchor,
  last: LearntSet,
  height: number,
  deadline: Deadline,
): Promise<LearntSet | undefined> {
  let low = last.lastSigned;
  let high = height;
  if ((await headerAt(access, anchor, high, deadline)).fields.validatorsHash === last.hash) {
    return undefined;
  }
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    const probe = await headerAt(access, anchor, middle, deadline);
    if (probe.fields.validatorsHash !== last.hash) {
      high = middle;
      continue;
    }
    requireSigned(anchor, last, probe.offered);
    low = middle;
  }
  const change = await headerAt(access, anchor, low, deadline);
  requireSigned(anchor, last, change.offered);
  const nextValidators = await validatorsAt(access, anchor, low + 1, deadline);
  const { header, certificate, node } = change.offered;
  const step = { header, certificate, nextValidators };
  const followed = followValidators(anchor, last, step);
  if (!followed.ok) throw expired(`${node}: ${followed.fault.message}`);
  return { ...followed.value, step, lastSigned: low + 1 };
}

interface ProbedHeader {
  readonly fields: BlockHeader;
  readonly offered: OfferedHeader;
}

async function headerAt(
  access: NodeAccess,
  anchor: TrustAnchor,
  height: number,
  deadline: Deadline,
): Promise<ProbedHeader> {
  const query = { from: height, to: height };
  const call = { route: blockRoutes.getHeaders, query, minHeight: height };
  const { value, answer } = await callNode(access, anchor, deadline, call, headersAnswerSchema);
  const header = bytesFromBase64Url(value.data[0]?.header ?? '');
  const certificate = bytesFromBase64Url(value.data[0]?.certificate ?? '');
  const decoded = header === undefined ? undefined : decodeHeader(header);
  if (header === undefined || certificate === undefined || decoded?.ok !== true) {
    throw expired(`${answer.node} gives no header of height ${height}`);
  }
  if (decoded.value.height !== height) throw expired(`${answer.node} gave another height`);
  return { fields: decoded.value, offered: { header, certificate, node: answer.node } };
}

function requireSigned(anchor: TrustAnchor, last: LearntSet, offered: OfferedHeader): void {
  const verified = verifyHeader(anchor, last, offered);
  if (!verified.ok) throw expired(`${offered.node}: ${verified.fault.message}`);
}

async function validatorsAt(
  access: NodeAccess,
  anchor: TrustAnchor,
  height: number,
  deadline: Deadline,
): Promise<ValidatorEntry[]> {
  const query = { at: height };
  const call = { route: blockRoutes.getValidators, query, minHeight: height };
  const { value } = await callNode(access, anchor, deadline, call, validatorsSchema);
  return value.validators.map(({ id, party, suite, publicKey, peerId, power }) => {
    const key = bytesFromBase64Url(publicKey) ?? new Uint8Array(0);
    return { id, party, suite, publicKey: key, peerId, power };
  });
}

function expired(why: string): TriflowError {
  const message = `the validator set cannot be followed: ${why}; pin a newer set`;
  return new TriflowError('TRUST_EXPIRED', message);
}

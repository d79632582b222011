import { chainRoutes, genesisAnswerSchema } from '@triflow/api/routes';
import { hashOf } from '@triflow/crypto';
import { decodeHeader, type Fault, type Hash, limits } from '@triflow/protocol';
import type { Deadline } from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import type { ExpectedChain } from '../transports/transport.js';
import type { ValidatorStep } from '../verify/followValidators.js';
import {
  anchorFromGenesis,
  anchorFromPin,
  readGenesisHash,
  type Trust,
  type TrustAnchor,
} from '../verify/trustAnchor.js';
import { type VerifiedHeader, verifyHeader } from '../verify/verifyHeader.js';
import { callNode, type NodeAccess } from './callNode.js';
import { type LearntSet, learnNextSet, type OfferedHeader } from './learnNextSet.js';

/**
 * What this client holds for true about the chain: its anchor, the validator sets followed from
 * there, and the headers verified lately.
 */
export interface TrustedChain {
  readonly expected: () => ExpectedChain;
  readonly anchor: (deadline: Deadline) => Promise<TrustAnchor>;
  /** The genesis document where one is known. */
  readonly genesis: () => unknown;
  readonly verify: (offered: OfferedHeader, deadline: Deadline) => Promise<VerifiedHeader>;
  /** What a reader of this client's evidence has to trust, as this client does. */
  readonly trust: (anchor: TrustAnchor) => Trust;
  /** The steps from the anchor to the set of a height, for an evidence file. */
  readonly stepsTo: (height: number) => readonly ValidatorStep[];
}

interface ChainMemory {
  readonly access: NodeAccess;
  readonly trust: Trust;
  anchor: TrustAnchor | undefined;
  genesis: unknown;
  readonly sets: LearntSet[];
  readonly headers: Map<Hash, VerifiedHeader>;
  /** Validator changes are followed one caller at a time. */
  following: Promise<void>;
}

/** Begins trust. `GENESIS_INVALID` when what the caller gave cannot be an anchor. */
export function createTrustedChain(access: NodeAccess, trust: Trust): TrustedChain {
  const memory: ChainMemory = {
    access,
    trust,
    anchor: undefined,
    genesis: 'genesis' in trust ? trust.genesis : undefined,
    sets: [],
    headers: new Map(),
    following: Promise.resolve(),
  };
  if ('genesis' in trust) setAnchor(memory, anchorFromGenesis(trust.genesis));
  else if ('validators' in trust) setAnchor(memory, anchorFromPin(trust));
  else if (readGenesisHash(trust.genesisHash) === undefined) {
    throw new TriflowError('GENESIS_INVALID', 'trust.genesisHash is not a digest');
  }
  return {
    expected: () => expectedChain(memory),
    anchor: (deadline) => resolveAnchor(memory, deadline),
    genesis: () => memory.genesis,
    verify: (offered, deadline) => verifyOffered(memory, offered, deadline),
    trust: (anchor) => trustOf(memory, anchor),
    stepsTo: (height) => stepsTo(memory, height),
  };
}

function expectedChain({ anchor, trust }: ChainMemory): ExpectedChain {
  if (anchor !== undefined) return { chainId: anchor.chainId, genesisHash: anchor.genesisHash };
  if (!('genesisHash' in trust)) return {};
  return { chainId: trust.chainId, genesisHash: readGenesisHash(trust.genesisHash) };
}

/** The anchor; with a bare genesis hash the document is asked of a node and held against it. */
async function resolveAnchor(memory: ChainMemory, deadline: Deadline): Promise<TrustAnchor> {
  if (memory.anchor !== undefined) return memory.anchor;
  const expected = expectedChain(memory);
  const call = { route: chainRoutes.getGenesis };
  const asked = callNode(memory.access, expected, deadline, call, genesisAnswerSchema);
  const { value, answer } = await asked;
  const anchor = anchorFromGenesis(value, expected.genesisHash);
  if (!anchor.ok) {
    const message = `${answer.node}: ${anchor.fault.message}`;
    throw new TriflowError('VERIFICATION_FAILED', message, { node: answer.node });
  }
  memory.genesis = value;
  return setAnchor(memory, anchor);
}

function setAnchor(memory: ChainMemory, anchor: ReturnType<typeof anchorFromGenesis>): TrustAnchor {
  if (!anchor.ok) throw new TriflowError('GENESIS_INVALID', anchor.fault.message);
  memory.anchor = anchor.value;
  const { start } = anchor.value;
  memory.sets.push({ ...start, lastSigned: start.fromHeight });
  return anchor.value;
}

async function verifyOffered(
  memory: ChainMemory,
  offered: OfferedHeader,
  deadline: Deadline,
): Promise<VerifiedHeader> {
  const anchor = await resolveAnchor(memory, deadline);
  const known = memory.headers.get(hashOf(offered.header));
  if (known !== undefined) return known;
  const decoded = decodeHeader(offered.header);
  if (!decoded.ok) throw refused(offered.node, decoded.fault);
  const { height, validatorsHash } = decoded.value;
  if (height < anchor.start.fromHeight) {
    const message = `height ${height} is before the trusted height ${anchor.start.fromHeight}`;
    throw new TriflowError('TRUST_EXPIRED', message);
  }
  if (setOf(memory, height).hash !== validatorsHash) await follow(memory, height, deadline);
  const set = setOf(memory, height);
  const verified = verifyHeader(anchor, set, offered);
  if (!verified.ok) throw refused(offered.node, verified.fault);
  set.lastSigned = Math.max(set.lastSigned, height);
  remember(memory, verified.value);
  return verified.value;
}

/** Follows validator changes until the newest set is in force at a height. */
async function follow(memory: ChainMemory, height: number, deadline: Deadline): Promise<void> {
  const before = memory.following;
  const work = async (): Promise<void> => {
    await before.catch(() => undefined);
    const anchor = await resolveAnchor(memory, deadline);
    for (let step = 0; step < limits.validatorStepsMax; step += 1) {
      const last = newest(memory);
      if (last.lastSigned >= height) return;
      const next = await learnNextSet(memory.access, anchor, last, height, deadline);
      if (next === undefined) return;
      memory.sets.push(next);
    }
    throw new TriflowError('TRUST_EXPIRED', 'too many validator changes: pin a newer set');
  };
  memory.following = work();
  await memory.following;
}

function trustOf({ genesis }: ChainMemory, anchor: TrustAnchor): Trust {
  if (genesis !== undefined) return { genesis };
  const { chainId, genesisHash, stateTreeDepth, transactionWindow, start } = anchor;
  const { fromHeight, set } = start;
  const chain = { chainId, genesisHash, stateTreeDepth, transactionWindow };
  return { ...chain, height: fromHeight, validators: set };
}

function stepsTo(memory: ChainMemory, height: number): readonly ValidatorStep[] {
  return memory.sets.flatMap(({ fromHeight, step }) => {
    return step === undefined || fromHeight > height ? [] : [step];
  });
}

function setOf(memory: ChainMemory, height: number): LearntSet {
  return memory.sets.findLast((set) => set.fromHeight <= height) ?? newest(memory);
}

function newest(memory: ChainMemory): LearntSet {
  const last = memory.sets.at(-1);
  if (last === undefined) throw new TriflowError('INTERNAL', 'no validator set is known yet');
  return last;
}

/** Oldest out first; a header that is asked for again is verified again. */
function remember(memory: ChainMemory, verified: VerifiedHeader): void {
  memory.headers.set(verified.valueId, verified);
  if (memory.headers.size <= limits.verifiedHeadersKept) return;
  const oldest = memory.headers.keys().next();
  if (oldest.done !== true) memory.headers.delete(oldest.value);
}

function refused(node: string, fault: Fault): TriflowError {
  return new TriflowError('VERIFICATION_FAILED', `${node}: ${fault.message}`, {
    node,
    phase: 'verify',
    details: { reason: fault.code },
  });
}

import { encodeCanonical } from './encoding.js';
import { bytesFromHash, type Hash, type ValidatorId } from './ids.js';
import type { VoteType } from './vote.js';

/** What every consensus signature is bound to. */
export interface ChainBinding {
  readonly chainId: string;
  readonly genesisHash: Hash;
}

export const PROPOSAL_DOMAIN = 'triflow/proposal/1';
export const PREVOTE_DOMAIN = 'triflow/prevote/1';
export const PRECOMMIT_DOMAIN = 'triflow/precommit/1';
export const READINESS_DOMAIN = 'triflow/validator-ready/1';
export const LOGIN_DOMAIN = 'triflow/login/1';
export const POSSESSION_DOMAIN = 'triflow/possession/1';

/** Signed bytes of a proposal (consensus section 4). */
export function proposalSignBytes(
  chain: ChainBinding,
  proposal: { height: number; round: number; valueId: Hash; validRound: number },
): Uint8Array {
  const { height, round, valueId, validRound } = proposal;
  const genesis = bytesFromHash(chain.genesisHash);
  return encodeCanonical([
    PROPOSAL_DOMAIN,
    chain.chainId,
    genesis,
    height,
    round,
    bytesFromHash(valueId),
    validRound,
  ]);
}

/** Signed bytes of a prevote or precommit (consensus section 4). */
export function voteSignBytes(
  chain: ChainBinding,
  vote: { type: VoteType; height: number; round: number; valueId: Hash | null },
): Uint8Array {
  return encodeCanonical([
    vote.type === 'prevote' ? PREVOTE_DOMAIN : PRECOMMIT_DOMAIN,
    chain.chainId,
    bytesFromHash(chain.genesisHash),
    vote.height,
    vote.round,
    vote.valueId === null ? null : bytesFromHash(vote.valueId),
  ]);
}

/** Signed bytes by which a joining validator shows that it holds its key and the chain (R-S3). */
export function readinessSignBytes(
  chain: ChainBinding,
  ready: {
    validatorId: ValidatorId;
    suite: string;
    publicKey: Uint8Array;
    height: number;
    valueId: Hash;
  },
): Uint8Array {
  return encodeCanonical([
    READINESS_DOMAIN,
    chain.chainId,
    bytesFromHash(chain.genesisHash),
    ready.validatorId,
    ready.suite,
    ready.publicKey,
    ready.height,
    bytesFromHash(ready.valueId),
  ]);
}

/** What a party signs to read as itself: no ledger signature begins with this domain. */
export function loginSignBytes(login: {
  readonly chainId: string;
  readonly nodeId: string;
  readonly nonce: Uint8Array;
  readonly expiresMs: number;
}): Uint8Array {
  return encodeCanonical([LOGIN_DOMAIN, login.chainId, login.nodeId, login.nonce, login.expiresMs]);
}

/** Signed bytes by which a genesis validator shows that it holds its key. */
export function possessionSignBytes(possession: {
  chainId: string;
  validatorId: ValidatorId;
  suite: string;
  publicKey: Uint8Array;
  peerId: string;
}): Uint8Array {
  return encodeCanonical([
    POSSESSION_DOMAIN,
    possession.chainId,
    possession.validatorId,
    possession.suite,
    possession.publicKey,
    possession.peerId,
  ]);
}

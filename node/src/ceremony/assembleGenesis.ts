import { verifyGenesisKeys } from '@triflow/crypto';
import { CodedError, compareText, type Genesis, parseGenesis } from '@triflow/protocol';
import type { Draft, Join, Proposal } from './ceremonyFiles.js';
import { draftHashOf, isSignedJoin } from './joinRequest.js';

/**
 * Puts the parties' parts under a draft together, in an order of its own: whoever assembles the
 * same parts gets the same genesis hash. GENESIS_INVALID names the part that does not fit.
 */
export function assembleGenesis(draft: Draft, joins: readonly Join[]): Proposal {
  const draftHash = draftHashOf(draft);
  for (const join of joins) {
    const who = join.party.id;
    if (join.chainId !== draft.chainId || join.draftHash !== draftHash) {
      throw new CodedError('GENESIS_INVALID', `the part of ${who} was made for another draft`);
    }
    if (!isSignedJoin(join)) {
      throw new CodedError('GENESIS_INVALID', `the part of ${who} is not signed by its key`);
    }
  }
  const sorted = [...joins].sort((a, b) => compareText(a.party.id, b.party.id));
  const genesis = genesisOf(draft, sorted);
  const keys = verifyGenesisKeys(genesis);
  if (!keys.ok) {
    throw new CodedError('GENESIS_INVALID', `${keys.fault.path ?? ''} ${keys.fault.message}`);
  }
  return { format: 'triflow/genesis-proposal/1', genesis, joins: sorted };
}

function genesisOf(draft: Draft, joins: readonly Join[]): Genesis {
  const { chainId, timeMs, parameters, contracts } = draft;
  const validators = joins.flatMap(({ party, validator }) => {
    return validator === undefined ? [] : [{ ...validator, party: party.id, power: 1 as const }];
  });
  const parsed = parseGenesis({
    format: 'triflow/genesis/1',
    chainId,
    timeMs,
    hashSuite: 'sha256',
    devnet: false,
    parameters,
    contracts,
    parties: joins.map(({ party }) => party),
    validators: validators.sort((a, b) => compareText(a.id, b.id)),
    observers: joins.flatMap(({ party, observer }) => {
      return observer === undefined ? [] : [{ party: party.id, peerId: observer.peerId }];
    }),
  });
  if (parsed.ok) return parsed.value;
  throw new CodedError('GENESIS_INVALID', parsed.fault.message);
}

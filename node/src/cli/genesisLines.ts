import { faultsMax, type Genesis, quorum, textFromTime } from '@triflow/protocol';
import type { Join } from '../ceremony/ceremonyFiles.js';
import { printable } from './textWidth.js';

export interface GenesisLine {
  readonly text: string;
  /** It speaks of the reader's own part. */
  readonly isMine: boolean;
}

/** A genesis in sentences, with what is the reader's own marked. */
export function genesisLines(genesis: Genesis, mine?: Join): GenesisLine[] {
  const { chainId, timeMs, parties, validators, observers, contracts, parameters } = genesis;
  const n = validators.length;
  const plain = (text: string): GenesisLine => ({ text: printable(text), isMine: false });
  return [
    plain(`chain ${chainId}, from ${textFromTime(timeMs)}${genesis.devnet ? ', a devnet' : ''}`),
    plain(`${n} validators: quorum ${quorum(n)}, tolerates ${faultsMax(n)}`),
    plain(
      `blocks every ${parameters.blockIntervalMs} ms, a sign of life every`.concat(
        ` ${parameters.heartbeatMs} ms, ids kept ${parameters.transactionWindow} blocks`,
      ),
    ),
    plain(`contracts ${contracts.map(({ name, version }) => `${name} ${version}`).join(', ')}`),
    ...parties.map(({ id, name, roles, keys }) => ({
      text: printable(
        `party ${id} ${name}, ${roles.join(' ')}, keys ${keys.map((key) => key.keyId).join(' ')}`,
      ),
      isMine: id === mine?.party.id,
    })),
    ...validators.map(({ id, party, publicKey, peerId }) => ({
      text: `seat ${id} of ${party}, key ${publicKey}, node ${peerId}`,
      isMine: id === mine?.validator?.id,
    })),
    ...observers.map(({ party, peerId }) => ({
      text: `observer of ${party}, node ${peerId}`,
      isMine: party === mine?.party.id,
    })),
  ];
}

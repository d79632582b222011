import { randomBytes } from 'node:crypto';
import { demoSeed, signSync, transactionId } from '@triflow/crypto';
import { DEMO_KEY_ID, type Devnet, demoParty } from '@triflow/devnet';
import {
  assert,
  type Command,
  signedTransactionBytes,
  type TransactionBody,
  textFromTxId,
  transactionSignBytes,
} from '@triflow/protocol';

/** A transaction made by hand, past all that the SDK would have refused. */
export interface RawTransaction {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly signBytes: Uint8Array;
}

/** Signs commands as a demo party does; `changes` puts anything else into the body. */
export function rawTransaction(
  net: Pick<Devnet, 'genesis' | 'genesisHash'>,
  alias: string,
  commands: readonly Command[],
  changes: Partial<TransactionBody> & Pick<TransactionBody, 'validUntilHeight'>,
): RawTransaction {
  const party = demoParty(alias);
  assert(party !== undefined, `rawTransaction: no demo party ${alias}`);
  const signBytes = transactionSignBytes({
    chainId: net.genesis.chainId,
    genesisHash: net.genesisHash,
    sender: party.id,
    keyId: DEMO_KEY_ID,
    nonce: new Uint8Array(randomBytes(16)),
    commands,
    ...changes,
  });
  const signature = signSync(demoSeed(alias), signBytes);
  const bytes = signedTransactionBytes(signBytes, signature);
  return { id: textFromTxId(transactionId(signBytes)), bytes, signBytes };
}

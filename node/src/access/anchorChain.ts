import { randomBytes } from 'node:crypto';
import type { NodeBackend } from '@triflow/api';
import { anchorHeads } from '@triflow/contracts/schemas';
import {
  CodedError,
  NONCE_BYTES,
  signedTransactionBytes,
  type TransactionBody,
  transactionSignBytes,
} from '@triflow/protocol';
import type { AnchorKey } from '../keys.js';
import type { AnchorChain } from './anchorAccessLog.js';

/** Heights in which an anchor commits, or never will. */
const VALID_HEIGHTS = 64;
const WAIT_MS = 60_000;

type Backend = Pick<NodeBackend, 'info' | 'submit' | 'waitOutcome'>;

/** Anchors as the node's party, signed with the account key that its operator configured. */
export function createAnchorChain(parts: {
  readonly backend: Backend;
  readonly key: AnchorKey;
  /** This node's peer id: each node of a party has a log of its own. */
  readonly node: string;
  /** What the committed state says for a node; undefined without an anchor. */
  readonly anchorHead: (node: string) => { readonly to: number } | undefined;
}): AnchorChain {
  const { backend, key, node, anchorHead } = parts;
  return {
    anchoredTo: () => anchorHead(node)?.to ?? 0,
    submit: async ({ from, to, root }, stopped) => {
      const { chainId, genesisHash, height } = backend.info();
      const body: TransactionBody = {
        chainId,
        genesisHash,
        sender: key.party,
        keyId: key.keyId,
        nonce: new Uint8Array(randomBytes(NONCE_BYTES)),
        validUntilHeight: height + VALID_HEIGHTS,
        commands: [
          {
            contract: anchorHeads.contract,
            name: 'anchor_access_log',
            params: { node, from, to, root },
          },
        ],
      };
      const signBytes = transactionSignBytes(body);
      const signed = signedTransactionBytes(signBytes, await key.signer.sign(signBytes));
      const sent = await backend.submit(signed);
      if (!sent.ok) throw new CodedError('OUTCOME_UNKNOWN', sent.fault.message);
      const options = { timeoutMs: WAIT_MS, signal: stopped };
      const outcome = await backend.waitOutcome(sent.value.txId, options);
      if (outcome.kind === 'committed' || outcome.kind === 'rejected') return outcome.result;
      throw new CodedError('OUTCOME_UNKNOWN', `the anchor is ${outcome.kind}`);
    },
  };
}

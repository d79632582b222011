import type { NodeBackend } from '@triflow/api';
import { demoSeed, publicKeyFromSeed, signerFromSeed, verifySignature } from '@triflow/crypto';
import {
  decodeTransaction,
  type Hash,
  OK,
  type PartyId,
  type Transaction,
  transactionSignBytes,
} from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { createAnchorChain } from './anchorChain.js';

const NODE = '12D3KooWFTLF6YM1aP5RTtTpijqb2NfE1JhoAnKC1o6N3nX5t2Xs';
const PARTY = 'uscc:11100000TRFW001296' as PartyId;
const anchor = { from: 3, to: 9, root: `sha256:${'ab'.repeat(32)}` };
const txId = '00'.repeat(32) as Hash;
const committed = { txId, ...OK, failedCommand: -1, events: [] };
const { signal } = new AbortController();

function chainOver(kind: 'committed' | 'expired') {
  const sent: Transaction[] = [];
  const backend = {
    info: () => ({ chainId: 'triflow-test', genesisHash: '11'.repeat(32), height: 40 }),
    submit: async (bytes: Uint8Array) => {
      const decoded = decodeTransaction(bytes);
      if (decoded.ok) sent.push(decoded.value);
      return { ok: true, value: { txId, duplicate: false, validUntilHeight: 104 } };
    },
    waitOutcome: async () => {
      return kind === 'expired' ? { kind } : { kind, height: 41, index: 0, result: committed };
    },
  } as unknown as NodeBackend;
  const key = { party: PARTY, keyId: 'k1', signer: signerFromSeed(demoSeed('regulator')) };
  const anchorHead = (node: string) => (node === NODE ? { to: 2 } : undefined);
  return { sent, chain: createAnchorChain({ backend, key, node: NODE, anchorHead }) };
}

describe('anchors on the chain', () => {
  it('are sent as the party, signed by the configured key, and bounded in height', async () => {
    const { sent, chain } = chainOver('committed');
    expect(chain.anchoredTo()).toBe(2);
    expect(await chain.submit(anchor, signal)).toMatchObject({ number: 0 });
    const [transaction] = sent;
    expect(transaction).toMatchObject({
      sender: PARTY,
      keyId: 'k1',
      validUntilHeight: 104,
      commands: [
        { contract: 'governance', name: 'anchor_access_log', params: { node: NODE, ...anchor } },
      ],
    });
    if (transaction === undefined) return;
    const publicKey = publicKeyFromSeed(demoSeed('regulator'));
    const bytes = transactionSignBytes(transaction);
    expect(verifySignature('ed25519', publicKey, bytes, transaction.signature)).toBe(true);
  });

  it('that ran out are said to be unknown, so that they are sent again', async () => {
    const { chain } = chainOver('expired');
    await expect(chain.submit(anchor, signal)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});

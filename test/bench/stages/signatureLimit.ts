import { availableParallelism } from 'node:os';
import { type SignatureCheck, verifyBatch } from '@triflow/crypto';
import { assert, defined, utf8FromText } from '@triflow/protocol';
import { benchSenders } from '../benchGenesis.js';
import { percentile, spreadOf } from '../statistics.js';

const MESSAGE_BYTES = 350;
const CHECKS = 512;
const ROUNDS = 16;
const YARDSTICK_ROUNDS = 5;
const SENDERS = 32;

export interface SignatureLimit {
  /** Processor time of one Ed25519 verification on one thread, as the nodes do it. */
  readonly verifyUs: { readonly median: number; readonly min: number; readonly max: number };
  readonly verificationsPerSecond: number;
  /**
   * Transactions a second if the validators did nothing but verify each one once on every node,
   * with all processors of this machine: no real network on it can reach that.
   */
  readonly transactionsPerSecond: number;
}

/** What checking signatures costs on this machine at this moment. */
export function signatureLimit(nodes: number): SignatureLimit {
  const checks = checksOfFewKeys();
  assert(verifyBatch(checks).every(Boolean), 'signatureLimit: signatures hold');
  const wallStart = performance.now();
  const verifyUs = spreadOf(Array.from({ length: ROUNDS }, () => costOf(checks)));
  const wallUs = ((performance.now() - wallStart) * 1_000) / (ROUNDS * CHECKS);
  const processors = availableParallelism();
  return {
    verifyUs,
    verificationsPerSecond: 1_000_000 / wallUs,
    transactionsPerSecond: (processors * 1_000_000) / (nodes * verifyUs.median),
  };
}

/** Processor time of one verification now, in microseconds: the yardstick of a run. */
export function verificationUs(): number {
  const checks = checksOfFewKeys();
  return percentile(
    Array.from({ length: YARDSTICK_ROUNDS }, () => costOf(checks)),
    500,
  );
}

/** Few keys, as in a consortium: each is imported once and then cached. */
function checksOfFewKeys(): SignatureCheck[] {
  const senders = benchSenders(SENDERS);
  return Array.from({ length: CHECKS }, (_, index) => {
    const { signer } = defined(senders[index % SENDERS], 'signatureLimit: a sender');
    const message = utf8FromText(`${index} `.padEnd(MESSAGE_BYTES, 'x'));
    const { publicKey } = signer;
    return { suite: 'ed25519', publicKey, message, signature: signer.signSync(message) };
  });
}

function costOf(checks: readonly SignatureCheck[]): number {
  const start = process.cpuUsage();
  verifyBatch(checks);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / checks.length;
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genesisHashOf } from '@triflow/crypto';
import { Admission, type Chain } from '@triflow/node';
import { CodedError, defined, encodeGossip, type Genesis } from '@triflow/protocol';
import { benchGenesis, benchSenders } from '../benchGenesis.js';
import { certificateOf, openLoneChain, silentLogger } from '../openLoneChain.js';
import { type SignedTransaction, Signing } from '../signing.js';
import type { Workload } from '../workloads.js';
import { verificationUs } from './signatureLimit.js';

const SENDERS = 32;
const BLOCK_TRANSACTIONS = 500;
const GOSSIP_TRANSACTIONS = 64;
const WINDOW_SLACK = 8;

const stepNames = ['admit', 'build', 'judge', 'commit', 'replay'] as const;
type StepName = (typeof stepNames)[number];

/** Processor time of a node's own steps for one transaction. */
export interface StepFigures {
  readonly transactions: number;
  /** Microseconds of each step; `replay` is a block that comes by catch-up. */
  readonly us: Readonly<Record<StepName, number>>;
  /** A transaction on all nodes of a network, one builds and the others judge, in verifications. */
  readonly verificationsWorth: number;
  /** One transaction of a block that is caught up with, in verifications. */
  readonly replayWorth: number;
}

/**
 * What a node does itself for a transaction, in this process: admission, building, judging and
 * committing over LevelDB, the same blocks on three chains. No network, no agreement, no HTTP, and
 * no signature is checked: so it says the same on a busy machine as on a quiet one.
 */
export async function nodeSteps(options: {
  readonly workload: Workload;
  readonly transactions: number;
  readonly nodes: number;
}): Promise<StepFigures> {
  const { workload, transactions, nodes } = options;
  const chainId = 'bench-steps';
  const senders = benchSenders(SENDERS);
  const genesis = benchGenesis({ chainId, nodes, blockIntervalMs: 1, senders });
  const folder = await mkdtemp(join(tmpdir(), 'triflow-steps-'));
  const steps = new Steps(await openTrio(folder, genesis));
  try {
    const signing = new Signing({ chainId, genesisHash: genesisHashOf(genesis) }, senders);
    const setup = senders.flatMap((sender) => {
      return workload.setup(sender).map((one) => signing.sign(sender, [one], steps.until()));
    });
    if (setup.length > 0) await steps.block(setup);
    const each = Math.min(BLOCK_TRANSACTIONS, transactions);
    const blocks = Math.ceil(transactions / each);
    const batch = (): SignedTransaction[] => {
      const load = { workload, batches: each, transactions: 1, commands: 1 };
      return signing.batches({ ...load, validUntilHeight: steps.until() }).flat();
    };
    for (let warm = 0; warm <= blocks / 2; warm += 1) await steps.block(batch());
    steps.reset();
    const paceUs = verificationUs();
    for (let count = 0; count < blocks; count += 1) await steps.block(batch());
    return figuresOf(steps, { transactions: blocks * each, nodes, paceUs });
  } finally {
    await steps.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function figuresOf(
  steps: Steps,
  run: { readonly transactions: number; readonly nodes: number; readonly paceUs: number },
): StepFigures {
  const { transactions, nodes, paceUs } = run;
  const of = (name: StepName): number => steps.spentUs(name) / transactions;
  const us = { admit: of('admit'), build: of('build'), judge: of('judge') };
  const all = { ...us, commit: of('commit'), replay: of('replay') };
  const each = all.admit + all.commit;
  const allNodes = nodes * each + all.build + (nodes - 1) * all.judge;
  const verificationsWorth = allNodes / paceUs;
  return { transactions, us: all, verificationsWorth, replayWorth: all.replay / paceUs };
}

interface Trio {
  readonly proposer: Chain;
  readonly voter: Chain;
  readonly away: Chain;
}

async function openTrio(folder: string, genesis: Genesis): Promise<Trio> {
  const open = (name: string) => openLoneChain(join(folder, name), genesis);
  return { proposer: await open('proposer'), voter: await open('voter'), away: await open('away') };
}

/** The same blocks on three chains: built on one, judged on one, replayed on one. */
class Steps {
  readonly #trio: Trio;
  readonly #spent = new Map<StepName, number>();

  constructor(trio: Trio) {
    this.#trio = trio;
  }

  until(): number {
    const { transactionWindow } = this.#trio.proposer.consensusParameters();
    return this.#trio.proposer.head().height + transactionWindow - WINDOW_SLACK;
  }

  reset(): void {
    this.#spent.clear();
  }

  spentUs(name: StepName): number {
    return this.#spent.get(name) ?? 0;
  }

  async block(transactions: readonly SignedTransaction[]): Promise<void> {
    const { proposer, voter, away } = this.#trio;
    await admit(proposer, transactions);
    await this.#timed('admit', () => admit(voter, transactions));
    const { height: last, timeMs } = proposer.head();
    const height = last + 1;
    const [seat] = proposer.validatorSet(height);
    const { id: builder } = defined(seat, 'steps: a validator');
    const times = { minTimeMs: timeMs + 1, nowMs: Date.now() };
    const built = await this.#timed('build', () => proposer.build({ height, ...times, builder }));
    const { valueId, bytes } = defined(built ?? undefined, 'steps: a block');
    const judged = await this.#timed('judge', () => voter.judge(valueId, bytes));
    if (judged?.verdict !== 'valid') throw new CodedError('INTERNAL', `steps: ${judged?.reason}`);
    const certificate = certificateOf(proposer, height, valueId);
    await proposer.commit(valueId, bytes, certificate);
    await this.#timed('commit', () => voter.commit(valueId, bytes, certificate));
    await this.#timed('replay', async () => {
      await away.verifyAhead(bytes);
      await away.commit(valueId, bytes, certificate);
    });
  }

  async close(): Promise<void> {
    for (const chain of Object.values(this.#trio)) await chain.store.close();
  }

  async #timed<T>(name: StepName, work: () => Promise<T>): Promise<T> {
    const start = process.cpuUsage();
    const done = await work();
    const { user, system } = process.cpuUsage(start);
    this.#spent.set(name, this.spentUs(name) + user + system);
    return done;
  }
}

/** Takes transactions as another node passes them on. */
async function admit(chain: Chain, transactions: readonly SignedTransaction[]): Promise<void> {
  const admission = new Admission({
    chain,
    verifier: { verify: async (checks) => checks.map(() => true) },
    timers: { set: () => () => undefined },
    logger: silentLogger,
    refusal: () => undefined,
    isBehind: () => false,
    spread: () => undefined,
    onWork: () => undefined,
  });
  for (let start = 0; start < transactions.length; start += GOSSIP_TRANSACTIONS) {
    const some = transactions.slice(start, start + GOSSIP_TRANSACTIONS);
    const refused = await admission.receiveGossip(encodeGossip(some.map(({ bytes }) => bytes)));
    if (refused !== undefined) throw new CodedError('INTERNAL', `steps: ${refused.fault.message}`);
  }
  const { size } = chain.mempool;
  if (size !== transactions.length)
    throw new CodedError('INTERNAL', `steps: ${size} were admitted`);
}

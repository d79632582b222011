import { CodedError, limits } from '@triflow/protocol';
import { z } from 'zod';

/** What the benchmark can measure, in the order in which a whole run does it. */
export const stageNames = [
  'limit',
  'execution',
  'steps',
  'idle',
  'closed',
  'open',
  'commands',
  'catchup',
  'reads',
  'penetrate',
  'state',
  'explorer',
] as const;

export type StageName = (typeof stageNames)[number];

export interface BenchOptions {
  readonly only: ReadonlySet<StageName>;
  /** Length of one measured run. */
  readonly seconds: number;
  readonly runs: number;
  /** How long load runs before it counts. */
  readonly rampSeconds: number;
  /** Transactions that make the nodes' code hot and tell the rate to sign for. */
  readonly warmUp: number;
  /** Transactions of the idle stage. */
  readonly idle: number;
  readonly nodes: number;
  readonly blockIntervalMs: number;
  readonly workload: string;
  /** Transactions that a client sends in one request, and clients at the same time. */
  readonly batch: number;
  readonly clients: number;
  /** Of the open loop, transactions a second; 0 takes 70 % of what the closed loop reached. */
  readonly rate: number;
  /** Transactions that the node of the catch-up stage misses. */
  readonly missed: number;
  /** Keys put into the state before the last stage measures again. */
  readonly keys: number;
  /** Claims of the tree that `penetrate` walks. */
  readonly claims: number;
  /** Receipts on the ledger whose pages the explorer stage opens. */
  readonly receipts: number;
  readonly json: string | undefined;
  /** Folder for CPU profiles of the first validator; none are taken without it. */
  readonly profile: string | undefined;
}

const count = (max: number) => z.coerce.number().int().min(1).max(max);

const schema = z.strictObject({
  only: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(stageNames)))
    // The explorer wants a browser and minutes to fill its ledger: it is asked for by name.
    .default(stageNames.filter((name) => name !== 'explorer')),
  seconds: count(3_600).default(10),
  runs: count(100).default(3),
  ramp: z.coerce.number().int().min(0).max(3_600).default(2),
  'warm-up': count(1_000_000).default(6_000),
  idle: count(100_000).default(60),
  nodes: count(16).default(4),
  'block-interval': count(60_000).default(10),
  workload: z.enum(['gate-in', 'payment']).default('gate-in'),
  batch: count(512).default(64),
  clients: count(256).default(16),
  rate: z.coerce.number().int().min(0).max(1_000_000).default(0),
  missed: count(1_000_000).default(10_000),
  keys: count(10_000_000).default(200_000),
  claims: count(limits.viewRecordsMax).default(10_000),
  receipts: count(1_000_000).default(100_000),
  json: z.string().min(1).optional(),
  profile: z.string().min(1).optional(),
});

export const usage = `pnpm bench [--only ${stageNames.join(',')}]
  --seconds 10  --runs 3  --ramp 2  --warm-up 6000  --idle 60  --nodes 4  --block-interval 10  --workload gate-in|payment
  --batch 64  --clients 16  --rate 0  --missed 10000  --keys 200000  --claims 10000
  --receipts 100000
  --json FILE   write everything measured
  --profile [DIR]   write CPU profiles of one validator and name its costliest functions`;

/** Reads the arguments. Throws CONFIG_INVALID naming the one that is wrong. */
export function optionsFromArgs(args: readonly string[]): BenchOptions {
  const parsed = schema.safeParse(pairsFrom(args));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path[0];
    throw new CodedError('CONFIG_INVALID', `--${String(name)}: ${issue?.message}\n${usage}`);
  }
  const { only, 'block-interval': blockIntervalMs, 'warm-up': warmUp, ...rest } = parsed.data;
  const { ramp: rampSeconds, json, profile, ...counts } = rest;
  return { ...counts, only: new Set(only), blockIntervalMs, warmUp, rampSeconds, json, profile };
}

function pairsFrom(args: readonly string[]): Record<string, string> {
  const pairs: Record<string, string> = {};
  let name: string | undefined;
  for (const word of args) {
    if (word === '--') continue;
    if (word.startsWith('--')) {
      name = word.slice(2);
      // Only --profile may stand alone.
      if (name === 'profile') pairs[name] = '.triflow/bench-profile';
      continue;
    }
    if (name === undefined) throw new CodedError('CONFIG_INVALID', `${word}?\n${usage}`);
    pairs[name] = word;
    name = undefined;
  }
  if (name !== undefined && pairs[name] === undefined) {
    throw new CodedError('CONFIG_INVALID', `--${name} wants a value\n${usage}`);
  }
  return pairs;
}

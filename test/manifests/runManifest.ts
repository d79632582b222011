import { setTimeout as pause } from 'node:timers/promises';
import { type Devnet, startDevnet } from '@triflow/devnet';
import { headOf } from '../e2e/askNode.js';
import { untilTrue } from '../e2e/untilTrue.js';
import { Random } from '../simulation/random.js';
import { ChainAudit } from './chainAudit.js';
import { linearizable } from './linearizability.js';
import { endOf, type Manifest, type Perturbation, subjectsOf } from './manifest.js';
import { type MemoryReport, memoryFaults, readMemory } from './memory.js';
import { unexplainedErrors } from './nodeErrors.js';
import { describePerturbation, type PerturbationContext, perturb } from './perturb.js';
import { outcomeOf, type Recorded, startRegisterClients } from './registerClients.js';
import { registerModel, replayFaults } from './registerModel.js';
import { Seats } from './seats.js';
import { startVerifyingReader } from './verifyingReader.js';

const AUDIT_MS = 1_000;
const SAY_EVERY = 30;
/** How many acknowledged outcomes are asked for again at each audit, and in the end. */
const AGAIN = 4;
const AGAIN_LAST = 300;
const HEAL_MS = 180_000;
const HOUR_MS = 3_600_000;
/** A fault that comes later than this is left out, or a slow machine would never end. */
const LATE_SECONDS = 120;
/** Loaded before each node's program. */
const MODULES = ['clockShift.mjs', 'memoryProbe.mjs'].map(besideSource);

export interface RunReport {
  readonly name: string;
  readonly faults: readonly string[];
  readonly seconds: number;
  readonly perturbations: number;
  /** Perturbations that were left out, as the log says. */
  readonly skipped: number;
  readonly heights: number;
  readonly laterRounds: number;
  readonly operations: number;
  readonly writes: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly expired: number;
  readonly verifiedReads: number;
  /** Answers below what a client had seen, that it passed over. */
  readonly behind: number;
  /** What nodes refused writes with, by code; another node was asked each time. */
  readonly problems: Readonly<Record<string, number>>;
  readonly secondsToLevel: number;
  readonly memory: readonly MemoryReport[];
}

export interface RunOptions {
  readonly say?: (line: string) => void;
  /** Kept when given: the directory of the network. */
  readonly dir?: string;
}

/** Plays a manifest on real processes and judges it through their API. */
export async function runManifest(
  manifest: Manifest,
  { say = () => undefined, dir }: RunOptions = {},
): Promise<RunReport> {
  const startedMs = performance.now();
  await using net = await startDevnet({
    nodes: manifest.nodes,
    observers: manifest.observers,
    late: manifest.late,
    logLevel: 'info',
    parameters: manifest.parameters,
    execArgv: ['--expose-gc', ...MODULES.flatMap((module) => ['--import', module])],
    ...(dir === undefined ? {} : { dir }),
  });
  const audit = new ChainAudit(net);
  const faults: string[] = [];
  const fail = (fault: string): void => {
    say(`FAULT ${fault}`);
    faults.push(fault);
  };
  const clients = await startRegisterClients(net, manifest);
  const reader = startVerifyingReader(net, clients.recorded);
  const watch = startWatch({ net, audit, recorded: clients.recorded, say, fail });
  let skipped = 0;
  const skip = (one: Perturbation, reason: string): void => {
    say(`left out: ${describePerturbation(one)}: ${reason}`);
    skipped += 1;
  };
  const seats = new Seats(net);
  await perturbAll(manifest, { net, links: new Set(), say, fail, skip, audit, seats });
  const { expect, perturbation } = manifest;
  await untilTrue(
    `${expect.operations} operations and ${expect.heights} heights`,
    () => {
      const heights = audit.head;
      return clients.recorded.calls.length >= expect.operations && heights >= expect.heights;
    },
    HOUR_MS,
  ).catch((error: unknown) => fail(String(error)));
  const healMs = performance.now();
  await level(net).catch((error: unknown) => fail(String(error)));
  const secondsToLevel = Math.round((performance.now() - healMs) / 1_000);
  await clients.stop().catch((error: unknown) => fail(`a client: ${String(error)}`));
  const verifiedReads = await reader.stop().catch((error: unknown) => {
    fail(`the verifying reader: ${String(error)}`);
    return 0;
  });
  await watch.stop();
  await compareAll(net, audit).catch((error: unknown) => fail(String(error)));
  const { recorded } = clients;
  faults.push(...audit.faults, ...judgeHistory(recorded), ...judgePlaces(recorded, audit));
  faults.push(...canaryFaults(recorded, audit));
  faults.push(...recorded.unended.map((txId) => `${txId} has no final outcome`));
  faults.push(...(await judgeOutcomes(net, recorded, AGAIN_LAST)));
  faults.push(...(await unexplainedErrors(net, perturbation)));
  const memory = await readMemory(net.nodes);
  faults.push(...memoryFaults(memory));
  const writes = recorded.calls.filter(({ operation }) => operation.kind === 'write');
  return {
    name: manifest.name,
    faults,
    seconds: Math.round((performance.now() - startedMs) / 1_000),
    perturbations: perturbation.length - skipped,
    skipped,
    heights: audit.compared,
    laterRounds: audit.laterRounds,
    operations: recorded.calls.length,
    writes: writes.length,
    acknowledged: recorded.acknowledged.length,
    refused: recorded.acknowledged.filter(({ outcome }) => outcome === 'rejected').length,
    expired: recorded.expired,
    verifiedReads,
    behind: recorded.behind,
    problems: Object.fromEntries(recorded.problems),
    secondsToLevel,
    memory,
  };
}

/**
 * Starts each perturbation at its time, or when an earlier one of the same process or of the links
 * is over, should a machine be slower than the manifest thought; done when the last is over.
 */
async function perturbAll(
  { perturbation }: Manifest,
  context: Omit<PerturbationContext, 'onLostDisk'> & { readonly audit: ChainAudit },
): Promise<void> {
  const startMs = performance.now();
  const onLostDisk = (index: number): void => context.audit.forgetHead(index);
  const busy = new Map<string, Promise<void>>();
  const sorted = perturbation.toSorted((a, b) => a.atSeconds - b.atSeconds || endOf(a) - endOf(b));
  const running = sorted.map((one) => {
    const before = subjectsOf(one).map((subject) => busy.get(subject));
    const run = async (): Promise<void> => {
      await pause(Math.max(0, one.atSeconds * 1_000 - (performance.now() - startMs)));
      await Promise.all(before);
      if (performance.now() - startMs > (one.atSeconds + LATE_SECONDS) * 1_000) {
        return context.skip(one, 'the machine was too slow for it');
      }
      await perturb({ ...context, onLostDisk }, one).catch((error: unknown) => {
        context.fail(`${describePerturbation(one)}: ${String(error)}`);
      });
    };
    const done = run();
    for (const subject of subjectsOf(one)) busy.set(subject, done);
    return done;
  });
  await Promise.all(running);
}

interface Watched {
  readonly net: Devnet;
  readonly audit: ChainAudit;
  readonly recorded: Recorded;
  readonly say: (line: string) => void;
  readonly fail: (fault: string) => void;
}

/** Audits and asks for old outcomes again, all the while. */
function startWatch(watched: Watched): { stop(): Promise<void> } {
  const { net, audit, recorded, say, fail } = watched;
  const end = new AbortController();
  const random = new Random(1);
  const run = async (): Promise<void> => {
    for (let turn = 0; !end.signal.aborted; turn += 1) {
      const known = audit.faults.length;
      await audit.step();
      for (const fault of audit.faults.slice(known)) say(`FAULT ${fault}`);
      for (const fault of await judgeOutcomes(net, recorded, AGAIN, random)) fail(fault);
      if (turn % SAY_EVERY === 0) {
        const { calls, acknowledged } = recorded;
        say(
          `heights ${audit.compared}, ${calls.length} operations, ${acknowledged.length} acknowledged`,
        );
      }
      await pause(AUDIT_MS);
    }
  };
  const running = run();
  running.catch(() => undefined);
  return {
    stop: async () => {
      end.abort();
      await running.catch((error: unknown) => fail(`the audit: ${String(error)}`));
    },
  };
}

/** Waits until every node runs and has what the highest one had, and goes on. */
async function level(net: Devnet): Promise<void> {
  const heads = await Promise.all(net.urls.map(headOf));
  const wanted = Math.max(...heads.map((height) => height ?? 0)) + 2;
  await untilTrue(
    `all nodes at height ${wanted}`,
    async () => {
      const now = await Promise.all(net.urls.map(headOf));
      return now.every((height) => (height ?? 0) >= wanted);
    },
    HEAL_MS,
  );
}

/** Compares what is left to compare, up to a height that all nodes have. */
async function compareAll(net: Devnet, audit: ChainAudit): Promise<void> {
  const heads = await Promise.all(net.urls.map(headOf));
  const wanted = Math.max(...heads.map((height) => height ?? 0));
  await untilTrue(
    `all blocks to ${wanted} compared`,
    async () => {
      await audit.step();
      return audit.compared >= wanted || audit.faults.length > 0;
    },
    HEAL_MS,
  );
}

/** The recorded calls have an order in real time, and the committed order is one. */
function judgeHistory({ initial, calls }: Recorded): string[] {
  const verdict = linearizable(registerModel(initial), calls);
  const faults = replayFaults(initial, calls);
  if (!verdict.linearizable) {
    faults.push(`${verdict.key}: no order of its calls; the longest has ${verdict.ordered}`);
  }
  return faults;
}

/** Every acknowledged transaction stands where it was said to, which is once on every node. */
function judgePlaces({ acknowledged }: Recorded, { places }: ChainAudit): string[] {
  return acknowledged.flatMap(({ txId, height, outcome }) => {
    const place = places.get(txId);
    if (place === undefined) return [`${txId} was called ${outcome} at ${height} and is lost`];
    const said = (place.code === 'success') === (outcome === 'committed');
    if (place.height === height && said) return [];
    return [`${txId} was called ${outcome} at ${height}, is ${place.code} at ${place.height}`];
  });
}

/** The checks themselves: this very history with a write done twice, and with one lost, must fail. */
function canaryFaults(recorded: Recorded, audit: ChainAudit): string[] {
  const { calls, acknowledged } = recorded;
  const done = calls.find(({ operation }) => {
    return operation.kind === 'write' && operation.answer === 'done';
  });
  if (done === undefined) return ['the canary: no write was done'];
  const endMs = performance.now();
  const again = { ...done, startMs: endMs, endMs };
  const faults: string[] = [];
  if (judgeHistory({ ...recorded, calls: [...calls, again] }).length < 2) {
    faults.push('the canary: a write done twice is not noticed');
  }
  const lost = { txId: 'a lost one', outcome: 'committed', height: 1 } as const;
  if (judgePlaces({ ...recorded, acknowledged: [...acknowledged, lost] }, audit).length === 0) {
    faults.push('the canary: a lost transaction is not noticed');
  }
  return faults;
}

/** Final outcomes stay: some of them are asked for again, from each node that answers. */
async function judgeOutcomes(
  net: Devnet,
  { acknowledged }: Recorded,
  count: number,
  random = new Random(count),
): Promise<string[]> {
  if (acknowledged.length === 0) return [];
  const faults: string[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const { txId, outcome, height } = random.pick(acknowledged);
    const url = random.pick(net.urls);
    const again = await outcomeOf(url, txId);
    // A node below that height does not know it yet.
    if (again === undefined) continue;
    if (again.outcome === outcome && again.height === height) continue;
    faults.push(`${url}: ${txId} was ${outcome} at ${height}, is ${JSON.stringify(again)}`);
  }
  return faults;
}

/** The same source from test/manifests and from test/dist/manifests. */
function besideSource(module: string): string {
  const folder = import.meta.url.includes('/dist/') ? '../../manifests/' : './';
  return new URL(`${folder}${module}`, import.meta.url).href;
}

import { execFile } from 'node:child_process';
import { readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Devnet, DevnetNode, NodeStartOptions } from '@triflow/devnet';
import { assert, defined, faultsMax, isCodedError } from '@triflow/protocol';
import { z } from 'zod';
import { askNode, headOf } from '../e2e/askNode.js';
import { runTriflow } from '../e2e/triflow.js';
import { nodesOf, type Perturbation } from './manifest.js';
import type { Seats } from './seats.js';

/** What a full disk leaves beyond the longest file so far: the log file of the process is one. */
const ROOM_BYTES = 150_000;
const FULL_SECONDS = 60;
/** So many blocks do not fit into that room. */
const NOTICED_HEIGHTS = 200;
const POLL_MS = 100;
const START_ATTEMPTS = 5;
const VOTING_SECONDS = 30;
/** Quarantined validators would long have gone on by themselves, if they did. */
const STANDING_SECONDS = 8;
const run = promisify(execFile);

/** What the faults need to know and to tell. */
export interface PerturbationContext {
  readonly net: Devnet;
  /** Faults on links in force; set anew together, because the network heals as a whole. */
  readonly links: Set<Perturbation>;
  readonly say: (line: string) => void;
  /** Something did not go as it must. */
  readonly fail: (fault: string) => void;
  readonly onLostDisk: (index: number) => void;
  readonly seats: Seats;
  /** A fault that would be more than the network must bear now. */
  readonly skip: (one: Perturbation, reason: string) => void;
}

/** What takes a sign state: no more than f validators may be without their votes besides. */
const needsVotes: ReadonlySet<Perturbation['kind']> = new Set([
  'lose-disk',
  'tear-log',
  'lose-logs',
]);

/** Carries out one perturbation from its beginning to its end, and mends what it broke. */
export async function perturb(context: PerturbationContext, one: Perturbation): Promise<void> {
  const { net, seats } = context;
  if (needsVotes.has(one.kind) && !(await untilOthersVote(context, nodesOf(one)))) {
    return context.skip(one, 'others are not voting: more than f would have lost their votes');
  }
  context.say(describePerturbation(one));
  switch (one.kind) {
    case 'kill': {
      const hit = one.nodes.map((index) => nodeAt(net, index));
      await Promise.all(hit.map((node) => node.kill()));
      await wait(one);
      await Promise.all(hit.map((node) => startAgain(node)));
      return;
    }
    case 'restart':
      await nodeAt(net, one.node).stop();
      await wait(one);
      return startAgain(nodeAt(net, one.node));
    case 'pause':
      await nodeAt(net, one.node).pause();
      await wait(one);
      return nodeAt(net, one.node).resume();
    case 'join':
      return startAgain(nodeAt(net, one.node));
    case 'vote-in':
      return seats.voteIn(nodeAt(net, one.node));
    case 'vote-out':
      return seats.voteOut(nodeAt(net, one.node));
    case 'rekey':
      return seats.rekey(nodeAt(net, one.node));
    case 'lose-disk':
      return loseDisk(context, one);
    case 'tear-log':
      return tearLog(context, one);
    case 'lose-logs':
      return loseLogs(context, one);
    case 'disk-full':
      return fillDisk(context, one);
    case 'clock':
      await shiftClock(nodeAt(net, one.node), one.byMs);
      await wait(one);
      return shiftClock(nodeAt(net, one.node), 0);
    default:
      context.links.add(one);
      await applyLinks(context);
      await wait(one);
      context.links.delete(one);
      return applyLinks(context);
  }
}

/** A perturbation in one line. */
export function describePerturbation(one: Perturbation): string {
  const { kind, atSeconds, ...rest } = one;
  const facts = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `at ${atSeconds} s: ${kind} ${facts.join(', ')}`;
}

/** A busy machine may need longer than the devnet waits for a start; any other reason counts. */
export async function startAgain(node: DevnetNode, options: NodeStartOptions = {}): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await node.start(options);
    } catch (error) {
      if (!isCodedError(error, 'NODE_SYNCING') || attempt === START_ATTEMPTS) throw error;
      await node.kill();
    }
  }
}

async function wait(one: { readonly forSeconds: number }): Promise<void> {
  await pause(one.forSeconds * 1_000);
}

function nodeAt({ nodes }: Devnet, index: number): DevnetNode {
  return defined(nodes[index], `node ${index}`);
}

async function applyLinks({ net, links }: PerturbationContext): Promise<void> {
  await net.heal();
  for (const one of links) {
    if (one.kind === 'disconnect') await net.partition([[one.node]]);
    if (one.kind === 'partition') await net.partition(one.groups);
    if (one.kind === 'slow') await net.slow(one.node, { latencyMs: one.latencyMs });
  }
}

/**
 * A node that lost its disk counts as a fault until its quarantine has passed (P11), which takes
 * heights, not time: the next disk may be lost when all others vote.
 */
async function untilOthersVote(
  { net, seats }: PerturbationContext,
  hit: readonly number[],
): Promise<boolean> {
  const others = net.nodes.filter(({ index }) => seats.has(index) && !hit.includes(index));
  const deadlineMs = performance.now() + VOTING_SECONDS * 1_000;
  while (performance.now() < deadlineMs) {
    const modes = await Promise.all(others.map(({ ops }) => consensusMode(ops)));
    if (modes.every((mode) => mode === 'voting')) return true;
    await pause(POLL_MS);
  }
  return false;
}

const readinessSchema = z.object({
  checks: z.object({ consensus: z.object({ value: z.string() }) }),
});

async function consensusMode(ops: string): Promise<string | undefined> {
  const answer = await askNode(`${ops}/readyz`).catch(() => undefined);
  return readinessSchema.safeParse(answer?.body).data?.checks.consensus.value;
}

async function loseDisk(
  { net, onLostDisk }: PerturbationContext,
  one: Extract<Perturbation, { readonly kind: 'lose-disk' }>,
): Promise<void> {
  const node = nodeAt(net, one.node);
  await node.kill();
  await rm(join(homeOf(node), 'data'), { recursive: true, force: true });
  onLostDisk(one.node);
  await wait(one);
  await startAgain(node);
}

/** The end of its consensus log is gone, and with it what it has signed last. */
async function tearLog(
  { net, say }: PerturbationContext,
  one: Extract<Perturbation, { readonly kind: 'tear-log' }>,
): Promise<void> {
  const node = nodeAt(net, one.node);
  await node.kill();
  const file = join(homeOf(node), 'data', 'consensus', 'consensus.log');
  const { size } = await stat(file);
  await truncate(file, Math.max(0, size - one.bytes));
  await wait(one);
  await startAgain(node).catch(async (error: unknown) => {
    // Killed between a block and its next log, and the END of that block cut off: refused (P7).
    if (!isCodedError(error, 'STORE_CORRUPT')) throw error;
    if (!error.message.includes('triflow doctor --fix')) throw error;
    say(`${node.nodeId} refuses to start, and is repaired as it says`);
    await runTriflow(['doctor', '--home', homeOf(node), '--fix', '--yes']);
    await startAgain(node);
  });
}

/**
 * Validators lose their consensus logs, more than f of them perhaps: then nothing is decided until
 * their operators, who see that all others are up, give their word (P11).
 */
async function loseLogs(
  { net, seats, fail, say }: PerturbationContext,
  one: Extract<Perturbation, { readonly kind: 'lose-logs' }>,
): Promise<void> {
  const lost = one.nodes.map((index) => nodeAt(net, index));
  await Promise.all(lost.map((node) => node.kill()));
  for (const node of lost) {
    await rm(join(homeOf(node), 'data', 'consensus'), { recursive: true, force: true });
  }
  await wait(one);
  await Promise.all(lost.map((node) => startAgain(node)));
  if (lost.length <= faultsMax(seats.size)) return;
  const stood = await highest(net);
  await pause(STANDING_SECONDS * 1_000);
  // What a quorum had signed before may still be decided; nothing else.
  if ((await highest(net)) > stood + 1) fail('more than f without their logs, and blocks go on');
  await Promise.all(lost.map((node) => node.stop()));
  say(`the word is given for ${lost.map(({ nodeId }) => nodeId).join(', ')}`);
  await Promise.all(lost.map((node) => startAgain(node, { endQuarantine: true })));
}

async function highest({ nodes }: Devnet): Promise<number> {
  const heads = await Promise.all(nodes.map(({ http }) => headOf(http)));
  return Math.max(...heads.map((height) => height ?? 0));
}

/**
 * From now on no file of the process may grow past a size (RLIMIT_FSIZE, set from outside with
 * prlimit): a write fails, and the node must stop by itself and say why (P9). Then there is room
 * again.
 */
async function fillDisk(
  { net, fail, say, skip }: PerturbationContext,
  one: Extract<Perturbation, { readonly kind: 'disk-full' }>,
): Promise<void> {
  const node = nodeAt(net, one.node);
  const { pid, nodeId, log } = node;
  assert(pid !== null && log !== null, `disk-full: ${nodeId} runs`);
  const before = await stat(log);
  const from = (await headOf(node.http)) ?? 0;
  const bytes = before.size + ROOM_BYTES;
  await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:${bytes}`]);
  const deadlineMs = performance.now() + FULL_SECONDS * 1_000;
  while (node.state === 'running' && performance.now() < deadlineMs) await pause(POLL_MS);
  if (node.state !== 'failed') {
    const to = (await headOf(node.http)) ?? from;
    // A node that writes nothing notices nothing.
    if (to >= from + NOTICED_HEIGHTS) fail(`${nodeId} wrote ${from} to ${to} on a full disk`);
    else skip(one, 'too little was written to notice it');
    await node.kill();
  } else {
    const told = (await readFile(log, 'utf8')).slice(before.size);
    say(`${nodeId} stopped: its disk is full`);
    if (!told.includes('triflow: the node stopped: '))
      fail(`${nodeId} stopped without a word of its full disk`);
  }
  await startAgain(node);
}

/** Live, by the module that the harness loads before the node's program. */
async function shiftClock(node: DevnetNode, byMs: number): Promise<void> {
  await writeFile(join(homeOf(node), 'clock-shift'), String(byMs));
}

function homeOf({ home, nodeId }: DevnetNode): string {
  return defined(home ?? undefined, `the home of ${nodeId}`);
}

import { CodedError, limits, quorum } from '@triflow/protocol';
import { z } from 'zod';
import { backupLive } from '../backup/backupLive.js';
import { compactStore } from '../compactStore.js';
import type { RunningNode } from '../createNode.js';
import type { LogLevelControl } from '../logger.js';
import type { BanList } from './banList.js';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;

const nothing = z.strictObject({});
const peerName = z.string().min(1).max(limits.nameTextMax);

/** What a node's operator may ask of it: `METHOD /path` of its socket, and the body's shape. */
export const adminBodies = {
  'GET /admin/consensus': nothing,
  'GET /admin/log-level': nothing,
  'PUT /admin/log-level': z.strictObject({ level: z.enum(logLevels) }),
  'GET /admin/drain': nothing,
  'POST /admin/drain': nothing,
  'DELETE /admin/drain': nothing,
  'GET /admin/bans': nothing,
  'PUT /admin/bans': z.strictObject({
    peer: peerName,
    note: z.string().max(limits.nameTextMax).default(''),
  }),
  'DELETE /admin/bans': z.strictObject({ peer: peerName }),
  'POST /admin/compact': nothing,
  'POST /admin/backup': z.strictObject({ out: z.string().startsWith('/').max(4_096) }),
  'POST /admin/tls': nothing,
} as const;

export type AdminCall = keyof typeof adminBodies;

/** What the calls reach into. */
export interface AdminParts {
  readonly node: RunningNode;
  readonly bans: BanList;
  readonly logLevel: LogLevelControl | undefined;
  /** Reads the TLS files again; says when the certificate ends. CONFIG_INVALID without TLS. */
  readonly renewTls: () => Promise<{ readonly validTo: string }>;
  readonly nowMs: () => number;
}

/** Carries out a call whose body is still to be checked. ROUTE_NOT_FOUND, REQUEST_INVALID. */
export async function performAdmin(
  parts: AdminParts,
  call: string,
  body: unknown,
): Promise<unknown> {
  if (!isAdminCall(call)) throw new CodedError('ROUTE_NOT_FOUND', `there is no ${call}`);
  const { node, logLevel } = parts;
  switch (call) {
    case 'GET /admin/consensus':
      return consensusFacts(parts);
    case 'GET /admin/log-level':
      return { level: levelOf(logLevel).level() };
    case 'PUT /admin/log-level': {
      const { level } = read(adminBodies[call], body);
      levelOf(logLevel).setLevel(level);
      return { level };
    }
    case 'GET /admin/drain':
      return drainFacts(node);
    case 'POST /admin/drain':
      node.admission.drain();
      return drainFacts(node);
    case 'DELETE /admin/drain':
      node.admission.resume();
      return drainFacts(node);
    case 'GET /admin/bans':
      return { bans: parts.bans.list() };
    case 'PUT /admin/bans':
      return ban(parts, read(adminBodies[call], body));
    case 'DELETE /admin/bans':
      return unban(parts, read(adminBodies[call], body).peer);
    case 'POST /admin/compact':
      return compactStore(levelStore(node));
    case 'POST /admin/backup':
      return backup(parts, read(adminBodies[call], body).out);
    case 'POST /admin/tls':
      return parts.renewTls();
  }
}

function isAdminCall(call: string): call is AdminCall {
  return Object.hasOwn(adminBodies, call);
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const message = `/${issue?.path.join('/') ?? ''} ${issue?.message ?? 'is wrong'}`;
  throw new CodedError('REQUEST_INVALID', message);
}

function levelOf(control: LogLevelControl | undefined): LogLevelControl {
  if (control !== undefined) return control;
  throw new CodedError('REQUEST_INVALID', 'the log of this node is not its own');
}

/** Who signs, who is reached, and how many more may fail before blocks stop. */
function consensusFacts({ node, bans }: AdminParts) {
  const { chain, driver, network, self } = node;
  const { height } = chain.head();
  const connected = new Set(network.connectedPeers());
  const validators = chain.validatorSet(height + 1).map(({ id, peerId }) => ({
    id,
    peerId,
    reached: id === self || connected.has(peerId),
    banned: bans.has(peerId),
  }));
  const reached = validators.filter((one) => one.reached).length;
  const needed = quorum(validators.length);
  const started = driver.isStarted() ? driver.state() : undefined;
  return {
    self,
    mode: started?.mode ?? 'stopped',
    height: height + 1,
    round: started?.round ?? null,
    step: started?.step ?? null,
    validators,
    reached,
    quorum: needed,
    margin: reached - needed,
    others: [...connected].filter((id) => !validators.some(({ peerId }) => peerId === id)),
  };
}

function drainFacts({ admission, chain }: RunningNode) {
  return { draining: admission.isDraining(), pending: chain.mempool.size };
}

async function ban(
  { node, bans, nowMs }: AdminParts,
  { peer, note }: { readonly peer: string; readonly note: string },
) {
  const peerId = peerIdOf(node, peer);
  await bans.add({ peerId, note, since: new Date(nowMs()).toISOString() });
  node.network.refreshPeers();
  return { banned: peerId, bans: bans.list() };
}

async function unban({ node, bans }: AdminParts, peer: string) {
  const peerId = bans.has(peer) ? peer : peerIdOf(node, peer);
  await bans.remove(peerId);
  node.network.refreshPeers();
  return { unbanned: peerId, bans: bans.list() };
}

/** A peer by its id, a validator also by the name of its seat; never the node itself. */
function peerIdOf(node: RunningNode, peer: string): string {
  const set = node.chain.validatorSet(node.chain.head().height + 1);
  const peerId = set.find(({ id }) => id === peer)?.peerId ?? peer;
  if (peerId === node.network.peerId) {
    throw new CodedError('REQUEST_INVALID', `${peer} is this node itself`);
  }
  if (node.allowedPeers().has(peerId)) return peerId;
  throw new CodedError('OBJECT_NOT_FOUND', `${peer} is no peer that the chain knows`);
}

async function backup({ node, nowMs }: AdminParts, out: string) {
  const madeAt = new Date(nowMs()).toISOString();
  return { out, ...(await backupLive(levelStore(node), out, { genesis: node.genesis, madeAt })) };
}

function levelStore({ level }: RunningNode) {
  if (level !== undefined) return level;
  throw new CodedError('REQUEST_INVALID', 'node.storage is memory: there is no database');
}

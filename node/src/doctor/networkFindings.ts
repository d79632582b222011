import { connect, createServer } from 'node:net';
import { quorum } from '@triflow/protocol';
import { error, type Finding, note, ok, warning } from './finding.js';
import type { Place } from './place.js';

const DIAL_MS = 2_000;

interface Reached {
  readonly id: string;
  readonly address: string | undefined;
  readonly isUp: boolean;
}

/** Ports that a start would listen on: free, unless the node itself has them. */
export async function portFindings({ config, runningPid }: Place): Promise<Finding[]> {
  const { http, p2p, ops } = config;
  const wanted = { http, p2p, ops };
  const findings: Finding[] = [];
  const ports = Object.values(wanted).map(({ port }) => port);
  if (ports.some((port, at) => port !== 0 && ports.indexOf(port) !== at)) {
    const next = 'give http.port, p2p.port and ops.port numbers of their own in triflow.toml';
    findings.push(error('ports', 'PORT_IN_USE', 'two of its own ports are the same', next));
  }
  if (runningPid !== undefined) return [...findings, ok('ports', 'held by the running node')];
  for (const [name, { host, port }] of Object.entries(wanted)) {
    const problem = port === 0 ? undefined : await listenProblem(host, port);
    if (problem === undefined) continue;
    const what = `${name}: port ${port} on ${host} cannot be taken: ${problem}`;
    const next = `stop what holds it (ss -ltnp 'sport = :${port}'), or change ${name}.port`;
    findings.push(error('ports', 'PORT_IN_USE', what, next));
  }
  if (findings.length > 0) return findings;
  return [ok('ports', `${http.port}, ${p2p.port} and ${ops.port} are free`)];
}

/** Validators of the genesis: named with an address, and answering there. */
export async function peerFindings({ config, genesis }: Place): Promise<Finding[]> {
  if (genesis === undefined) return [];
  const others = genesis.validators.filter(({ id }) => id !== config.node.validator);
  if (others.length === 0) return [note('peers', 'the only validator: no other keeps this chain')];
  const { peers } = config.p2p;
  const reached = await Promise.all(
    others.map(async ({ id, peerId }): Promise<Reached> => {
      const address = peers[id] ?? peers[peerId];
      return { id, address, isUp: address !== undefined && (await isUp(address)) };
    }),
  );
  const unknown = Object.keys(peers).filter((name) => {
    const isValidator = genesis.validators.some(({ id, peerId }) => id === name || peerId === name);
    return !isValidator && !genesis.observers.some(({ peerId }) => peerId === name);
  });
  const findings = reachFindings(reached, genesis.validators.length, config.node.validator);
  if (unknown.length === 0) return findings;
  const names = unknown.join(', ');
  return [...findings, note('peers', `not of the genesis: ${names}; voted in later, or misspelt?`)];
}

function reachFindings(
  reached: readonly Reached[],
  validators: number,
  self: string | undefined,
): Finding[] {
  const findings: Finding[] = [];
  const nameless = reached.filter(({ address }) => address === undefined).map(({ id }) => id);
  if (nameless.length > 0) {
    const text = `no address for ${nameless.join(', ')}: only they can dial this node`;
    findings.push(note('peers', text, 'name them under [p2p.peers] in triflow.toml'));
  }
  const down = reached.filter(({ address, isUp: up }) => address !== undefined && !up);
  const names = down.map(({ id, address }) => `${id} (${address})`).join(', ');
  const up = reached.length - nameless.length - down.length + (self === undefined ? 0 : 1);
  const needed = quorum(validators);
  const count = `${up} of ${validators} validators are reached or this node, ${needed} are a quorum`;
  if (down.length === 0) return [...findings, ok('peers', count)];
  const next = 'ask their operators; check addresses, firewalls and that p2p.port is open to them';
  const margin = up >= needed ? `margin ${up - needed}` : 'no quorum: blocks stand still';
  return [...findings, warning('peers', `no answer from ${names}; ${count} (${margin})`, next)];
}

function listenProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (cause: NodeJS.ErrnoException) => resolve(cause.code ?? cause.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Whether something accepts a connection; nothing is said to it. */
function isUp(address: string): Promise<boolean> {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  const port = Number(address.slice(at + 1));
  if (at < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(DIAL_MS, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

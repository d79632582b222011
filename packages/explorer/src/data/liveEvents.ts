import { signal } from '@preact/signals';
import { chainClient, type NodeInfo, nodeInfo, readNodeInfo } from './chainClient.js';
import { isRecord } from './nodeApi.js';

/** A fact of the ledger as a node told it. */
export interface LedgerFact {
  readonly cursor: string;
  readonly height: number;
  readonly time: string;
  readonly txId: string;
  readonly contract: string;
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Message =
  | { readonly kind: 'head'; readonly info: NodeInfo }
  | { readonly kind: 'fact'; readonly fact: LedgerFact };

const CHANNEL = 'triflow.live';
const HEAD_MS = 2_000;
const AGAIN_MS = 3_000;

/** The newest block that this page knows of. */
export const head = signal<{ readonly height: number; readonly time: string } | undefined>(
  undefined,
);

const listeners = new Set<(fact: LedgerFact) => void>();

/** Calls the listener for each new fact; gives back how to stop. */
export function onFact(listener: (fact: LedgerFact) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Follows the chain. One tab of this browser holds the stream and tells the others: browsers open
 * six connections to a host at most. The lock passes on when that tab closes.
 */
export function startLive(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isMessage(data)) take(data);
  };
  const tell = (message: Message): void => {
    take(message);
    channel.postMessage(message);
  };
  void watchHead(tell);
  const lead = (): Promise<void> => followFacts(tell);
  // Without a secure origin there are no locks: each tab then has a stream of its own.
  if (navigator.locks === undefined) void lead();
  else void navigator.locks.request(CHANNEL, lead);
}

function take(message: Message): void {
  if (message.kind === 'head') {
    const { height, headTime } = message.info;
    nodeInfo.value = message.info;
    if (height >= (head.value?.height ?? 0)) head.value = { height, time: headTime };
    return;
  }
  const { fact } = message;
  if (fact.height > (head.value?.height ?? 0)) {
    head.value = { height: fact.height, time: fact.time };
  }
  for (const listener of listeners) listener(fact);
}

/** Blocks without events are seen by asking; a hidden tab does not ask. */
async function watchHead(tell: (message: Message) => void): Promise<void> {
  for (;;) {
    if (!document.hidden || head.value === undefined) {
      try {
        tell({ kind: 'head', info: await readNodeInfo() });
      } catch {
        // `reachable` has it; the next try may find the node again.
      }
    }
    await pause(HEAD_MS);
  }
}

async function followFacts(tell: (message: Message) => void): Promise<void> {
  for (;;) {
    try {
      const client = await chainClient();
      for await (const { ack: _, ...fact } of client.events.follow({ after: 'latest' })) {
        tell({ kind: 'fact', fact });
      }
    } catch {
      // A cursor that was pruned or a node that is gone: begin behind the newest block.
    }
    await pause(AGAIN_MS);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function isMessage(value: unknown): value is Message {
  return isRecord(value) && (value.kind === 'head' || value.kind === 'fact');
}

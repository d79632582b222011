import { effect, signal, untracked } from '@preact/signals';
import { chainClient, type NodeInfo, nodeInfo, readNodeInfo } from './chainClient.js';
import { isRecord, reader } from './nodeApi.js';

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
 * Follows the chain, anew whenever another party reads: what one reader sees is not told to tabs
 * of another.
 */
export function startLive(): void {
  effect(() => {
    const stop = new AbortController();
    const name = `${CHANNEL}.${reader.value ?? 'public'}`;
    untracked(() => follow(name, stop.signal));
    return () => stop.abort();
  });
}

/**
 * Follows as one reader. One tab of this browser holds the stream and tells the others: browsers
 * open six connections to a host at most. The lock passes on when that tab closes.
 */
function follow(name: string, signal: AbortSignal): void {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isMessage(data)) take(data);
  };
  const tell = (message: Message): void => {
    take(message);
    channel.postMessage(message);
  };
  signal.addEventListener('abort', () => channel.close());
  void watchHead(tell, signal);
  const lead = (): Promise<void> => followFacts(tell, signal);
  // Without a secure origin there are no locks: each tab then has a stream of its own.
  if (navigator.locks === undefined) void lead();
  else navigator.locks.request(name, { signal }, lead).catch(() => undefined);
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
async function watchHead(tell: (message: Message) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (!document.hidden || head.value === undefined) {
      try {
        const info = await readNodeInfo();
        if (!signal.aborted) tell({ kind: 'head', info });
      } catch {
        // `reachable` has it; the next try may find the node again.
      }
    }
    await pause(HEAD_MS);
  }
}

async function followFacts(tell: (message: Message) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const client = await chainClient();
      for await (const { ack: _, ...fact } of client.events.follow({ after: 'latest', signal })) {
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

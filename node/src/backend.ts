import type {
  EventPage,
  EventsOptions,
  Health,
  NodeBackend,
  NodeInfo,
  PlacedEvent,
  SimulationOutcome,
  TxOutcome,
  WaitOptions,
} from '@triflow/api';
import { compareCursors, type EventCursor, endOfBlock } from '@triflow/api/routes';
import { views } from '@triflow/contracts';
import { executeTransaction, identify, StateOverlay } from '@triflow/ledger';
import {
  type Block,
  decodeBlock,
  decodeHeader,
  decodeTransaction,
  failure,
  type Hash,
  type Result,
  success,
  type TxResult,
  type ValidatorEntry,
} from '@triflow/protocol';
import { ChainReader } from './chainReader.js';
import type { RunningNode } from './createNode.js';
import { nodeHealth } from './health.js';
import type { NodeMetrics } from './metrics/createMetrics.js';
import { readOutcome } from './readOutcome.js';
import { SetChanges } from './setChanges.js';
import { version } from './version.js';

/** How many heights one page of events looks through at most. */
const EVENT_HEIGHTS_PER_PAGE = 1_000;

/** What the API asks of this node. */
export function createBackend(node: RunningNode, metrics: NodeMetrics): NodeBackend {
  const { chain, admission } = node;
  const reader = new ChainReader(chain);
  const changes = new SetChanges(chain);
  const waits = new OutcomeWaits(node);
  const outcome = (txId: Hash): Promise<TxOutcome> => readOutcome(node, reader, txId);
  return {
    registry: { ...chain.registry, views },
    info: () => nodeInfo(node),
    genesis: () => chain.genesis,
    submit: (bytes) => admission.submit(bytes),
    simulate: async (bytes) => simulate(node, bytes),
    outcome,
    waitOutcome: (txId, options) => waits.wait(txId, options, () => outcome(txId)),
    header: (height) => reader.header(height),
    block: (height) => readBlock(node, height),
    results: (height) => readResults(node, reader, height),
    setChanges: (from, to) => changes.between(from, to),
    validators: (height) => validatorsAt(node, reader, height),
    reader: (height) => reader.reader(height),
    indexPage: (options) => reader.indexPage(options),
    proofs: (keys, height) => reader.proofs(keys, height),
    txProof: (txId) => reader.transactionProof(txId),
    events: (after, options) => readEvents(node, reader, after, options),
    onCommit: (listener) => chain.onCommitted(({ height }) => listener(height)),
    health: (): Health => nodeHealth(node),
    metrics: () => metrics.text(),
  };
}

function nodeInfo(node: RunningNode): NodeInfo {
  const { chain } = node;
  const head = chain.head();
  return {
    version,
    chainId: chain.binding.chainId,
    genesisHash: chain.binding.genesisHash,
    devnet: chain.genesis.devnet,
    nodeId: node.self ?? node.network.peerId,
    role: node.self === null ? 'observer' : 'validator',
    height: head.height,
    headTimeMs: head.timeMs,
    stateFrom: chain.store.stateFrom(),
    proofsFrom: chain.store.proofsFrom(),
    parameters: chain.consensusParameters(),
    features: [],
  };
}

/** A dry run over the head in an overlay that is thrown away. */
function simulate(node: RunningNode, bytes: Uint8Array): Result<SimulationOutcome> {
  const decoded = decodeTransaction(bytes);
  if (!decoded.ok) return decoded;
  const { chain } = node;
  const { height, timeMs } = chain.head();
  const overlay = new StateOverlay(chain.state().reader);
  const { txId, transaction } = identify(decoded.value);
  const position = { committed: chain.state(), height: height + 1, timeMs, index: 0 };
  const { result } = executeTransaction(
    chain.registry,
    overlay,
    { ...transaction, txId },
    position,
  );
  const { contract, number, code, failedCommand, events } = result;
  const writes = overlay.changes().filter(({ key }) => !key.startsWith('ledger/tx/'));
  return success({ height, status: { contract, number, code }, failedCommand, writes, events });
}

async function readBlock(node: RunningNode, height: number): Promise<Block | undefined> {
  const committed = await node.chain.committed(height);
  const decoded = committed === undefined ? undefined : decodeBlock(committed.block);
  return decoded?.ok === true ? decoded.value : undefined;
}

/** Results of the transactions alone; those of evidence follow them in the tree. */
async function readResults(
  node: RunningNode,
  reader: ChainReader,
  height: number,
): Promise<TxResult[] | undefined> {
  const [results, block] = await Promise.all([reader.results(height), readBlock(node, height)]);
  return block === undefined ? undefined : results?.slice(0, block.header.txCount);
}

/** set(h), as the state after block h - 1 knew it (R-S1): of any height, however long ago. */
async function validatorsAt(
  { chain }: RunningNode,
  reader: ChainReader,
  height: number,
): Promise<{ height: number; validators: readonly ValidatorEntry[] } | undefined> {
  const head = chain.head().height;
  if (height < 1 || height > head + 2) return undefined;
  const record = await reader.validatorSets(Math.min(height - 1, head));
  const found = record?.sets.findLast((one) => one.fromHeight <= height);
  return found === undefined ? undefined : { height, validators: found.validators };
}

/** Reads the stored log from a cursor; bounded by events and by heights looked at. */
async function readEvents(
  node: RunningNode,
  reader: ChainReader,
  after: EventCursor | undefined,
  options: EventsOptions,
): Promise<Result<EventPage>> {
  const head = node.chain.head().height;
  const last = Math.min(head, options.untilHeight ?? head);
  const from = Math.max(1, after?.height ?? 1);
  if (from > head + 1) return failure('block_not_found', `the head is ${head}`);
  const events: PlacedEvent[] = [];
  const scanTo = Math.min(last, from + EVENT_HEIGHTS_PER_PAGE - 1);
  for (let height = from; height <= scanTo; height += 1) {
    for (const event of await eventsAt(node, reader, height)) {
      if (after !== undefined && compareCursors(event.cursor, after) <= 0) continue;
      if (!matches(event, options)) continue;
      if (events.length === options.limit) {
        const { cursor } = events.at(-1) ?? event;
        return success({ events, next: cursor, more: true });
      }
      events.push(event);
    }
  }
  const next = scanTo < from ? (after ?? endOfBlock(0)) : endOfBlock(scanTo);
  return success({ events, next, more: scanTo < last });
}

async function eventsAt(
  { chain }: RunningNode,
  reader: ChainReader,
  height: number,
): Promise<PlacedEvent[]> {
  const results = await reader.results(height);
  if (results === undefined || !results.some((result) => result.events.length > 0)) return [];
  const bytes = await chain.store.getHeader(height);
  const header = bytes === undefined ? undefined : decodeHeader(bytes);
  const timeMs = header?.ok === true ? header.value.timeMs : 0;
  return results.flatMap((result, txIndex) => {
    return result.events.map((event, eventIndex) => ({
      ...event,
      cursor: { height, txIndex, eventIndex },
      timeMs,
      txId: result.txId,
    }));
  });
}

function matches(event: PlacedEvent, options: EventsOptions): boolean {
  const { types, subject } = options;
  if (types !== undefined && types.length > 0 && !types.includes(event.type)) return false;
  return subject === undefined || event.subject === subject;
}

/** Requests that wait for their transaction's end, woken by commits. */
class OutcomeWaits {
  readonly #byTx = new Map<Hash, Set<(outcome?: TxOutcome) => void>>();
  readonly #deadlines = new Set<{ validUntilHeight: number; wake: () => void }>();

  constructor({ chain }: RunningNode) {
    chain.onCommitted(({ height, execution }) => {
      for (const [index, txId] of execution.txIds.entries()) {
        const result = execution.results[index];
        if (result === undefined || !this.#byTx.has(txId)) continue;
        const kind = result.number === 0 ? 'committed' : 'rejected';
        for (const wake of this.#byTx.get(txId) ?? []) wake({ kind, height, index, result });
      }
      for (const entry of this.#deadlines) if (height >= entry.validUntilHeight) entry.wake();
    });
  }

  /** The outcome as soon as it is final, or as it stands when time is up. */
  async wait(txId: Hash, options: WaitOptions, read: () => Promise<TxOutcome>): Promise<TxOutcome> {
    const woken = this.#park(txId, options);
    try {
      const now = await read();
      if (now.kind !== 'pending') return now;
      woken.expireAt(now.validUntilHeight);
      return (await woken.promise) ?? (await read());
    } finally {
      woken.release();
    }
  }

  #park(txId: Hash, { timeoutMs, signal }: WaitOptions) {
    let resolved: (outcome?: TxOutcome) => void = () => undefined;
    const promise = new Promise<TxOutcome | undefined>((resolve) => {
      resolved = resolve;
    });
    const wake = (outcome?: TxOutcome): void => resolved(outcome);
    const giveUp = (): void => resolved();
    const waiting = this.#byTx.get(txId) ?? new Set();
    waiting.add(wake);
    this.#byTx.set(txId, waiting);
    const timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener('abort', giveUp, { once: true });
    let deadline: { validUntilHeight: number; wake: () => void } | undefined;
    return {
      promise,
      expireAt: (validUntilHeight: number): void => {
        deadline = { validUntilHeight, wake: giveUp };
        this.#deadlines.add(deadline);
      },
      release: (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        waiting.delete(wake);
        if (waiting.size === 0) this.#byTx.delete(txId);
        if (deadline !== undefined) this.#deadlines.delete(deadline);
      },
    };
  }
}

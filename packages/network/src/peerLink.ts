import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, Stream } from '@libp2p/interface';
import { CodedError, type Logger } from '@triflow/protocol';
import { LaneReader } from './laneReader.js';
import {
  channelOf,
  type Lane,
  laneFor,
  laneMessageBytesMax,
  laneProtocol,
  laneQueueBytesMax,
  lanes,
} from './lanes.js';
import { LaneWriter } from './laneWriter.js';
import type { Channel } from './network.js';
import type { NetworkLimits } from './networkLimits.js';
import { withResolvers } from './polyfill.js';
import { ask, type ServeOptions, serve, transportFailed, until } from './requestStream.js';
import { createTokenBucket, type TokenBucket, takeTokens, waitMs } from './tokenBucket.js';
import { countIn, countOut, type NetworkCounters } from './trafficStats.js';

/** Ticks until a second connection is closed: when it carries nothing, and in any case. */
const SPARE_TICKS_MIN = 2;
const SPARE_TICKS_MAX_SMALLER = 10;
const SPARE_TICKS_MAX_GREATER = 20;

export interface PeerLinkOptions {
  readonly peerId: string;
  /** Whether our own id is the smaller one: that side dials first and tidies up. */
  readonly smaller: boolean;
  readonly limits: NetworkLimits;
  readonly logger: Logger;
  readonly counters: NetworkCounters;
  readonly stopSignal: AbortSignal;
  onMessage(channel: Channel, bytes: Uint8Array): void;
  onRequest(bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array>;
  onViolation(reason: string): void;
  onUp(): void;
  onDown(): void;
}

interface OpenConnection {
  readonly connection: Connection;
  readonly readers: Map<Lane, LaneReader>;
  ticks: number;
}

/** An answer in progress. */
interface Answer {
  writing: boolean;
}

interface Buckets {
  readonly consensusBytes: TokenBucket;
  readonly consensusMessages: TokenBucket;
  readonly gossipBytes: TokenBucket;
  readonly gossipMessages: TokenBucket;
  readonly requests: TokenBucket;
  readonly served: TokenBucket;
}

/** All that ties us to one peer: its connections, streams, queues and rates. */
export class PeerLink {
  readonly #options: PeerLinkOptions;
  readonly #writers: Readonly<Record<Lane, LaneWriter>>;
  readonly #buckets: Buckets;
  #open: OpenConnection[] = [];
  #current: OpenConnection | undefined;
  #up = false;
  #moved = false;
  #asked = 0;
  #served = 0;
  #writing = 0;
  #ticks = 0;
  #quietTicks = 0;
  #flushWaiters: (() => void)[] = [];

  constructor(options: PeerLinkOptions) {
    this.#options = options;
    this.#buckets = createBuckets(options.limits);
    this.#writers = {
      consensus: this.#createWriter('consensus'),
      bulk: this.#createWriter('bulk'),
      gossip: this.#createWriter('gossip'),
    };
  }

  isUp(): boolean {
    return this.#up;
  }

  connectionCount(): number {
    return this.#open.length;
  }

  /**
   * The newest connection is surely alive, so the smaller side writes to it; the other one follows
   * to where it is written to. So both agree, also when both have dialled.
   */
  addConnection(connection: Connection): void {
    const opened: OpenConnection = { connection, readers: new Map(), ticks: 0 };
    this.#open.push(opened);
    if (this.#options.smaller || this.#current === undefined) this.#use(opened);
  }

  removeConnection(connection: Connection): void {
    const closed = this.#open.find((entry) => entry.connection === connection);
    if (closed === undefined) return;
    this.#open = this.#open.filter((entry) => entry !== closed);
    for (const reader of closed.readers.values()) reader.stop();
    if (closed !== this.#current) return;
    this.#current = this.#open.at(-1);
    this.#moved = false;
    const next = this.#current;
    if (next === undefined) {
      for (const lane of lanes) this.#writers[lane].stop();
    }
    this.#markDown();
    if (next === undefined) return;
    for (const lane of lanes) this.#writers[lane].start(next.connection);
  }

  /** Ends all connections; what waits is dropped. */
  disconnect(reason: string): void {
    for (const { connection } of [...this.#open]) {
      connection.abort(new CodedError('ABORTED', reason));
      this.removeConnection(connection);
    }
  }

  send(channel: Channel, bytes: Uint8Array): boolean {
    if (!this.#up || !this.#writers[laneFor(channel, bytes.length)].send(bytes)) return false;
    this.#options.counters[channel].messagesOut += 1;
    return true;
  }

  async request(
    bytes: Uint8Array,
    timeoutMs: number,
    responseBytesMax: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const current = this.#current;
    const { counters, limits, stopSignal } = this.#options;
    if (current === undefined || !this.#up) throw transportFailed('not_connected');
    if (this.#asked >= limits.requestsMax) throw transportFailed('busy');
    this.#asked += 1;
    try {
      countOut(counters.request, bytes.length);
      const answer = await ask(current.connection, bytes, {
        timeoutMs,
        responseBytesMax,
        signals: [signal, stopSignal],
        onActivity: this.#onActivity,
      });
      countIn(counters.request, answer.length);
      return answer;
    } finally {
      this.#asked -= 1;
    }
  }

  /** Reads the peer's stream of a lane; a new one takes the place of the old one. */
  acceptLane(lane: Lane, stream: Stream, connection: Connection): void {
    const opened = this.#open.find((entry) => entry.connection === connection);
    if (opened === undefined || stream.status !== 'open') {
      stream.abort(new CodedError('ABORTED', 'connection is not in use'));
      return;
    }
    const follows = lane === 'consensus' && !this.#options.smaller;
    if (follows && opened !== this.#current) this.#use(opened);
    opened.readers.get(lane)?.stop();
    const reader = this.#createReader(lane, stream);
    opened.readers.set(lane, reader);
    reader.start();
    this.#onActivity();
    if (opened === this.#current) this.#markUp();
  }

  async acceptRequest(stream: Stream): Promise<void> {
    const { limits } = this.#options;
    // The asker counts an answer as done before its stream has closed here: hence twice as many.
    if (this.#served >= 2 * limits.requestsMax || stream.status !== 'open') {
      stream.abort(new CodedError('ABORTED', 'too many requests in progress'));
      return;
    }
    this.#served += 1;
    this.#onActivity();
    const answer: Answer = { writing: false };
    try {
      await serve(stream, this.#serveOptions(answer));
    } finally {
      this.#served -= 1;
      this.#setWriting(answer, false);
    }
  }

  /** Heartbeats, silence, and connections beyond the first. */
  tick(): void {
    const { limits, logger, peerId } = this.#options;
    if (this.#current === undefined) return;
    this.#ticks += 1;
    if (this.#ticks % limits.heartbeatTicks === 0) {
      for (const lane of lanes) this.#writers[lane].heartbeat();
    }
    this.#quietTicks += 1;
    if (this.#quietTicks >= limits.silenceTicks && !this.#readsArePaused()) {
      logger.info('network.peer_silent', { peerId });
      this.disconnect('nothing heard from the peer');
      return;
    }
    this.#closeSpares();
  }

  readonly #onActivity = (): void => {
    this.#quietTicks = 0;
  };

  #use(opened: OpenConnection): void {
    this.#moved ||= this.#current !== undefined;
    this.#current = opened;
    this.#quietTicks = 0;
    for (const lane of lanes) this.#writers[lane].start(opened.connection);
  }

  /** The smaller side tidies up, once both have moved to the other connection. */
  #closeSpares(): void {
    const { smaller } = this.#options;
    const ticksMax = smaller ? SPARE_TICKS_MAX_SMALLER : SPARE_TICKS_MAX_GREATER;
    for (const entry of [...this.#open]) {
      if (entry === this.#current) continue;
      entry.ticks += 1;
      const unused = smaller && entry.connection.streams.length === 0;
      if (entry.ticks < (unused ? SPARE_TICKS_MIN : ticksMax)) continue;
      entry.connection.abort(new CodedError('ABORTED', 'one connection is enough'));
      this.removeConnection(entry.connection);
    }
  }

  #createWriter(lane: Lane): LaneWriter {
    const { limits, counters } = this.#options;
    return new LaneWriter({
      protocol: laneProtocol(lane),
      queueBytesMax: laneQueueBytesMax(lane, limits),
      openTimeoutMs: limits.handshakeTimeoutMs,
      reopenMinMs: limits.redialMinMs,
      reopenMaxMs: limits.redialMaxMs,
      mayWrite: () => this.#mayWrite(lane),
      // Votes leave at the end of the present job; gossip waits for the next turn of the loop.
      defer: lane === 'gossip' ? (flush) => void setImmediate(flush) : queueMicrotask,
      onOpen: () => {
        if (lane === 'consensus') this.#markUp();
      },
      onFlushed: () => this.#onFlushed(lane),
      onBytes: (count) => {
        counters[channelOf(lane)].bytesOut += count;
      },
      onBroken: () => this.disconnect('no stream can be opened'),
    });
  }

  #serveOptions(state: Answer): ServeOptions {
    const { limits, stopSignal, counters, onRequest, onViolation, logger, peerId } = this.#options;
    return {
      requestBytesMax: limits.requestBytesMax,
      responseBytesMax: limits.responseBytesMax,
      readMs: limits.requestReadMs,
      serveMs: limits.serveMs,
      stopSignal,
      onRequest: (bytes) => countIn(counters.request, bytes.length),
      onResponse: (bytes) => countOut(counters.request, bytes),
      onViolation,
      onFailed: (error) => logger.debug('network.request_refused', { peerId, error: text(error) }),
      answer: async (request, signal) => {
        await this.#rest(this.#buckets.requests, 1, signal);
        return onRequest(request, signal);
      },
      turn: async (bytes, signal) => {
        this.#setWriting(state, false);
        if (!this.#consensusIsFlushed()) await this.#consensusFlushed(signal);
        await this.#rest(this.#buckets.served, bytes, signal);
        this.#setWriting(state, true);
      },
    };
  }

  #createReader(lane: Lane, stream: Stream): LaneReader {
    const { limits, counters, onMessage, onViolation } = this.#options;
    const channel = channelOf(lane);
    const buckets = this.#buckets;
    return new LaneReader({
      stream,
      messageBytesMax: laneMessageBytesMax(lane, limits),
      bytesBucket: channel === 'consensus' ? buckets.consensusBytes : buckets.gossipBytes,
      messagesBucket: channel === 'consensus' ? buckets.consensusMessages : buckets.gossipMessages,
      nowMs: Date.now,
      onActivity: this.#onActivity,
      onMessage: (bytes) => {
        countIn(counters[channel], bytes.length);
        onMessage(channel, bytes);
      },
      onViolation,
    });
  }

  /** R-D6, and: a block leaves after the proposal that names it. */
  #mayWrite(lane: Lane): boolean {
    if (lane === 'consensus') return true;
    if (lane === 'bulk') return this.#writers.consensus.isFlushed();
    return this.#writing === 0 && this.#consensusIsFlushed();
  }

  /** While an answer has the turn, gossip waits. */
  #setWriting(answer: Answer, writing: boolean): void {
    if (answer.writing === writing) return;
    answer.writing = writing;
    this.#writing += writing ? 1 : -1;
    if (this.#writing === 0) this.#writers.gossip.schedule();
  }

  #consensusIsFlushed(): boolean {
    return this.#writers.consensus.isFlushed() && this.#writers.bulk.isFlushed();
  }

  #markUp(): void {
    const moved = this.#moved;
    this.#moved = false;
    if (this.#up && !moved) return;
    // The peer may have started anew behind the same id: its side must be told everything again.
    if (this.#up) this.#markDown();
    this.#up = true;
    this.#options.onUp();
  }

  #markDown(): void {
    if (!this.#up) return;
    this.#up = false;
    this.#options.onDown();
  }

  #readsArePaused(): boolean {
    return this.#open.some((entry) =>
      [...entry.readers.values()].some((reader) => reader.isPaused()),
    );
  }

  #onFlushed(lane: Lane): void {
    if (lane === 'consensus') this.#writers.bulk.schedule();
    if (lane === 'gossip' || !this.#consensusIsFlushed()) return;
    this.#writers.gossip.schedule();
    const waiters = this.#flushWaiters;
    this.#flushWaiters = [];
    for (const resume of waiters) resume();
  }

  async #consensusFlushed(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = withResolvers<void>();
    this.#flushWaiters.push(resolve);
    await until(promise, signal);
  }

  async #rest(bucket: TokenBucket, count: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      const wait = waitMs(bucket, Date.now());
      if (wait === 0) break;
      await sleep(wait, undefined, { signal });
    }
    takeTokens(bucket, count);
  }
}

/** What an error says, for a log line. */
export function text(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

function createBuckets(limits: NetworkLimits): Buckets {
  const now = Date.now();
  return {
    consensusBytes: createTokenBucket(limits.consensusBytesPerSecond, now),
    consensusMessages: createTokenBucket(limits.consensusMessagesPerSecond, now),
    gossipBytes: createTokenBucket(limits.gossipBytesPerSecond, now),
    gossipMessages: createTokenBucket(limits.gossipMessagesPerSecond, now),
    requests: createTokenBucket(limits.requestsPerSecond, now),
    served: createTokenBucket(limits.servedBytesPerSecond, now),
  };
}

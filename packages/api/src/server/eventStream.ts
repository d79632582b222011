import type { ServerResponse } from 'node:http';
import { CodedError, type Fault, isCodedError, type Logger } from '@triflow/protocol';
import { type EventCursor, endOfBlock, textFromCursor } from '../routes/eventCursor.js';
import { type CheckpointAnswer, checkpointBlocks } from '../routes/events.js';
import type { EventPage, EventsOptions, NodeBackend, PlacedEvent } from './backend.js';
import type { CommitSignal } from './commitSignal.js';
import { jsonFromPlacedEvent } from './plainJson.js';
import { errorFromFault, problemFromError, problemFromFault } from './problems.js';

const PAGE_EVENTS = 100;
const RECONNECT_MS = 2_000;
const BYE_MS = 1_000;

export interface StreamOptions {
  readonly clientsMax: number;
  /** Between comments on an idle stream. */
  readonly commentMs: number;
  /** A client that reads nothing for so long loses its stream; its cursor lets it resume. */
  readonly stallMs: number;
}

export interface StreamRequest {
  readonly response: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  readonly after: EventCursor | undefined;
  readonly filter: Pick<EventsOptions, 'types' | 'subject'>;
  /** The events of a page that this reader may see now; throws when it may read no longer. */
  readonly visible: (events: readonly PlacedEvent[]) => Promise<readonly PlacedEvent[]>;
}

/** The open event streams of a server. */
export interface EventStreams {
  readonly size: number;
  /**
   * Reads the first page, so that a refusal is still an ordinary answer, then calls `take` and
   * streams until the client leaves or the server stops. Throws RATE_LIMITED and what the
   * backend refuses, before `take`.
   */
  open(request: StreamRequest, take: () => void): Promise<void>;
  /** Says `bye` to all clients and ends their streams. */
  close(): Promise<void>;
}

interface Components {
  readonly backend: NodeBackend;
  readonly commits: CommitSignal;
  readonly logger: Logger;
}

interface Parts {
  readonly pages: PageReader;
  readonly commits: CommitSignal;
  readonly logger: Logger;
  readonly options: StreamOptions;
}

interface Read {
  readonly page: EventPage;
  /** Everything up to this height was looked at. */
  readonly through: number;
  /** The head before the page was read. */
  readonly head: number;
}

/** Streams read the stored log at their client's pace: nothing is queued for a client. */
export function createEventStreams(components: Components, options: StreamOptions): EventStreams {
  const { backend, commits, logger } = components;
  const parts: Parts = { pages: new PageReader(backend), commits, logger, options };
  const open = new Map<Promise<void>, AbortController>();
  let slots = 0;
  return {
    get size() {
      return slots;
    },
    async open(request, take) {
      if (slots >= options.clientsMax) {
        throw new CodedError('RATE_LIMITED', `${options.clientsMax} event streams are open`);
      }
      slots += 1;
      const stop = new AbortController();
      const done = serve(parts, { request, stop, take }).finally(() => {
        slots -= 1;
        open.delete(done);
      });
      open.set(done, stop);
      await done;
    },
    async close() {
      const ending = [...open.keys()].map((done) => done.catch(() => undefined));
      for (const stop of open.values()) stop.abort('bye');
      await Promise.race([Promise.all(ending), afterMs(BYE_MS)]);
    },
  };
}

interface Session {
  readonly request: StreamRequest;
  readonly stop: AbortController;
  readonly take: () => void;
}

async function serve(parts: Parts, { request, stop, take }: Session): Promise<void> {
  const { pages, logger, options } = parts;
  const { response } = request;
  const first = await pages.read(request.after, request.filter);
  if ('code' in first) throw errorFromFault(first);
  take();
  response.on('close', () => stop.abort('left'));
  response.on('error', () => stop.abort('left'));
  const stream = new StreamWriter(response, stop, options.stallMs);
  response.writeHead(200, request.headers);
  try {
    await stream.write(`retry: ${RECONNECT_MS}\n\n`);
    await follow(parts, { request, stop, stream, first });
  } catch (error) {
    if (isCodedError(error)) {
      await stream.event('problem', problemFromError(error));
      response.end();
      return;
    }
    logger.error('http.event_stream_failed', { error: String(error) });
    response.destroy();
  }
  if (stop.signal.reason === 'bye') response.write('event: bye\ndata: {}\n\n');
  response.end();
}

async function follow(
  { pages, commits, options }: Parts,
  running: { request: StreamRequest; stop: AbortController; stream: StreamWriter; first: Read },
): Promise<void> {
  const { request, stop, stream } = running;
  const { commentMs } = options;
  let read: Read | Fault = running.first;
  let sentHeight = request.after?.height ?? 0;
  while (!stop.signal.aborted) {
    if ('code' in read) {
      await stream.event('problem', problemFromFault(read));
      return;
    }
    for (const event of await request.visible(read.page.events)) {
      const id = textFromCursor(event.cursor);
      if (!(await stream.event('message', jsonFromPlacedEvent(event), id))) return;
      sentHeight = event.cursor.height;
    }
    if (read.through - sentHeight >= checkpointBlocks) {
      const cursor = textFromCursor(endOfBlock(read.through));
      const data: CheckpointAnswer = { cursor, height: read.through };
      if (!(await stream.event('checkpoint', data, cursor))) return;
      sentHeight = read.through;
    }
    if (!read.page.more) {
      const timeoutMs = Math.max(0, stream.writtenMs + commentMs - Date.now());
      await commits.above(read.head, { signal: stop.signal, timeoutMs });
      if (Date.now() - stream.writtenMs >= commentMs) await stream.write(':\n\n');
    }
    if (stop.signal.aborted) return;
    read = await pages.read(read.page.next, request.filter);
  }
}

/** Reads pages; clients that ask for the same one at the same time share the read. */
class PageReader {
  readonly #backend: NodeBackend;
  readonly #running = new Map<string, Promise<Read | Fault>>();

  constructor(backend: NodeBackend) {
    this.#backend = backend;
  }

  read(after: EventCursor | undefined, filter: StreamRequest['filter']): Promise<Read | Fault> {
    const key = JSON.stringify([after, filter.types, filter.subject]);
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const read = this.#read(after, filter).finally(() => this.#running.delete(key));
    this.#running.set(key, read);
    return read;
  }

  async #read(
    after: EventCursor | undefined,
    filter: StreamRequest['filter'],
  ): Promise<Read | Fault> {
    const head = this.#backend.info().height;
    const page = await this.#backend.events(after, { limit: PAGE_EVENTS, ...filter });
    if (!page.ok) return page.fault;
    const { next, more } = page.value;
    const whole = endOfBlock(next.height).txIndex === next.txIndex;
    const looked = whole ? next.height : next.height - 1;
    return { page: page.value, through: more ? looked : Math.max(looked, head), head };
  }
}

/** Writes at the client's pace; false once the stream is over. */
class StreamWriter {
  writtenMs = Date.now();
  readonly #response: ServerResponse;
  readonly #stop: AbortController;
  readonly #stallMs: number;

  constructor(response: ServerResponse, stop: AbortController, stallMs: number) {
    this.#response = response;
    this.#stop = stop;
    this.#stallMs = stallMs;
  }

  event(name: string, data: unknown, id?: string): Promise<boolean> {
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    const nameLine = name === 'message' ? '' : `event: ${name}\n`;
    return this.write(`${idLine}${nameLine}data: ${JSON.stringify(data)}\n\n`);
  }

  async write(text: string): Promise<boolean> {
    if (this.#stop.signal.aborted) return false;
    this.writtenMs = Date.now();
    if (this.#response.write(text)) return true;
    return this.#drained();
  }

  #drained(): Promise<boolean> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const settle = (alive: boolean) => {
        clearTimeout(timer);
        this.#response.off('drain', onDrain);
        signal.removeEventListener('abort', onStop);
        if (!alive) this.#response.destroy();
        resolve(alive);
      };
      const onDrain = () => settle(true);
      const onStop = () => settle(false);
      const timer = setTimeout(onStop, this.#stallMs);
      this.#response.once('drain', onDrain);
      signal.addEventListener('abort', onStop, { once: true });
    });
  }
}

function afterMs(timeMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, timeMs).unref();
  });
}

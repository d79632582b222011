import {
  checkpointSchema,
  EVENT_STREAM_MEDIA_TYPE,
  eventRoutes,
  type PlacedEventAnswer,
  placedEventSchema,
} from '@triflow/api/routes';
import { limits, utf8FromText } from '@triflow/protocol';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { requestOf } from '../client/callNode.js';
import type { ClientCore } from '../client/clientCore.js';
import { type Deadline, startDeadline } from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import { jsonOf, readProblem } from '../transports/readProblem.js';

/** A node sends a comment every 15 s; three of them missing is a dead line. */
const SILENCE_MS = 45_000;

export interface EventFilter {
  readonly types?: readonly string[];
  /** The id of one object. */
  readonly subject?: string;
}

/** What arrives on a stream: an event, or word that nothing matched up to a cursor. */
export type StreamFrame =
  | { readonly kind: 'event'; readonly event: PlacedEventAnswer }
  | { readonly kind: 'checkpoint'; readonly cursor: string };

/**
 * Reads one connection's events until it ends; breaking off throws `TRANSPORT_FAILED`. Chunks
 * are read as they are asked for, so a slow reader slows the stream and nothing queues up.
 */
export async function* readEventStream(
  core: ClientCore,
  filter: EventFilter,
  after: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<StreamFrame> {
  const deadline = startDeadline(core.environment, undefined, signal);
  try {
    yield* framesOf(core, filter, after, deadline);
  } finally {
    deadline.dispose();
  }
}

async function* framesOf(
  core: ClientCore,
  filter: EventFilter,
  after: string | undefined,
  deadline: Deadline,
): AsyncGenerator<StreamFrame> {
  const types = filter.types?.join(',');
  const call = { route: eventRoutes.getEvents, query: { after, types, subject: filter.subject } };
  const request = { ...requestOf(call), accept: EVENT_STREAM_MEDIA_TYPE };
  const { environment } = core;
  const context = { environment, deadline, chain: core.chain.expected() };
  const opened = await deadline.allow(SILENCE_MS, () => core.transport.stream(request, context));
  const messages: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (message) => messages.push(message),
    maxBufferSize: limits.eventStreamLineMax,
  });
  const decoder = new TextDecoder();
  const chunks = opened.chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const chunk = await deadline.allow(SILENCE_MS, () => chunks.next());
      if (chunk.done === true) return;
      parser.feed(decoder.decode(chunk.value, { stream: true }));
      for (const message of messages.splice(0)) {
        const frame = frameOf(opened.node, message);
        if (frame === 'bye') return;
        yield frame;
      }
    }
  } finally {
    await chunks.return?.();
  }
}

function frameOf(node: string, message: EventSourceMessage): StreamFrame | 'bye' {
  const { data } = message;
  const kind = message.event ?? 'message';
  const body = utf8FromText(data);
  if (kind === 'bye') return 'bye';
  if (kind === 'problem') {
    throw readProblem({ node, status: 200, requestId: undefined, retryAfterMs: undefined }, body);
  }
  const json = jsonOf(body);
  if (kind === 'checkpoint') {
    const checkpoint = checkpointSchema.safeParse(json);
    if (checkpoint.success) return { kind, cursor: checkpoint.data.cursor };
  }
  const event = placedEventSchema.safeParse(json);
  if (event.success) return { kind: 'event', event: event.data };
  throw new TriflowError('TRANSPORT_FAILED', `${node} sent an event in an unknown form`, {
    node,
    retry: 'never',
  });
}

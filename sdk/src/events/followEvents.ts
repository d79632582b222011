import {
  compareCursors,
  cursorFromText,
  eventPageSchema,
  eventRoutes,
  LATEST,
  type PlacedEventAnswer,
} from '@triflow/api/routes';
import { callNode, retryPause } from '../client/callNode.js';
import type { ClientCore } from '../client/clientCore.js';
import { concernsParty, ownParty } from '../client/ownParty.js';
import { startDeadline, underDeadline } from '../deadline.js';
import { isTriflowError, TriflowError } from '../errors/triflowError.js';
import type { CheckpointStore } from './checkpoints.js';
import { type EventFilter, readEventStream, type StreamFrame } from './readEventStream.js';

export interface FollowOptions extends EventFilter {
  /** A cursor, or `latest`; without it, from the first event that the node keeps. */
  readonly after?: string;
  /** Where the last acknowledged cursor is kept; what it holds goes before `after`. */
  readonly checkpoint?: CheckpointStore;
  /** Only events that name the account's party, or whose object's record does. */
  readonly mine?: boolean;
  readonly signal?: AbortSignal;
}

/** An event as a node told it; what it points at can be read verified. */
export interface FollowedEvent extends PlacedEventAnswer {
  /** Says that this event and all before it are dealt with. */
  readonly ack: () => Promise<void>;
}

interface Following {
  /** The last cursor seen: where a new connection goes on. */
  cursor: string | undefined;
  /** The last event handed out, and the last one acknowledged. */
  given: string | undefined;
  acked: string | undefined;
}

/**
 * Events from a cursor on, across broken connections and nodes, in order and none twice. Ends
 * when the signal aborts. Throws what trying again cannot mend, such as `CURSOR_PRUNED`.
 */
export async function* followEvents(
  core: ClientCore,
  options: FollowOptions = {},
): AsyncGenerator<FollowedEvent, void, undefined> {
  const party = options.mine === true ? ownParty(core) : undefined;
  const kept = await options.checkpoint?.load();
  requireCursor(kept, options.after);
  const cursor = kept ?? (await startCursor(core, options));
  const state: Following = { cursor, given: undefined, acked: undefined };
  for (let attempt = 0; !isOver(options); attempt += 1) {
    try {
      for await (const frame of readEventStream(core, options, state.cursor, options.signal)) {
        attempt = 0;
        const wanted = await onlyOf(core, party, frame, options.signal);
        const event = await take(state, wanted, options.checkpoint);
        if (event !== undefined) yield event;
      }
      throw new TriflowError('TRANSPORT_FAILED', 'the stream ended');
    } catch (error) {
      if (isOver(options)) return;
      await pauseAfter(core, error, attempt, options.signal);
    }
  }
}

function isOver({ signal }: FollowOptions): boolean {
  return signal?.aborted === true;
}

/** `latest` as a cursor, so that a connection broken before the first event loses none. */
async function startCursor(core: ClientCore, options: FollowOptions): Promise<string | undefined> {
  const { after, signal } = options;
  if (after !== LATEST) return after;
  return underDeadline(
    core.environment,
    { signal, timeoutMs: core.timeoutMs },
    async (deadline) => {
      const call = { route: eventRoutes.getEvents, query: { after, limit: 1 } };
      const expected = core.chain.expected();
      return (await callNode(core, expected, deadline, call, eventPageSchema)).value.page.next;
    },
  );
}

/** What concerns another party only is silence, like what does not match. */
async function onlyOf(
  core: ClientCore,
  party: string | undefined,
  frame: StreamFrame,
  signal: AbortSignal | undefined,
): Promise<StreamFrame> {
  if (party === undefined || frame.kind !== 'event') return frame;
  if (await concernsParty(core, party, frame.event, signal)) return frame;
  return { kind: 'checkpoint', cursor: frame.event.cursor };
}

/** Moves on to a frame; an event that was seen before is dropped. */
async function take(
  state: Following,
  frame: StreamFrame,
  checkpoint: CheckpointStore | undefined,
): Promise<FollowedEvent | undefined> {
  const cursor = frame.kind === 'event' ? frame.event.cursor : frame.cursor;
  if (!isAfter(cursor, state.cursor)) return undefined;
  state.cursor = cursor;
  if (frame.kind === 'checkpoint') {
    // Nothing is open, so the silence up to here is dealt with too.
    if (state.given === state.acked) await checkpoint?.save(cursor);
    return undefined;
  }
  state.given = cursor;
  return { ...frame.event, ack: () => acknowledge(state, cursor, checkpoint) };
}

async function acknowledge(
  state: Following,
  cursor: string,
  checkpoint: CheckpointStore | undefined,
): Promise<void> {
  if (!isAfter(cursor, state.acked)) return;
  state.acked = cursor;
  await checkpoint?.save(cursor);
}

function isAfter(cursor: string, before: string | undefined): boolean {
  const next = cursorFromText(cursor);
  const last = before === undefined ? undefined : cursorFromText(before);
  if (next === undefined) return false;
  return last === undefined || compareCursors(next, last) > 0;
}

async function pauseAfter(
  core: ClientCore,
  error: unknown,
  attempt: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const pauseMs = isTriflowError(error) ? retryPause(core, error, attempt) : undefined;
  if (pauseMs === undefined) throw error;
  const deadline = startDeadline(core.environment, undefined, signal);
  try {
    await deadline.sleep(pauseMs);
  } catch (ended) {
    if (signal?.aborted !== true) throw ended;
  } finally {
    deadline.dispose();
  }
}

function requireCursor(kept: string | undefined, after: string | undefined): void {
  if (kept !== undefined && cursorFromText(kept) === undefined) {
    throw new TriflowError('REQUEST_INVALID', `the checkpoint ${kept} is no cursor`);
  }
  if (after === undefined || after === LATEST || cursorFromText(after) !== undefined) return;
  throw new TriflowError('REQUEST_INVALID', `after: ${after} is no cursor`);
}

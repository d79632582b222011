import { forgetReaders, readerHeaders } from './readerToken.js';

const EVENT_STREAM = 'text/event-stream';

/** One message of an event stream, as it came. */
export interface Frame {
  readonly kind: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** An event stream read over plain HTTP by a reader of our own, past the SDK. */
export interface EventReader {
  readonly status: number;
  readonly mediaType: string;
  /** All that came so far, in order. */
  readonly frames: readonly Frame[];
  /** Settles when the node ends the stream in good order, or the connection breaks. */
  readonly ended: Promise<'ended' | 'broken'>;
  close(): void;
}

/** Opens a stream and keeps all it says; a browser's resumption goes by `Last-Event-ID`. */
export async function openEventReader(
  url: string,
  query: string,
  lastEventId?: string,
): Promise<EventReader> {
  const leave = new AbortController();
  const resume = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const open = async (): Promise<Response> => {
    const headers = { ...(await readerHeaders(url)), accept: EVENT_STREAM, ...resume };
    return fetch(`${url}/v1/events?${query}`, { headers, signal: leave.signal });
  };
  const first = await open();
  if (first.status === 401) forgetReaders(url);
  const response = first.status === 401 ? await open() : first;
  const frames: Frame[] = [];
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      frames.push(...blocks.flatMap(frameOf));
    }
  };
  const ended = read().then(
    () => 'ended' as const,
    () => 'broken' as const,
  );
  const mediaType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  return { status: response.status, mediaType, frames, ended, close: () => leave.abort() };
}

/** Comments and `retry:` are no messages. */
function frameOf(block: string): Frame[] {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()] as const;
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return [];
  return [{ kind: fields.get('event') ?? 'message', id: fields.get('id'), data }];
}

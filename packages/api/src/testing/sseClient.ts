import { type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface SseMessage {
  readonly id?: string;
  readonly event?: string;
  readonly data?: unknown;
  /** The text of a comment. */
  readonly comment?: string;
}

export interface SseClient {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** The next message; undefined once the server has ended the stream. */
  next(): Promise<SseMessage | undefined>;
  /** Stops reading from the socket, so that the server feels it. */
  pause(): void;
  leave(): void;
}

/** Opens an event stream and reads it message by message. */
export function openStream(url: string, headers: Record<string, string> = {}): Promise<SseClient> {
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(url, {
      headers: { accept: 'text/event-stream', ...headers },
    });
    sent.on('error', reject);
    sent.on('response', (response) => resolve(clientOf(sent, response)));
    sent.end();
  });
}

function clientOf(sent: ClientRequest, response: IncomingMessage): SseClient {
  const blocks = readBlocks(response);
  sent.removeAllListeners('error').on('error', () => undefined);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    async next() {
      const block = await blocks.next();
      return block.done === true ? undefined : messageFrom(block.value);
    },
    pause: () => response.socket.pause(),
    leave: () => sent.destroy(),
  };
}

async function* readBlocks(response: IncomingMessage): AsyncGenerator<string, undefined> {
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) {
    text += String(chunk);
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 2);
    }
  }
  return undefined;
}

function messageFrom(block: string): SseMessage {
  const message: Record<string, unknown> = {};
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    message[name === '' ? 'comment' : name] = name === 'data' ? JSON.parse(value) : value;
  }
  return message;
}

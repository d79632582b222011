import './polyfill.js';
import type { MessageStream, StreamMuxerFactory } from '@libp2p/interface';
import { yamux } from '@libp2p/yamux';
import { StreamState } from '@libp2p/yamux/stream';
import { CodedError } from '@triflow/protocol';

/** A stream's window starts here (yamux) and may double up to the maximum. */
const STREAM_WINDOW_BYTES = 256 * 1_024;
const STREAM_WINDOW_BYTES_MAX = 1_024 * 1_024;
const FRAME_HEAD_BYTES = 12;
const DATA_FRAME = 0;

export interface BoundedMuxerOptions {
  readonly streamsMax: number;
  readonly connectionWriteBytesMax: number;
}

/** What is looked at of a yamux stream. A version without these windows would update always. */
interface Receiver {
  state: StreamState;
  recvWindow: number;
  recvWindowCapacity: number;
  sendWindowUpdate(): void;
}

/** Where a yamux muxer makes its streams. */
interface StreamMaker {
  onCreateStream(): Receiver;
  onRemoteStream(stream: Receiver): void;
}

/** Position in the sequence of yamux frames of one connection. */
export interface FrameWatch {
  readonly head: Uint8Array;
  headFill: number;
  skip: number;
}

/**
 * Yamux with bounds that it does not have itself: it collects a whole frame before it looks at the
 * window, so a length of gigabytes would be believed, and its answers to a peer that never reads
 * would queue without end. It also answers every data frame with a frame of its own; here it does
 * when half of the window is used up.
 */
export function boundedMuxer(options: BoundedMuxerOptions): () => StreamMuxerFactory {
  const createFactory = yamux({
    maxInboundStreams: options.streamsMax,
    maxOutboundStreams: options.streamsMax,
    maxEarlyStreams: options.streamsMax,
    enableKeepAlive: true,
    streamOptions: {
      initialStreamWindowSize: STREAM_WINDOW_BYTES,
      maxStreamWindowSize: STREAM_WINDOW_BYTES_MAX,
      maxReadBufferLength: 2 * STREAM_WINDOW_BYTES_MAX,
    },
  });
  return () => {
    const factory = createFactory();
    return {
      protocol: factory.protocol,
      createStreamMuxer(connection) {
        connection.maxWriteBufferLength = options.connectionWriteBytesMax;
        watchFrames(connection);
        endOnFailedWrite(connection);
        const muxer = factory.createStreamMuxer(connection);
        updateSeldomIn(muxer as unknown as StreamMaker);
        return muxer;
      },
    };
  };
}

function updateSeldomIn(muxer: StreamMaker): void {
  const { onCreateStream, onRemoteStream } = muxer;
  muxer.onCreateStream = () => updateSeldom(onCreateStream.call(muxer));
  muxer.onRemoteStream = (stream) => onRemoteStream.call(muxer, updateSeldom(stream));
}

/**
 * Gives the sender room again when half of the window is used up, as other yamuxes do: else every
 * small message costs a frame back, with its encryption and its write to the socket.
 */
export function updateSeldom(stream: Receiver): Receiver {
  const update = stream.sendWindowUpdate.bind(stream);
  stream.sendWindowUpdate = () => {
    const isRoomy = stream.recvWindowCapacity > stream.recvWindow / 2;
    if (stream.state !== StreamState.Established || !isRoomy) update();
  };
  return stream;
}

/**
 * Yamux opens a stream in a microtask of its own. If the connection has ended by then the write
 * throws where nobody catches, which would end the process; it ends the connection instead.
 */
function endOnFailedWrite(connection: MessageStream): void {
  const send = connection.send.bind(connection);
  connection.send = (data) => {
    try {
      return send(data);
    } catch (cause) {
      connection.abort(new CodedError('TRANSPORT_FAILED', 'write failed', { cause }));
      return false;
    }
  };
}

/** Runs before the muxer's own listener and ends the connection at the first impossible length. */
function watchFrames(connection: MessageStream): void {
  const watch = createFrameWatch();
  connection.addEventListener('message', (event) => {
    const parts = event.data instanceof Uint8Array ? [event.data] : event.data;
    for (const part of parts) {
      if (framesFit(watch, part)) continue;
      connection.abort(new CodedError('TRANSPORT_FAILED', 'a frame is larger than any window'));
      return;
    }
  });
}

/** At the beginning of a connection. */
export function createFrameWatch(): FrameWatch {
  return { head: new Uint8Array(FRAME_HEAD_BYTES), headFill: 0, skip: 0 };
}

/** Follows the frames through received bytes; false when one announces more than a window. */
export function framesFit(watch: FrameWatch, bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length) {
    if (watch.skip > 0) {
      const skipped = Math.min(watch.skip, bytes.length - at);
      watch.skip -= skipped;
      at += skipped;
      continue;
    }
    const take = Math.min(FRAME_HEAD_BYTES - watch.headFill, bytes.length - at);
    watch.head.set(bytes.subarray(at, at + take), watch.headFill);
    watch.headFill += take;
    at += take;
    if (watch.headFill < FRAME_HEAD_BYTES) return true;
    watch.headFill = 0;
    if (watch.head[1] !== DATA_FRAME) continue;
    watch.skip = new DataView(watch.head.buffer).getUint32(8);
    if (watch.skip > STREAM_WINDOW_BYTES_MAX) return false;
  }
  return true;
}

import { StreamState } from '@libp2p/yamux/stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameWatch, framesFit, updateSeldom } from './boundedMuxer.js';

const DATA = 0;
const WINDOW = 1;

function frame(type: number, length: number, body = type === DATA ? length : 0): Uint8Array {
  const bytes = new Uint8Array(12 + body);
  bytes[1] = type;
  new DataView(bytes.buffer).setUint32(8, length);
  return bytes;
}

describe('window updates', () => {
  it('open a stream at once, and then come when half of the window is used up', () => {
    let sent = 0;
    const stream = updateSeldom({
      state: StreamState.SYNReceived,
      recvWindow: 100,
      recvWindowCapacity: 100,
      sendWindowUpdate: () => {
        sent += 1;
        stream.recvWindowCapacity = stream.recvWindow;
      },
    });
    stream.sendWindowUpdate();
    expect(sent).toBe(1);
    stream.state = StreamState.Established;
    const sentAfter = [1, 48, 1, 30, 10, 20].map((bytes) => {
      stream.recvWindowCapacity -= bytes;
      stream.sendWindowUpdate();
      return sent;
    });
    expect(sentAfter).toEqual([1, 1, 2, 2, 2, 3]);
  });
});

describe('frame watch', () => {
  it('follows frames however they are cut', () => {
    const frames = [frame(DATA, 100), frame(WINDOW, 0xffff_ffff), frame(DATA, 0), frame(DATA, 7)];
    const bytes = new Uint8Array(Buffer.concat([...frames, frame(DATA, 2 ** 30, 0)]));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (sizes) => {
        const watch = createFrameWatch();
        const verdicts: boolean[] = [];
        let at = 0;
        for (const size of [...sizes, bytes.length]) {
          verdicts.push(framesFit(watch, bytes.subarray(at, at + size)));
          at += size;
          if (verdicts.includes(false)) break;
        }
        expect(verdicts.at(-1)).toBe(false);
        expect(at).toBeGreaterThanOrEqual(bytes.length);
      }),
    );
  });

  it('refuses a data frame larger than any window before its bytes arrive', () => {
    expect(framesFit(createFrameWatch(), frame(DATA, 1024 * 1024 + 1, 0))).toBe(false);
    expect(framesFit(createFrameWatch(), frame(DATA, 1024 * 1024, 0))).toBe(true);
  });
});

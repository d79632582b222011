import { describe, expect, it } from 'vitest';
import { BlockSync, type BlockSyncOptions } from './blockSync.js';

const nothing = (): void => undefined;

/** Catch-up whose sources answer with the same bytes, and whom it asked. */
function syncOver(
  answer: Uint8Array,
  validators: readonly object[] = [{ id: 'v1' }],
): { sync: BlockSync; asked: string[]; clock: { at: number } } {
  const asked: string[] = [];
  const clock = { at: 0 };
  const options = {
    chain: { head: () => ({ height: 4 }), validatorSet: () => validators },
    clock: { nowMs: () => clock.at },
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    request: async (peerId: string) => {
      asked.push(peerId);
      return answer;
    },
  } as unknown as BlockSyncOptions;
  return { sync: new BlockSync(options), asked, clock };
}

/** Lets what has no timers come to its end. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('catch-up', () => {
  it('R-Y4: a useless answer costs its source a pause, and sync goes on with the others', async () => {
    for (const answer of [new Uint8Array(0), Uint8Array.of(0xff, 1, 2), Uint8Array.of(0x80)]) {
      const { sync, asked, clock } = syncOver(answer);
      for (const peerId of ['a', 'b', 'c']) sync.noteHead(peerId, 9);
      sync.start();
      await settled();
      expect([...asked].sort()).toEqual(['a', 'b', 'c']);
      expect(sync.isRunning()).toBe(false);
      clock.at = 60_000;
      sync.start();
      await settled();
      expect(asked).toHaveLength(6);
    }
  });

  it('is behind by more than two of the highest head, or while none of the others spoke', () => {
    const { sync } = syncOver(new Uint8Array(0));
    expect(sync.isBehind('v2')).toBe(true);
    expect(sync.isBehind('v1')).toBe(false);
    sync.noteHead('a', 3);
    sync.noteHead('b', 6);
    expect(sync.isBehind('v2')).toBe(false);
    sync.noteHead('b', 7);
    expect(sync.isBehind('v2')).toBe(true);
    sync.forget('b');
    expect(sync.isBehind('v2')).toBe(false);
  });

  it('believes a head that f + 1 validators report, and no liar’s', () => {
    const seats = ['a', 'b', 'c', 'd'].map((peerId) => ({ id: `of ${peerId}`, peerId }));
    const { sync } = syncOver(new Uint8Array(0), seats);
    sync.noteHead('observer', 9);
    sync.noteHead('b', 1_000_000);
    expect(sync.isBehind('of a')).toBe(true);
    sync.noteHead('c', 4);
    expect([sync.highestHead(), sync.isBehind('of a')]).toEqual([4, false]);
    sync.noteHead('d', 7);
    expect([sync.highestHead(), sync.isBehind('of a')]).toEqual([7, true]);
  });

  it('R-Y4: a head that falls, or that is not ahead, is asked for nothing', async () => {
    const { sync, asked } = syncOver(new Uint8Array(0));
    sync.noteHead('low', 4);
    sync.noteHead('falls', 9);
    sync.noteHead('falls', 8);
    sync.start();
    await settled();
    expect(asked).toEqual([]);
  });
});

import { TriflowError } from '@triflow/sdk';
import { describe, expect, it } from 'vitest';
import { type Committed, createSubmitQueue, type Submitter } from './submitQueue.js';

const command = { contract: 'trace', name: 'register_location', params: {} };
const done = { outcome: 'committed', height: 7 } as Committed;

/** A client whose transactions end as the test says, one after the other. */
function clientOf(endings: (() => Promise<Committed>)[]): { client: Submitter; sent: number[] } {
  const sent: number[] = [];
  const transaction = async () => ({
    commit: (options: { timeoutMs: number }) => {
      sent.push(options.timeoutMs);
      return endings.shift()?.() ?? Promise.resolve(done);
    },
  });
  return { client: { transaction } as unknown as Submitter, sent };
}

function gate(): { open: () => void; closed: () => Promise<Committed> } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, closed: () => opened.then(() => done) };
}

const base = { parallel: 1, waitingMax: 1, deadlineMs: 1_000, now: () => 0 };

describe('the queue of transactions', () => {
  it('gives the outcome, within the deadline of the request', async () => {
    const { client, sent } = clientOf([]);
    const queue = createSubmitQueue({ ...base, client });
    expect(await queue.submit([command])).toBe(done);
    expect(await queue.submit([command], { deadlineMs: 50 })).toBe(done);
    expect(sent).toEqual([1_000, 50]);
  });

  it('runs so many at once, lets so many wait, refuses the rest', async () => {
    const first = gate();
    const { client, sent } = clientOf([first.closed]);
    const queue = createSubmitQueue({ ...base, client });
    const running = queue.submit([command]);
    const waiting = queue.submit([command]);
    await expect(queue.submit([command])).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(queue.pending).toBe(2);
    first.open();
    expect(await Promise.all([running, waiting])).toEqual([done, done]);
    expect(sent).toHaveLength(2);
    expect(queue.pending).toBe(0);
  });

  it('signs anew what is proved expired, and nothing else', async () => {
    const expired = () => Promise.reject(new TriflowError('TRANSACTION_EXPIRED', 'late'));
    const unknown = () => Promise.reject(new TriflowError('OUTCOME_UNKNOWN', 'no answer'));
    const { client, sent } = clientOf([expired, () => Promise.resolve(done), unknown]);
    const queue = createSubmitQueue({ ...base, client });
    expect(await queue.submit([command])).toBe(done);
    expect(sent).toHaveLength(2);
    await expect(queue.submit([command])).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(sent).toHaveLength(3);
  });

  it('does not sign what has waited past its deadline', async () => {
    let nowMs = 0;
    const first = gate();
    const { client, sent } = clientOf([first.closed]);
    const queue = createSubmitQueue({ ...base, client, now: () => nowMs });
    const running = queue.submit([command]);
    const late = queue.submit([command], { deadlineMs: 10 });
    nowMs = 11;
    first.open();
    await running;
    await expect(late).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
    expect(sent).toHaveLength(1);
  });

  it('on stop lets what is under way end and refuses the rest', async () => {
    const first = gate();
    const { client, sent } = clientOf([first.closed]);
    const queue = createSubmitQueue({ ...base, client });
    const running = queue.submit([command]);
    const waiting = queue.submit([command]);
    const stopped = queue.stop();
    first.open();
    expect(await running).toBe(done);
    await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
    await stopped;
    await expect(queue.submit([command])).rejects.toMatchObject({ code: 'ABORTED' });
    expect(sent).toHaveLength(1);
  });
});

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limits } from '@triflow/protocol';
import { type CommandInput, TriflowError } from '@triflow/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Committed, SubmitQueue } from '../submitQueue.js';
import type { CaptureEvent, CaptureJob } from './captureJob.js';
import { CaptureJobs, type NewCapture } from './captureJobs.js';
import { type JobFiles, openJobFiles } from './jobFiles.js';

let folder: string;
let files: JobFiles;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triflow-captures-'));
  files = await openJobFiles(folder);
});
afterEach(() => rm(folder, { recursive: true }));

/** A chain that refuses the events whose hash says so. */
function queueOf(refuse: (hashes: string[]) => unknown): { queue: SubmitQueue; sent: string[][] } {
  const sent: string[][] = [];
  const submit = async (commands: readonly CommandInput[]): Promise<Committed> => {
    const hashes = commands.map(({ params }) => String((params as { hash: string }).hash));
    sent.push(hashes);
    const error = refuse(hashes);
    if (error !== undefined) throw error;
    return {} as Committed;
  };
  return { queue: { submit, pending: 0, stop: async () => {} }, sent };
}

function refusal(hashes: readonly string[], code = 'SUBMITTER_NOT_IN_EVENT'): unknown {
  const failedCommand = hashes.findIndex((hash) => hash.startsWith('bad'));
  if (failedCommand < 0) return undefined;
  return new TriflowError(code, 'refused', { details: { failedCommand } });
}

function events(...hashes: string[]): CaptureEvent[] {
  return hashes.map((hash, at) => ({ hash, path: `/epcisBody/eventList/${at}`, bytes: 'e30=' }));
}

function capture(list: CaptureEvent[], members: Partial<NewCapture> = {}): NewCapture {
  const base = { captureErrorBehaviour: 'proceed', validationLevel: 'conformance' } as const;
  return { ...base, errors: [], events: list, ...members };
}

async function done(jobs: CaptureJobs, { captureID }: CaptureJob): Promise<CaptureJob> {
  while (jobs.get(captureID)?.running === true) await new Promise((next) => setImmediate(next));
  return jobs.get(captureID) ?? expect.fail(captureID);
}

describe('a capture', () => {
  it('with proceed leaves out what the chain refuses, and names it', async () => {
    const { queue, sent } = queueOf(refusal);
    const jobs = new CaptureJobs({ files, queue, logger: silent });
    const job = await done(jobs, await jobs.create(capture(events('a', 'bad1', 'b', 'bad2'))));
    expect(job).toMatchObject({ running: false, success: false, events: [] });
    expect(job.errors.map(({ errors }) => errors)).toMatchObject([
      [{ path: '/epcisBody/eventList/1', code: 'submitter_not_in_event' }],
      [{ path: '/epcisBody/eventList/3', code: 'submitter_not_in_event' }],
    ]);
    expect(sent.at(-1)).toEqual(['a', 'b']);
  });

  it('with rollback is one transaction, all or none', async () => {
    const { queue, sent } = queueOf(refusal);
    const jobs = new CaptureJobs({ files, queue, logger: silent });
    const rollback = { captureErrorBehaviour: 'rollback' } as const;
    const job = await done(jobs, await jobs.create(capture(events('a', 'bad', 'b'), rollback)));
    expect(job).toMatchObject({ success: false, errors: [{ status: 400 }] });
    expect(sent).toEqual([['a', 'bad', 'b']]);
  });

  it('counts the events that were left out before as errors', async () => {
    const { queue } = queueOf(() => undefined);
    const jobs = new CaptureJobs({ files, queue, logger: silent });
    const problem = { type: 't', title: 't', status: 400, code: 'c', detail: 'd', errors: [] };
    const made = await jobs.create(capture(events('a'), { errors: [problem] }));
    expect(made.success).toBe(false);
    expect(await done(jobs, made)).toMatchObject({ success: false, errors: [problem] });
  });

  it('tells nothing of the events when nobody could be asked: it goes on later', async () => {
    let failures = 1;
    const { queue, sent } = queueOf(() => {
      failures -= 1;
      return failures < 0 ? undefined : new TriflowError('OUTCOME_UNKNOWN', 'no answer');
    });
    const jobs = new CaptureJobs({ files, queue, logger: silent });
    const job = await done(jobs, await jobs.create(capture(events('a'))));
    expect(job).toMatchObject({ success: true, errors: [] });
    expect(sent).toEqual([['a'], ['a']]);
  });

  it('is taken up by the next run where it was', async () => {
    const { queue } = queueOf(() => new TriflowError('TRANSPORT_FAILED', 'no node'));
    const first = new CaptureJobs({ files, queue, logger: silent });
    const made = await first.create(capture(events('a', 'b')));
    await first.stop();
    const after = queueOf(() => undefined);
    const next = new CaptureJobs({ files, queue: after.queue, logger: silent });
    await next.start();
    const job = await done(next, made);
    expect(job).toMatchObject({ captureID: made.captureID, success: true, events: [] });
    expect(after.sent).toEqual([['a', 'b']]);
    const third = new CaptureJobs({ files, queue, logger: silent });
    await third.start();
    expect(third.get(made.captureID)).toEqual(job);
  });

  it('goes in transactions that hold it', async () => {
    const { queue, sent } = queueOf(() => undefined);
    const jobs = new CaptureJobs({ files, queue, logger: silent });
    const large = 'A'.repeat(64 * 1024);
    const list = events('a', 'b', 'c', 'd', 'e', 'f').map((event) => ({ ...event, bytes: large }));
    await done(jobs, await jobs.create(capture(list)));
    expect(sent.flat()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(sent.length).toBeGreaterThan(1);
    const rollback = { captureErrorBehaviour: 'rollback' } as const;
    await expect(jobs.create(capture(list, rollback))).rejects.toMatchObject({
      code: 'EPCIS_CAPTURE_LIMIT',
    });
  });

  it('is refused when too many run already', async () => {
    const { queue } = queueOf(() => new TriflowError('TRANSPORT_FAILED', 'no node'));
    const kept: JobFiles = { load: async () => [], save: async () => {}, remove: async () => {} };
    const jobs = new CaptureJobs({ files: kept, queue, logger: silent });
    for (let at = 0; at < limits.epcisCaptureJobsOpenMax; at += 1) {
      await jobs.create(capture(events('a')));
    }
    await expect(jobs.create(capture(events('a')))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(jobs.list(undefined, 2)).toHaveLength(2);
    await jobs.stop();
  });
});

describe('the files of captures', () => {
  it('that are damaged are named, not passed over', async () => {
    await writeFile(join(folder, 'x.json'), '{"captureID":');
    await expect(files.load()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });

  it('leave no unfinished name behind', async () => {
    const { queue } = queueOf(() => undefined);
    const jobs = new CaptureJobs({ files, queue, logger: silent });
    const job = await done(jobs, await jobs.create(capture(events('a'))));
    expect(await readdir(folder)).toEqual([`${job.captureID}.json`]);
  });
});

import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@triflow/protocol';
import { type CaptureJob, captureJobSchema } from './captureJob.js';

const ENDING = '.json';

/** Capture jobs on disk, a file each: what was accepted survives the process. */
export interface JobFiles {
  /** All of them, the oldest first. Throws STORE_CORRUPT naming a file that is none. */
  load(): Promise<CaptureJob[]>;
  /** Durable once it resolves. */
  save(job: CaptureJob): Promise<void>;
  remove(captureID: string): Promise<void>;
}

/** Opens the folder of the jobs, making it if need be. */
export async function openJobFiles(folder: string): Promise<JobFiles> {
  await mkdir(folder, { recursive: true });
  return {
    async load() {
      const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING));
      const jobs = await Promise.all(names.sort().map((name) => readJob(join(folder, name))));
      return jobs.sort((a, b) => a.createdAt - b.createdAt);
    },
    async save(job) {
      const path = join(folder, job.captureID + ENDING);
      const fresh = `${path}.new`;
      const file = await open(fresh, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(job));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(fresh, path);
      await syncFolder(folder);
    },
    remove: (captureID) => unlink(join(folder, captureID + ENDING)),
  };
}

/** The new name is durable only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readJob(path: string): Promise<CaptureJob> {
  try {
    return captureJobSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new CodedError('STORE_CORRUPT', `${path} is no capture job`, { cause });
  }
}

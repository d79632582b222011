import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDevnetFile } from './devnetFile.js';
import { type DevnetHome, nodeHome } from './home.js';
import { isAlive } from './lockFile.js';

const GONE_MS = 5_000;
const POLL_MS = 20;

/**
 * Ends nodes of an owner that died without stopping them. They end by themselves when its channel
 * closes, save those that were paused; only a process that was started for its home is touched.
 */
export async function endLeftovers(home: DevnetHome): Promise<void> {
  const description = await readDevnetFile(home.description).catch(() => undefined);
  for (const { pid, nodeId } of description?.nodes ?? []) {
    if (pid === null || !isAlive(pid)) continue;
    if (!(await commandOf(pid)).includes(nodeHome(home, nodeId))) continue;
    process.kill(pid, 'SIGKILL');
    const deadlineMs = performance.now() + GONE_MS;
    while (isAlive(pid) && performance.now() < deadlineMs) await sleep(POLL_MS);
  }
}

/** A process's arguments where the system tells them; else empty, and it is left alone. */
async function commandOf(pid: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return text.split('\0');
}

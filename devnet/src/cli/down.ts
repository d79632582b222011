import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@triflow/protocol';
import type { Command } from 'commander';
import { callControl } from '../control.js';
import { type DevnetHome, purgeHome } from '../home.js';
import { endLeftovers } from '../leftovers.js';
import { acquireLock, isAlive, readLock } from '../lockFile.js';
import { type CommonOptions, homeOf, verb } from './arguments.js';
import { shortPath } from './banner.js';
import { createOutput } from './output.js';

const GONE_MS = 30_000;
const POLL_MS = 50;

interface DownOptions extends CommonOptions {
  readonly purge?: boolean;
}

/** `down`: stops the network of a directory, whoever started it. */
export function downCommand(): Command {
  return verb('down', 'stop the network')
    .option('--purge', 'delete its state')
    .action(async (options: DownOptions) => {
      const home = homeOf(options);
      const output = createOutput(options.json === true);
      const wasRunning = await bringDown(home);
      if (options.purge === true) await purge(home);
      const purged = options.purge === true;
      output.emit({ event: 'down', wasRunning, purged });
      const end = purged ? 'deleted' : 'kept';
      output.say(
        `${wasRunning ? 'stopped' : 'was not running'}   state ${shortPath(home.dir)} (${end})`,
      );
    });
}

/** `reset`: deletes the state of a network that is down. */
export function resetCommand(): Command {
  return verb('reset', 'delete the state of a network that is down').action(
    async (options: CommonOptions) => {
      const home = homeOf(options);
      await purge(home);
      const output = createOutput(options.json === true);
      output.emit({ event: 'reset' });
      output.say(`state ${shortPath(home.dir)} (deleted)`);
    },
  );
}

/** Whether there was something to stop. */
async function bringDown(home: DevnetHome): Promise<boolean> {
  const lock = await readLock(home);
  if (lock === undefined || !isAlive(lock.pid)) {
    await endLeftovers(home);
    return false;
  }
  if (lock.control === undefined) process.kill(lock.pid, 'SIGTERM');
  else await callControl(home, { verb: 'down' });
  const deadlineMs = performance.now() + GONE_MS;
  while (await isSameOwner(home, lock.pid)) {
    if (performance.now() > deadlineMs) {
      throw new CodedError('OUTCOME_UNKNOWN', `pid ${lock.pid} did not stop in ${GONE_MS} ms`);
    }
    await sleep(POLL_MS);
  }
  return true;
}

/** The lock file goes as the last of the owner's works. */
async function isSameOwner(home: DevnetHome, pid: number): Promise<boolean> {
  return isAlive(pid) && (await readLock(home))?.pid === pid;
}

/** Takes the lock first: the state of a running network is not deleted. */
async function purge(home: DevnetHome): Promise<void> {
  const lock = await acquireLock(home);
  try {
    await endLeftovers(home);
    await purgeHome(home);
  } finally {
    await lock.release();
  }
}

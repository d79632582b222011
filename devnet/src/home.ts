import { access, constants, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CodedError } from '@triflow/protocol';

/** Where the files of a devnet lie. */
export interface DevnetHome {
  readonly dir: string;
  /** Gone after the last stop: a directory of the system's, made for this run. */
  readonly temporary: boolean;
  readonly genesis: string;
  readonly description: string;
  readonly lock: string;
  /** How far the clock was moved, in milliseconds. */
  readonly clock: string;
}

/** The home in a directory that is kept, or in a new temporary one. */
export async function openHome(dir: string | undefined): Promise<DevnetHome> {
  if (dir === undefined) {
    return homeIn(await mkdtemp(join(tmpdir(), 'triflow-devnet-')), true);
  }
  await makeHome(resolve(dir));
  return homeIn(resolve(dir), false);
}

/** Makes a devnet's folder. CONFIG_INVALID where nothing can be written. */
export async function makeHome(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
    await access(dir, constants.W_OK);
  } catch (cause) {
    const message = `${dir} cannot be written: give another folder with --dir`;
    throw new CodedError('CONFIG_INVALID', message, { cause });
  }
}

/** The places in a directory; nothing is made. */
export function homeIn(dir: string, temporary = false): DevnetHome {
  return {
    dir,
    temporary,
    genesis: join(dir, 'genesis.json'),
    description: join(dir, 'devnet.json'),
    lock: join(dir, 'devnet.lock'),
    clock: join(dir, 'clock'),
  };
}

/** A node's own directory. */
export function nodeHome(home: DevnetHome, nodeId: string): string {
  return join(home.dir, 'nodes', nodeId);
}

/** Where the gateways of its parties have their homes. */
export function gatewaysHome(home: DevnetHome): string {
  return join(home.dir, 'gateways');
}

/** Deletes what a devnet has written, and nothing else that may lie in its directory. */
export async function purgeHome(home: DevnetHome): Promise<void> {
  const { dir, genesis, description, lock, clock } = home;
  const everything = [
    genesis,
    description,
    lock,
    clock,
    join(dir, 'nodes'),
    gatewaysHome(home),
    join(dir, 'devnet.log'),
  ];
  for (const path of everything) await rm(path, { recursive: true, force: true });
  if (home.temporary) await rm(home.dir, { recursive: true, force: true });
}

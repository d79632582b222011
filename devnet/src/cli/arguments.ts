import { resolve } from 'node:path';
import { CodedError } from '@triflow/protocol';
import { Command, InvalidArgumentError } from 'commander';
import { type DevnetDescription, readDevnetFile } from '../devnetFile.js';
import { type DevnetHome, homeIn } from '../home.js';

export const DEFAULT_DIR = '.triflow/devnet';
export const DEFAULT_PORT_BASE = 7_400;

const DURATION = /^(\d{1,9})(ms|s|m)?$/;
const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000 } as const;

/** What every verb understands. */
export interface CommonOptions {
  readonly dir: string;
  readonly json?: boolean;
}

/** A verb with the options that all have. */
export function verb(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--dir <dir>', 'the devnet’s directory', DEFAULT_DIR)
    .option('--json', 'answer as JSON lines');
}

/** The home that `--dir` names. */
export function homeOf({ dir }: CommonOptions): DevnetHome {
  return homeIn(resolve(dir));
}

/** What `devnet.json` says. Throws OBJECT_NOT_FOUND when there is no devnet. */
export async function descriptionIn(home: DevnetHome): Promise<DevnetDescription> {
  const description = await readDevnetFile(home.description);
  if (description !== undefined) return description;
  throw new CodedError('OBJECT_NOT_FOUND', `there is no devnet in ${home.dir}: triflow devnet up`);
}

/** Reads a node's index, `2`, or id, `v3`. */
export function nodeArgument(text: string): number {
  const match = /^(v?)(\d{1,2})$/.exec(text);
  if (match === null) throw new InvalidArgumentError('a node is an index such as 2, or v3');
  return Number(match[2]) - (match[1] === 'v' ? 1 : 0);
}

/** Reads groups of nodes: `0,1/2,3`. */
export function groupsArgument(text: string): number[][] {
  return text.split('/').map((group) => group.split(',').map(nodeArgument));
}

/** Reads a duration in milliseconds: `300ms`, `2s`, `300`. */
export function durationArgument(text: string): number {
  const match = DURATION.exec(text);
  if (match === null) throw new InvalidArgumentError('a duration such as 300ms or 2s');
  const unit = match[2] === 's' || match[2] === 'm' ? match[2] : 'ms';
  return Number(match[1]) * MILLISECONDS[unit];
}

/** Reads a whole number. */
export function countArgument(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number');
}

/** Reads `kept` or `memory`. */
export function storageArgument(text: string): 'kept' | 'memory' {
  if (text === 'kept' || text === 'memory') return text;
  throw new InvalidArgumentError('kept or memory');
}

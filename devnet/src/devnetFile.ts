import { CodedError } from '@triflow/protocol';
import { z } from 'zod';
import { readIfThere } from './textFile.js';

export const DEVNET_FILE_VERSION = 1;

export const nodeStates = ['starting', 'running', 'paused', 'stopped', 'killed', 'failed'] as const;

const nodeSchema = z.object({
  index: z.number().int(),
  nodeId: z.string(),
  role: z.enum(['validator', 'observer']),
  state: z.enum(nodeStates),
  http: z.string(),
  p2p: z.string(),
  ops: z.string(),
  /** Null where the nodes live in one process with their owner. */
  home: z.string().nullable(),
  pid: z.number().int().nullable(),
  log: z.string().nullable(),
});

const partySchema = z.object({
  id: z.string(),
  alias: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  /** `demo:` and the label whose published seed this is; there is no file to keep secret. */
  keystore: z.string(),
});

/** `devnet.json`: all that a program needs to use a devnet. Members are only ever added. */
export const devnetFileSchema = z.object({
  version: z.literal(DEVNET_FILE_VERSION),
  chainId: z.string(),
  genesisHash: z.string(),
  /** Of the process that owns the nodes; null when it is down. */
  pid: z.number().int().nullable(),
  storage: z.enum(['kept', 'memory']),
  nodes: z.array(nodeSchema),
  explorer: z.string().nullable(),
  parties: z.array(partySchema),
  /** The scenario last played here. */
  scenario: z.string().nullable(),
  /** The first transaction of this run that a quorum committed, and how long that took. */
  ready: z.object({ height: z.number().int(), ms: z.number().int() }).nullable(),
});

export type NodeState = (typeof nodeStates)[number];
export type DevnetDescription = z.infer<typeof devnetFileSchema>;

/** Reads `devnet.json`; undefined when there is none. Throws CONFIG_INVALID for another format. */
export async function readDevnetFile(path: string): Promise<DevnetDescription | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    throw new CodedError('CONFIG_INVALID', `${path} is not JSON`, { cause });
  }
  const parsed = devnetFileSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const message = `${path}: ${issue?.path.join('.')} ${issue?.message}`;
  throw new CodedError('CONFIG_INVALID', message);
}

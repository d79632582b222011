import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ScenarioError } from '../scenarioError.js';

const CALL_MS = 60_000;
const HOST = '127.0.0.1';

/** Readings that a simulated device of a devnet sends to the gateway of a party. */
export interface DeviceRun {
  /** Whose gateway takes the readings. */
  readonly gateway: string;
  /** Whose key signs: the device's own party. */
  readonly party: string;
  readonly model: 'truck' | 'tank' | 'ear-tag' | 'cabinet';
  readonly device: string;
  readonly seed: number;
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
  readonly firstSeq: number;
  readonly home?: { readonly x: number; readonly y: number };
  readonly faults?: readonly {
    readonly kind: 'drift' | 'tamper' | 'leave-fence' | 'gap' | 'replay' | 'forged';
    readonly fromStep: number;
    readonly steps: number;
  }[];
}

/** What stands beside the nodes of a devnet: gateways of its parties, and devices that send. */
export interface Field {
  /** HTTP address of the gateway that signs for a party. */
  readonly gateway: (alias: string) => Promise<string>;
  readonly simulate: (run: DeviceRun) => Promise<void>;
}

/** The field of the devnet that runs beside its `devnet.json`: asked of who owns the nodes. */
export function openField(devnetPath: string): Field {
  const lock = join(dirname(devnetPath), 'devnet.lock');
  return {
    gateway: async (party) => String(await ask(lock, { verb: 'gateway', party })),
    simulate: async (simulation) => {
      await ask(lock, { verb: 'simulate', simulation });
    },
  };
}

async function ask(lock: string, request: object): Promise<unknown> {
  const { port, token } = await ownerOf(lock);
  const response = await fetch(`http://${HOST}:${port}/`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(request),
    signal: AbortSignal.timeout(CALL_MS),
  });
  const answer: unknown = await response.json();
  const done = memberOf(answer, 'done');
  if (response.ok && done !== undefined) return done;
  throw new ScenarioError('SCENARIO_WITHOUT_DEVNET', String(memberOf(answer, 'message')));
}

/** Where the owner takes requests: readable for the same user only. */
async function ownerOf(lock: string): Promise<{ readonly port: number; readonly token: string }> {
  let text: string;
  try {
    text = await readFile(lock, 'utf8');
  } catch {
    throw new ScenarioError('SCENARIO_WITHOUT_DEVNET', `${lock} is missing: is the devnet up?`);
  }
  const control = memberOf(JSON.parse(text), 'control');
  const [port, token] = [memberOf(control, 'port'), memberOf(control, 'token')];
  if (typeof port === 'number' && typeof token === 'string') return { port, token };
  throw new ScenarioError('SCENARIO_WITHOUT_DEVNET', 'the devnet takes no requests yet');
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

import { setTimeout as pause } from 'node:timers/promises';
import type { Devnet } from '@triflow/devnet';
import { assert } from '@triflow/protocol';
import { Random } from '../simulation/random.js';
import type { Recorded } from './registerClients.js';

const BETWEEN_MS = 500;
const TIMEOUT_MS = 4_000;

/**
 * A bank's program that reads through the SDK all the while, each answer proved by signatures: its
 * heights never fall, nor do an object's versions. Gives how many reads it made.
 */
export function startVerifyingReader(
  net: Devnet,
  { initial }: Pick<Recorded, 'initial'>,
): { stop(): Promise<number> } {
  const client = net.client('regulator');
  const random = new Random(2);
  const keys = [...initial.keys()];
  const end = new AbortController();
  const run = async (): Promise<number> => {
    let reads = 0;
    let height = 0;
    const versions = new Map<string, number>();
    while (!end.signal.aborted) {
      const key = random.pick(keys);
      const read = await client.parties.get(key, { timeoutMs: TIMEOUT_MS }).catch(() => undefined);
      if (read !== undefined) {
        assert(read.data !== null, `the party ${key} is there`);
        const version = Number(read.data.version);
        assert(read.verified !== undefined, 'verifying reader: proved');
        assert(read.height >= height, `a client's height fell: ${height}, ${read.height}`);
        assert(version >= (versions.get(key) ?? 0), `the version of ${key} fell`);
        height = read.height;
        versions.set(key, version);
        reads += 1;
      }
      await pause(BETWEEN_MS);
    }
    return reads;
  };
  const running = run();
  running.catch(() => undefined);
  return {
    stop: async () => {
      end.abort();
      return running;
    },
  };
}

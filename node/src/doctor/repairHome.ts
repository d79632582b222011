import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@triflow/protocol';
import { lockDataDirectory } from '@triflow/storage';
import type { Finding } from './finding.js';
import { makePrivate } from './keyFindings.js';
import type { Place } from './place.js';

/** Findings whose data cannot be used: all of it is fetched again from the other nodes. */
const REFETCH = ['store_unreadable', 'state_damaged'];
/** The log is from another time than the database: without it the node begins in quarantine. */
const NEW_LOG = ['log_apart'];

export interface Repair {
  readonly what: string;
  /** It puts data aside; nothing is ever deleted. */
  readonly setsAside: boolean;
  readonly run: () => Promise<string>;
}

/**
 * The repairs that `triflow doctor --fix` may do by itself. Each leaves the node without a sign
 * state rather than with a wrong one: it then begins in quarantine and signs only when that is
 * safe (P10, P11). REQUEST_INVALID when no other node could give the data back.
 */
export function repairsFor(findings: readonly Finding[], place: Place): Repair[] {
  const named = findings.map(({ details }) => String(details?.finding ?? ''));
  const repairs: Repair[] = [];
  if (findings.some(({ check, severity }) => check === 'keys' && severity === 'warning')) {
    repairs.push(privateRepair(place));
  }
  if (named.some((code) => REFETCH.includes(code))) {
    const others = (place.genesis?.validators.length ?? 0) > 1;
    if (!others) {
      const text =
        'no other validator holds this chain: triflow backup restore is the only way back';
      throw new CodedError('REQUEST_INVALID', text);
    }
    repairs.push(asideRepair(place, ['db', 'consensus'], 'the next start fetches the chain again'));
  } else if (named.some((code) => NEW_LOG.includes(code))) {
    repairs.push(asideRepair(place, ['consensus'], 'the next start begins in quarantine'));
  }
  return repairs;
}

function privateRepair(place: Place): Repair {
  return {
    what: 'give key files and tokens back to their owner alone',
    setsAside: false,
    run: async () => {
      const changed = await makePrivate(place);
      return changed.length === 0 ? 'nothing was open to others' : `private: ${changed.join(', ')}`;
    },
  };
}

function asideRepair({ data, nowMs }: Place, names: readonly string[], then: string): Repair {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-');
  const aside = join(data, `aside-${stamp}`);
  return {
    what: `put ${names.join(' and ')} of ${data} aside`,
    setsAside: true,
    run: async () => {
      // The lock keeps a node from starting on half of it.
      const lock = await lockDataDirectory(data);
      try {
        await mkdir(aside);
        for (const name of names) {
          if ((await stat(join(data, name)).catch(() => undefined)) === undefined) continue;
          await rename(join(data, name), join(aside, name));
        }
      } finally {
        await lock.release();
      }
      return `${names.join(' and ')} are in ${aside}; ${then}. Never put the old log back`;
    },
  };
}

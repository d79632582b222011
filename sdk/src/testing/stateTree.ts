import {
  type StateProof,
  sha256,
  stateBucketIndex,
  stateKeyHash,
  stateLeafHash,
  stateNodeHash,
} from '@triflow/crypto';
import { compareBytes, concatBytes } from '@triflow/protocol';

/** The state tree written the plain way: all levels, computed anew. */
export interface PlainTree {
  readonly root: Uint8Array;
  readonly prove: (key: string) => StateProof;
}

/** Builds the tree of a whole state by the rules in crypto's README. */
export function buildStateTree(state: ReadonlyMap<string, Uint8Array>, depth: number): PlainTree {
  const buckets = Array.from({ length: 2 ** depth }, () => [] as [Uint8Array, Uint8Array][]);
  for (const [key, value] of state) {
    const keyHash = stateKeyHash(key);
    buckets[stateBucketIndex(keyHash, depth)]?.push([keyHash, sha256(value)]);
  }
  const entries = buckets.map((bucket) => {
    return concatBytes(...bucket.sort((a, b) => compareBytes(a[0], b[0])).flat());
  });
  const levels = [entries.map(stateLeafHash)];
  for (let level = levels[0] ?? []; level.length > 1; level = levels.at(-1) ?? []) {
    const parents: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      parents.push(stateNodeHash(level[i] ?? new Uint8Array(), level[i + 1] ?? new Uint8Array()));
    }
    levels.push(parents);
  }
  const root = levels.at(-1)?.[0] ?? new Uint8Array();
  return {
    root,
    prove: (key) => {
      const index = stateBucketIndex(stateKeyHash(key), depth);
      const siblings = levels.slice(0, depth).map((level, height) => {
        return level[(index >> height) ^ 1] ?? new Uint8Array();
      });
      const value = state.get(key) ?? null;
      return { key, value, entries: entries[index] ?? new Uint8Array(), siblings };
    },
  };
}

import { signal } from '@preact/signals';
import { getJson } from './nodeApi.js';

interface ContractsAnswer {
  readonly data: readonly {
    readonly name: string;
    readonly queries: readonly { readonly name: string }[];
    readonly tables: readonly {
      readonly name: string;
      readonly objects?: string;
      readonly filters: readonly string[];
    }[];
  }[];
}

/** What this chain's contracts offer: new contracts appear here without a change of the page. */
export interface ChainTables {
  /** Filters of each served kind of object, by URL segment. */
  readonly filters: ReadonlyMap<string, readonly string[]>;
  readonly queries: ReadonlySet<string>;
}

export const chainTables = signal<ChainTables | undefined>(undefined);

/** Asks once which kinds of objects, filters and queries there are. */
export async function readChainTables(): Promise<ChainTables> {
  if (chainTables.value !== undefined) return chainTables.value;
  const { data } = await getJson<ContractsAnswer>('/v1/contracts');
  const filters = new Map<string, readonly string[]>();
  for (const { name, tables } of data) {
    for (const table of tables) {
      const segment =
        name === 'party-registry' && table.name === 'party' ? 'parties' : table.objects;
      if (segment !== undefined) filters.set(segment, table.filters);
    }
  }
  const queries = new Set(data.flatMap((one) => one.queries.map((query) => query.name)));
  const tables = { filters, queries };
  chainTables.value = tables;
  return tables;
}

/** Whether a kind of object exists on this chain; true until that is known. */
export function isServed(segment: string): boolean {
  return chainTables.value?.filters.has(segment) ?? true;
}

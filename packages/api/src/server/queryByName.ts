import type { QueryHandler } from '@triflow/protocol';
import type { BackendRegistry } from './backend.js';

/**
 * A query by its name: `<contract>.<query>`, or the bare name of a query that spans contracts
 * (domain section 6). A bare name that just one contract has means that one.
 */
export function queryByName(registry: BackendRegistry, name: string): QueryHandler | undefined {
  const [contract = '', query] = name.split('.');
  if (query !== undefined) return registry.contracts.get(contract)?.queries.get(query);
  const spanning = registry.views?.get(name);
  if (spanning !== undefined) return spanning;
  const found = [...registry.contracts.values()].flatMap((one) => one.queries.get(name) ?? []);
  return found.length === 1 ? found[0] : undefined;
}

/** A query as a function; its parameters were checked by its own schema. */
export function runnable(
  handler: QueryHandler,
): (...args: [Parameters<QueryHandler['run']>[0], unknown]) => ReturnType<QueryHandler['run']> {
  return handler.run as ReturnType<typeof runnable>;
}

import { type Contract, defined, type QueryAnswer } from '@triflow/protocol';
import type { World } from './testkit.js';

/** Asks a contract's query over a world's state, with parameters as the API gives them. */
export function ask(
  world: World,
  contract: Contract,
  name: string,
  params: Readonly<Record<string, unknown>>,
): Promise<QueryAnswer> {
  const query = defined(contract.queries.get(name), `${contract.name} has no query ${name}`);
  const parsed = query.params.parse(params) as never;
  return query.run(world.reader(), parsed);
}

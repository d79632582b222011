import { ScenarioError } from './scenarioError.js';
import type { Stage } from './stage.js';

/** What a spanning query answers: the node's own word, as new as all that the stage has seen. */
export async function askNode(
  stage: Stage,
  alias: string,
  name: string,
  params: Readonly<Record<string, string | number>>,
): Promise<Readonly<Record<string, unknown>>> {
  const { data } = await stage.read(alias, async (client) => {
    const answer = await client.query(name, params);
    return { ...answer, verified: undefined };
  });
  return membersOf(name, data);
}

/** The members of an object in JSON. */
export function membersOf(what: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value));
  }
  throw new ScenarioError('SCENARIO_DIFFERS', `${what} is no object`);
}

/** The elements of a list in JSON, each an object. */
export function listOf(what: string, value: unknown): Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.map((one: unknown) => membersOf(what, one));
  throw new ScenarioError('SCENARIO_DIFFERS', `${what} is no list`);
}

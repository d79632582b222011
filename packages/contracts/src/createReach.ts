import { compareText } from '@triflow/protocol';
import type { Outcome, World } from './testkit.js';

/** Notes which outcomes the tests of a contract reach. */
export interface Reach {
  readonly watch: (world: World) => World;
  /** Status codes of a contract that no watched world has given. */
  readonly missing: (contract: string, statusCodes: Readonly<Record<string, number>>) => string[];
}

/** A fresh note of reached outcomes. */
export function createReach(): Reach {
  const reached = new Set<string>();
  const note = (outcome: Outcome): Outcome => {
    reached.add(`${outcome.contract}/${outcome.code}`);
    return outcome;
  };
  return {
    watch: (world) => ({
      ...world,
      submit: (...args) => note(world.submit(...args)),
      submitAll: (...args) => note(world.submitAll(...args)),
      countersign: (...args) => note(world.countersign(...args)),
      agree: (...args) => note(world.agree(...args)),
    }),
    missing: (contract, statusCodes) =>
      Object.keys(statusCodes)
        .filter((code) => !reached.has(`${contract}/${code}`))
        .sort(compareText),
  };
}

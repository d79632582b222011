import { playDoublePledge } from './doublePledge/playDoublePledge.js';
import { playFuelOil } from './fuelOil/playFuelOil.js';
import { playLivestock } from './livestock/playLivestock.js';
import { playReceivableTiers } from './receivableTiers/playReceivableTiers.js';
import type { ScenarioOptions, ScenarioSummary } from './scenario.js';
import { playVaccine } from './vaccine/playVaccine.js';

type Play = (options: ScenarioOptions) => Promise<ScenarioSummary>;

/** In the order in which all are played: the last one lets days pass on the ledger. */
const scenarios: ReadonlyMap<string, Play> = new Map<string, Play>([
  ['fuel-oil', playFuelOil],
  ['double-pledge', playDoublePledge],
  ['vaccine', playVaccine],
  ['livestock', playLivestock],
  ['receivable-tiers', playReceivableTiers],
]);

/** Names of all scenarios, in the order in which they are played one after the other. */
export const scenarioNames: readonly string[] = [...scenarios.keys()];

/** The scenario of a name; undefined for a name that is none. */
export function playScenario(name: string): Play | undefined {
  return scenarios.get(name);
}

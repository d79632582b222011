export { type Actor, type Cast, openCast } from './cast.js';
export { type DoublePledgeSummary, playDoublePledge } from './doublePledge/playDoublePledge.js';
export { type FuelOilSummary, playFuelOil } from './fuelOil/playFuelOil.js';
export { type LivestockSummary, playLivestock } from './livestock/playLivestock.js';
export {
  playReceivableTiers,
  type ReceivableTiersSummary,
} from './receivableTiers/playReceivableTiers.js';
export type { LineKind, ReportEvent, Reporter } from './reporter.js';
export type { ScenarioOptions, ScenarioSummary } from './scenario.js';
export { playScenario, scenarioNames } from './scenarios.js';
export { playVaccine, type VaccineSummary } from './vaccine/playVaccine.js';

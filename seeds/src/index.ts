export { type Actor, type Cast, openCast } from './cast.js';
export { type FuelOilOptions, type FuelOilSummary, playFuelOil } from './fuelOil/playFuelOil.js';
export type { LineKind, ReportEvent, Reporter } from './reporter.js';

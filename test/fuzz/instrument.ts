import { createInstrumenter } from 'istanbul-lib-instrument';

/** Where the counters of this process stand. */
export const countersName = '__triflowCounters__';

/** A script that counts which of its statements, functions and branches run. */
export function instrumented(source: string, path: string): string {
  const options = { esModules: true, compact: true, coverageVariable: countersName };
  return createInstrumenter(options).instrumentSync(source, path);
}

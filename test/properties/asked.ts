import { z } from 'zod';

const askedSchema = z.object({
  /** So many times the runs that a property test has by itself. */
  times: z.int().positive(),
  /** Added to each test's seed. */
  from: z.int().nonnegative(),
  /** Where each property writes a line with its number of runs. */
  file: z.string(),
});

export type Asked = z.infer<typeof askedSchema>;

const VARIABLE = 'TRIFLOW_PROPERTIES';

/** What other runs are asked for, from the environment. */
export function readAsked(env: NodeJS.ProcessEnv): Asked {
  return askedSchema.parse(JSON.parse(env[VARIABLE] ?? 'null'));
}

/** The same, as the environment of a process. */
export function envOfAsked(asked: Asked): Record<string, string> {
  return { [VARIABLE]: JSON.stringify(asked) };
}

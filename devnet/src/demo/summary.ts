import { z } from 'zod';
import type { ScenarioSummary } from '../scenario.js';

const transactionsSchema = z.object({
  transactions: z.object({
    committed: z.number().int(),
    rejected: z.record(z.string(), z.number().int()),
  }),
});

/** How many of a scenario's transactions took effect and how many were refused. */
export function countTransactions(summary: ScenarioSummary): {
  readonly committed: number;
  readonly rejected: number;
} {
  const parsed = transactionsSchema.safeParse(summary);
  if (!parsed.success) return { committed: 0, rejected: 0 };
  const { committed, rejected } = parsed.data.transactions;
  return { committed, rejected: Object.values(rejected).reduce((sum, count) => sum + count, 0) };
}

/** One scenario's own members stand at the top; of all, each under its name, with their sums. */
export function factsOf(
  scenario: string,
  scenarios: Readonly<Record<string, ScenarioSummary>>,
): ScenarioSummary {
  const [only, ...others] = Object.values(scenarios);
  if (scenario !== 'all' && only !== undefined && others.length === 0) return only;
  const counts = Object.values(scenarios).map(countTransactions);
  const committed = counts.reduce((sum, count) => sum + count.committed, 0);
  const rejected = counts.reduce((sum, count) => sum + count.rejected, 0);
  return { scenario, scenarios, transactions: { committed, rejected } };
}

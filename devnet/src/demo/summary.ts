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

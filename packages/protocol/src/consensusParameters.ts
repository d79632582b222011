import { z } from 'zod';
import { limits } from './limits.js';

const millis = (min: number, max: number) => z.number().int().min(min).max(max);

/** Parameters that every node must share; checked by the code that uses them (consensus 8). */
export const consensusParametersSchema = z
  .strictObject({
    blockIntervalMs: millis(1, 60_000).default(200),
    heartbeatMs: millis(100, 3_600_000).default(30_000),
    proposeBaseMs: millis(10, 60_000).default(3_000),
    proposeDeltaMs: millis(1, 60_000).default(500),
    voteBaseMs: millis(10, 60_000).default(1_000),
    voteDeltaMs: millis(1, 60_000).default(500),
    timeoutCapMs: millis(100, 600_000).default(30_000),
    clockSkewMs: millis(1, 60_000).default(1_000),
    proposalDelayMs: millis(100, 600_000).default(10_000),
    maxBlockBytes: z
      .number()
      .int()
      .min(limits.transactionBytesMax + limits.bodyEnvelopeBytesMax)
      .max(limits.blockBytesCeiling)
      .default(limits.blockBytesMax),
    maxBlockTransactions: z.number().int().min(1).max(limits.blockTransactionsMax).default(2_000),
    evidenceMaxAge: z.number().int().min(1).max(1_000_000).default(10_000),
    transactionWindow: z.number().int().min(8).max(limits.transactionWindowMax).default(512),
    stateTreeDepth: z.number().int().min(4).max(20).default(16),
  })
  .refine((p) => p.heartbeatMs >= p.blockIntervalMs, {
    message: 'must not be below blockIntervalMs',
    path: ['heartbeatMs'],
  })
  .refine((p) => p.timeoutCapMs >= p.proposeBaseMs && p.timeoutCapMs >= p.voteBaseMs, {
    message: 'must not be below proposeBaseMs or voteBaseMs',
    path: ['timeoutCapMs'],
  });

export type ConsensusParameters = z.infer<typeof consensusParametersSchema>;

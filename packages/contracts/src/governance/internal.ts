import { observersTable, type ReadContext, validatorSetsTable } from '@triflow/protocol';
import { features } from './keys.js';

/** Whether a feature counts at the height of a command (G3). */
export function isFeatureActive(context: ReadContext, feature: string): boolean {
  const record = context.get(features, feature);
  return record !== undefined && record.fromHeight <= context.height;
}

/** Whether a party runs this node and the chain admits it: a validator's or an observer's. */
export function runsNode(context: ReadContext, party: string, peerId: string): boolean {
  const { sets } = context.get(validatorSetsTable, 'all') ?? { sets: [] };
  const observers = context.get(observersTable, 'all')?.observers ?? [];
  return [...sets.flatMap((one) => one.validators), ...observers].some((one) => {
    return one.party === party && one.peerId === peerId;
  });
}

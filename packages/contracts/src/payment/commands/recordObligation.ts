import { isStorable, OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { findParty } from '../../party-registry/internal.js';
import { obligations } from '../keys.js';
import { listOpen } from '../obligationChange.js';
import { internalSchemas, type Obligation } from '../schema.js';
import { status } from '../statusCodes.js';

/** Another contract, in its own transaction, states that someone owes. The caller gives the id. */
export const recordObligation = internalCommand({
  callers: ['purchase-order', 'pledge-facility', 'receivable', 'trace'],
  params: internalSchemas.record_obligation,
  verify: (context, params) => {
    if (context.get(obligations, params.id) !== undefined) return status('id_already_exists');
    const { debtor, creditor, amount } = params;
    if (debtor === creditor) return status('parties_must_differ');
    const known = [debtor, creditor].every((party) => findParty(context, party) !== undefined);
    if (!known) return status('reference_not_found');
    if (amount.minor <= 0n) return status('amount_must_be_positive');
    const parts = (params.costsMinor ?? 0n) + (params.interestMinor ?? 0n);
    return parts > amount.minor || !isStorable(parts) ? status('amount_out_of_range') : OK;
  },
  execute: (context, params) => {
    const record: Obligation = {
      ...params,
      costsMinor: params.costsMinor ?? 0n,
      interestMinor: params.interestMinor ?? 0n,
      securedMinor: params.securedMinor ?? 0n,
      burdenBps: params.burdenBps ?? 0,
      payers: [],
      former: params.former ?? [],
      conditions: [...new Set(params.conditions ?? [])].map((kind) => ({ kind, met: false })),
      payments: [],
      flags: [],
      settled: false,
      paidMinor: 0n,
      state: 'OPEN',
      openedAt: context.timeMs,
      version: 1,
    };
    context.put(obligations, [record.id], record);
    listOpen(context, record);
    const { version, debtor, creditor, amount, due, purpose, sourceRef, state } = record;
    const data = { version, debtor, creditor, amount, due, purpose, sourceRef, state };
    context.emit('obligation.opened', record.id, data);
    return OK;
  },
});

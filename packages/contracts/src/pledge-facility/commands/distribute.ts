import {
  isOk,
  limits,
  OK,
  type PartyId,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { firstProblem } from '../../params.js';
import { findProof } from '../../payment/internal.js';
import { inTurn, isStatus } from '../../status.js';
import { distributionOf, type Outcome, sumsByParty } from '../distribution.js';
import { enforcementProblem } from '../enforcement.js';
import { noDebt, owedOn } from '../interest.js';
import { findFacility } from '../internal.js';
import { claims, distributions, facilities, saleParts, sales } from '../keys.js';
import { loadFacility } from '../loadFacility.js';
import { rankingOf } from '../ranking.js';
import { releasableLiens, releaseLiens } from '../releaseLiens.js';
import { findSale } from '../sales.js';
import { commandSchemas, type Enforcement, type Facility, type Sale } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.distribute>;

/**
 * Anyone may have the proved proceeds of a sale shared: costs of the enforcement, then the liens
 * in the order of `rank`, then the pledgor (438). The goods pass to the buyer free of the liens on
 * them. When nothing more will be sold, or nothing is owed any more, the facility closes and what
 * is missing is owed on without security.
 */
export const distribute = command({
  who: 'anyone',
  params: commandSchemas.distribute,
  verify: (context, params) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    return firstProblem(
      () => enforcementProblem(facility),
      () => saleProblem(context, facility, params),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const sale = findSale(context, params.id, params.sale);
    const { enforcement } = facility;
    if (sale === undefined || enforcement === undefined) return status('reference_not_found');
    const outcome = distributionOf(context, facility, sale);
    if (isStatus(outcome)) return outcome;
    if (outcome.lines.length > limits.linesPerDistributionMax) return status('bound_exceeded');
    const taken = takeProceeds(context, facility, sale, params.proof);
    if (!isOk(taken)) return taken;
    saveDistribution(context, sale, outcome, params.proof);
    const delivered = deliver(context, sale);
    if (!isOk(delivered)) return delivered;
    const owed = oweShares(context, facility, outcome);
    if (!isOk(owed)) return owed;
    const counted = { ...enforcement, distributed: enforcement.distributed + 1 };
    return closeOrGoOn(context, { ...facility, debt: outcome.debt, enforcement: counted });
  },
});

function saleProblem(context: ReadContext, facility: Facility, params: Params): Status {
  const sale = findSale(context, facility.id, params.sale);
  if (sale === undefined) return status('reference_not_found');
  const deposited = facility.enforcement?.proceeds === 'deposit';
  return firstProblem(
    () => (sale.state === 'RECORDED' ? OK : status('sale_already_distributed')),
    () => (deposited && context.day <= facility.maturity ? status('debt_not_due') : OK),
    () => proofProblem(context, facility, sale, params.proof),
    () => priorityProblem(context, sale),
  );
}

/** A price that the lender owes itself is set off; any other is proved to have been paid. */
function proofProblem(
  context: ReadContext,
  facility: Facility,
  sale: Sale,
  proof: string | undefined,
): Status {
  if (sale.payer === facility.lender) return OK;
  const accepted = proof !== undefined && findProof(context, proof)?.state === 'ACCEPTED';
  return accepted ? OK : status('payment_not_proved');
}

/** Where the statute gives no order the engine invents none. */
function priorityProblem(context: ReadContext, sale: Sale): Status {
  for (const { asset } of sale.assets) {
    const ranking = rankingOf(context, asset);
    if (isStatus(ranking)) return ranking;
  }
  return OK;
}

function takeProceeds(
  context: WriteContext,
  facility: Facility,
  sale: Sale,
  proof: string | undefined,
): Status {
  if (sale.payer === facility.lender || proof === undefined) return OK;
  return context.call('payment', 'use_proof', {
    id: proof,
    purpose: 'enforcement_proceeds',
    ref: facility.id,
    payer: sale.payer,
    payee: facility.lender,
    amount: { minor: sale.totalMinor, currency: sale.currency },
  });
}

function saveDistribution(
  context: WriteContext,
  sale: Sale,
  outcome: Outcome,
  proof: string | undefined,
): void {
  const parts = saleParts(sale.facility, sale.number);
  const { lines, ruleSet } = outcome;
  const { facility, currency, totalMinor: proceedsMinor, number } = sale;
  const at = context.timeMs;
  const record = {
    facility,
    sale: number,
    currency,
    proceedsMinor,
    lines: [...lines],
    ruleSet,
    at,
  };
  context.put(distributions, parts, record);
  context.put(sales, parts, { ...sale, state: 'DISTRIBUTED', proof });
  for (const claim of outcome.claims) {
    context.put(claims, [facility, claim.holder, claim.debtRef], claim);
  }
  const told = lines.map((line) => ({
    ...line,
    articles: [...line.articles],
    lien: line.lien ?? null,
  }));
  context.emit('proceeds.distributed', facility, {
    sale: number,
    currency,
    proceedsMinor,
    ruleSet,
    lines: told,
  });
}

/** Goods and animals pass to the buyer, free of the liens that the proceeds paid. */
function deliver(context: WriteContext, { assets, buyer: to }: Sale): Status {
  const ids = assets.map((one) => one.asset);
  const animals = ids.filter((id) => id.startsWith('an_'));
  const goods = ids.filter((id) => !id.startsWith('an_'));
  const call = (contract: string, sold: readonly string[]) =>
    context.call(contract, 'deliver_sold', { ids: [...sold], to });
  return inTurn(
    () => (goods.length === 0 ? OK : call('warehouse-receipt', goods)),
    () => (animals.length === 0 ? OK : call('livestock', animals)),
  );
}

/** The lender has the money: it owes the others their lines. */
function oweShares(context: WriteContext, facility: Facility, outcome: Outcome): Status {
  for (const [creditor, minor] of sumsByParty(outcome.lines)) {
    if (creditor === facility.lender) continue;
    const { lender } = facility;
    const debt = { debtor: lender, creditor, minor, purpose: 'enforcement_share' };
    const recorded = oweMoney(context, facility, debt);
    if (!isOk(recorded)) return recorded;
  }
  return OK;
}

function closeOrGoOn(
  context: WriteContext,
  facility: Facility & { enforcement: Enforcement },
): Status {
  const { enforcement, id } = facility;
  const { totalMinor } = owedOn(facility.debt, facility, context.day);
  const open = enforcement.sales > enforcement.distributed;
  const version = facility.version + 1;
  if (open || (totalMinor > 0n && !enforcement.complete)) {
    context.put(facilities, [id], { ...facility, version });
    return OK;
  }
  const liens = releasableLiens(context, facility);
  const state = 'CLOSED';
  const debt = noDebt(context.day);
  const shortfallMinor = totalMinor > 0n ? totalMinor : undefined;
  const closed = { ...facility, items: [], state, debt, shortfallMinor, version } as const;
  context.put(facilities, [id], { ...closed, items: [], marginCall: undefined });
  const released = liens.map((lien) => lien.asset.id);
  context.emit('facility.closed', id, { version, state, released, shortfallMinor: totalMinor });
  const ended = releaseLiens(context, liens);
  if (!isOk(ended) || totalMinor === 0n) return ended;
  const { pledgor, lender } = facility;
  const rest = {
    debtor: pledgor,
    creditor: lender,
    minor: totalMinor,
    purpose: 'pledge_shortfall',
  };
  return oweMoney(context, facility, rest);
}

function oweMoney(
  context: WriteContext,
  facility: Facility,
  debt: { debtor: PartyId; creditor: PartyId; minor: bigint; purpose: string },
): Status {
  const { debtor, creditor, minor, purpose } = debt;
  return context.call('payment', 'record_obligation', {
    id: context.newId('ob'),
    debtor,
    creditor,
    amount: { minor, currency: facility.limit.currency },
    due: context.day,
    purpose,
    sourceRef: facility.id,
  });
}

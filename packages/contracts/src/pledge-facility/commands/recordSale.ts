import { OK } from '@triflow/protocol';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { enforcementProblem } from '../enforcement.js';
import { openingProblem, stateProblem } from '../guards.js';
import { findFacility } from '../internal.js';
import { currentItems } from '../items.js';
import { facilities, saleParts, sales } from '../keys.js';
import { loadFacility } from '../loadFacility.js';
import { marketMinor, saleProblem } from '../sales.js';
import { commandSchemas, type Sale } from '../schema.js';
import { status } from '../statusCodes.js';

/**
 * The lender states what was sold to whom for how much. The goods pass to the buyer when the
 * proceeds are proved and distributed. An agreed price (折价) needs the pledgor's signature.
 */
export const recordSale = countersigned({
  who: ['LENDER'],
  params: commandSchemas.record_sale,
  object: (params) => params.id,
  signers: (context, params) => {
    const { enforcement, pledgor } = loadFacility(context, params.id);
    return enforcement?.method === 'agreed_price' ? [pledgor] : [];
  },
  verify: (context, params, phase) => {
    const facility = findFacility(context, params.id);
    if (facility === undefined) return status('object_not_found');
    const stands = () =>
      firstProblem(
        () => enforcementProblem(facility),
        () => stateProblem(facility.enforcement?.complete === false),
      );
    const asked = {
      opener: facility.lender,
      stands,
      expectedVersion: params.expectedVersion,
      phase,
    };
    return firstProblem(
      () => openingProblem(context, facility, asked),
      () => saleProblem(context, facility, params),
    );
  },
  execute: (context, params) => {
    const facility = loadFacility(context, params.id);
    const { enforcement } = facility;
    if (enforcement === undefined) return status('state_forbids_command');
    const { assets, buyer, costs, marketReference, evidence } = params;
    const number = enforcement.sales + 1;
    const market = marketMinor(context, facility, params);
    const sale: Sale = {
      facility: params.id,
      number,
      method: enforcement.method,
      buyer,
      payer: params.payer ?? buyer,
      assets,
      totalMinor: assets.reduce((sum, one) => sum + one.price.minor, 0n),
      currency: facility.limit.currency,
      costsMinor: costs?.minor ?? 0n,
      marketReference,
      marketMinor: market,
      evidence,
      recordedAt: context.timeMs,
      state: 'RECORDED',
    };
    context.put(sales, saleParts(params.id, number), sale);
    const sold = new Set(assets.map((one) => one.asset));
    const items = currentItems(context, facility).filter((item) => !sold.has(item.asset));
    const complete = params.complete || items.length === 0;
    const version = facility.version + 1;
    const counted = { ...enforcement, sales: number, complete };
    context.put(facilities, [params.id], { ...facility, items, enforcement: counted, version });
    const { totalMinor, costsMinor, currency, method } = sale;
    const facts = { version, sale: number, method, buyer, currency, totalMinor, costsMinor };
    const sums = assets.map(({ asset, price }) => ({ asset, minor: price.minor }));
    context.emit('sale.recorded', params.id, {
      ...facts,
      marketMinor: market ?? null,
      assets: sums,
      complete,
    });
    return OK;
  },
});

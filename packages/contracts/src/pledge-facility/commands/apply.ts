import { isOk, limits, OK, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { duplicateProblem, itemTermsProblem, roleProblem } from '../guards.js';
import { noDebt } from '../interest.js';
import { findFacility } from '../internal.js';
import { itemRoomProblem } from '../items.js';
import { facilities } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.apply>;

/** A pledgor asks for a facility on stated terms; the lender's signature approves it. */
export const apply = countersigned({
  who: 'anyone',
  params: commandSchemas.apply,
  object: (params) => params.id,
  signers: (_context, params) => [params.lender],
  verify: (context, params, phase) =>
    firstProblem(
      () => (findFacility(context, params.id) === undefined ? OK : status('id_already_exists')),
      () => roleProblem(context, params.lender, 'LENDER'),
      () => differProblem(context, params, phase),
      () => limitProblem(params),
      () => linesProblem(params),
      () => floorsProblem(params),
      () => (params.titlePassesOnDefault ? status('forfeiture_clause_forbidden') : OK),
      () => (params.maturity >= context.day ? OK : status('deadline_has_passed')),
      () => itemsProblem(context, params),
    ),
  execute: (context, params, pledgor) => {
    const { titlePassesOnDefault: _none, ...terms } = params;
    const { id, lender, limit } = terms;
    const items = terms.items.map((item) => ({ ...item }));
    context.put(facilities, [id], {
      ...terms,
      pledgor,
      items,
      debt: noDebt(context.day),
      state: 'APPROVED',
      createdAt: context.timeMs,
      version: 1,
    });
    const facts = { version: 1, state: 'APPROVED', lender, pledgor, limit };
    context.emit('facility.approved', id, facts);
    return OK;
  },
});

function differProblem(context: ReadContext, params: Params, phase: 'open' | 'final'): Status {
  const same = phase === 'open' && params.lender === context.sender;
  return same ? status('parties_must_differ') : OK;
}

function limitProblem({ limit, floorValueMinor }: Params): Status {
  if (limit.minor <= 0n) return status('amount_must_be_positive');
  const max = BigInt(limits.facilityLimitMinorMax);
  const fits = limit.minor <= max && (floorValueMinor ?? 0n) <= max;
  return fits ? OK : status('amount_out_of_range');
}

/** initialLtv <= warning <= marginCall <= disposal, and a cure ends the call that it cures. */
function linesProblem(params: Params): Status {
  const { initialLtvBps, warningBps, marginCallBps, disposalBps, cureToBps } = params;
  const ordered =
    initialLtvBps <= warningBps && warningBps <= marginCallBps && marginCallBps <= disposalBps;
  return ordered && cureToBps <= marginCallBps ? OK : status('ltv_lines_out_of_order');
}

/** Goods of a floating pledge come and go above an agreed floor (最低控货价值 or a quantity). */
function floorsProblem({ kind, floorValueMinor, floorQuantity }: Params): Status {
  const stated = floorValueMinor !== undefined || floorQuantity !== undefined;
  return kind === 'static' || stated ? OK : status('floor_missing');
}

function itemsProblem(context: ReadContext, params: Params): Status {
  const duplicate = duplicateProblem(params.items.map((item) => item.asset));
  if (!isOk(duplicate)) return duplicate;
  const room = itemRoomProblem(params.items);
  if (!isOk(room)) return room;
  for (const item of params.items) {
    const problem = itemTermsProblem(context, item, params.limit.currency);
    if (!isOk(problem)) return problem;
  }
  return OK;
}

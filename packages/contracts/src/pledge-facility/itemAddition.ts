import {
  defined,
  OK,
  type PartyId,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { firstProblem } from '../params.js';
import { duplicateProblem, itemTermsProblem, pledgedProblem, stateProblem } from './guards.js';
import { currentItems, itemRoomProblem, withBasePrice } from './items.js';
import { loadFacility } from './loadFacility.js';
import { saveRevalued } from './revaluation.js';
import type { Facility, ItemTerms } from './schema.js';
import { status } from './statusCodes.js';

interface Params {
  readonly id: string;
  readonly item: ItemTerms;
}

/** Who signs after the pledgor: the supervisor, who verifies the goods, and the lender. */
export function additionSigners(context: ReadContext, params: Params): readonly PartyId[] {
  const { supervisor, lender } = loadFacility(context, params.id);
  return [defined(supervisor, 'pledge-facility: live without a supervisor'), lender];
}

/** The guards of `add_item` and `cure_goods`: a new item, already pledged to the facility. */
export function additionProblem(
  context: ReadContext,
  facility: Facility | undefined,
  params: Params,
  step: {
    readonly phase: 'open' | 'final';
    readonly takesItems: boolean;
    readonly more?: () => Status;
  },
): Status {
  if (facility === undefined) return status('object_not_found');
  const bySender = step.phase === 'final' || facility.pledgor === context.sender;
  return firstProblem(
    () => (bySender ? OK : status('signer_not_party_to_object')),
    () => stateProblem(step.takesItems),
    () => step.more?.() ?? OK,
    () => newItemProblem(context, facility, params.item),
  );
}

/** Why an item may not join a facility's: terms, room, and a lien that secures this debt (F4). */
export function newItemProblem(context: ReadContext, facility: Facility, item: ItemTerms): Status {
  const items = currentItems(context, facility);
  return firstProblem(
    () => itemTermsProblem(context, item, facility.limit.currency),
    () => duplicateProblem([...items.map((one) => one.asset), item.asset]),
    () => itemRoomProblem([...items, item]),
    () => pledgedProblem(context, facility, item),
  );
}

/** Adds an item as verified now and values the facility anew. */
export function addVerifiedItem(context: WriteContext, params: Params): Status {
  const facility = loadFacility(context, params.id);
  const verifiedAt = context.timeMs;
  const items = [...facility.items, withBasePrice(context, { ...params.item, verifiedAt })];
  const facts = { asset: params.item.asset, feed: params.item.feed, verifiedAt };
  const act = { event: 'facility.item_added', facts, changesTerms: true } as const;
  return saveRevalued(context, { ...facility, items }, act);
}

import { OK, type ReadContext, type Status, textFromTxId } from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { isFrozenAt } from '../../frozen.js';
import { findEvent } from '../internal.js';
import { sequenceParts, unitCodes, unitSteps, units } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { availableOf, countMove, isCounted, lotProblem, lotToChange } from '../tracedLot.js';
import { canonicalCode } from '../unitCode.js';
import { findTracedLot } from '../unitRecords.js';
import type { TracedLot, Unit } from '../unitSchema.js';

const CODE_DOMAIN = 'triflow/unit-code/1';
const COMMISSIONING = 'https://ref.gs1.org/cbv/BizStep-commissioning';

type Params = z.infer<typeof commandSchemas.commission>;

/** The maker puts serials on units of a lot, up to 256 in a command: the ADD of T3. */
export const commission = command({
  who: 'anyone',
  params: commandSchemas.commission,
  verify: (context, params) => {
    const lot = findTracedLot(context, params.lot);
    if (lot === undefined) return status('object_not_found');
    if (lot.maker !== context.sender) return status('signer_not_party_to_object');
    if (isFrozenAt(lot, context.timeMs)) return status('object_is_frozen');
    return (
      lotStateProblem(context, lot, params) ??
      serialProblem(context, params) ??
      eventProblem(context, params) ??
      OK
    );
  },
  execute: (context, params) => {
    const { maker, id: lot, kind } = lotToChange(context, params.lot);
    const { level, event } = params;
    const packs = level === 1 ? 1 : 0;
    const evidence = event === undefined ? {} : { event };
    for (const { id, code } of params.units) {
      const canonical = canonicalCode(code) ?? code;
      const standing = { state: 'COMMISSIONED' as const, custodian: maker, since: context.timeMs };
      const unit: Unit = {
        id,
        lot,
        maker,
        level,
        code: canonical,
        top: kind === 'vaccine' ? { ...standing, principal: maker } : standing,
        children: 0,
        units: 1,
        packs,
        joinedTo: [],
        steps: 1,
        commissionedAt: context.timeMs,
        ...evidence,
        version: 1,
      };
      context.put(units, [id], unit);
      context.put(unitCodes, [context.digest(CODE_DOMAIN, canonical)], { unit: id });
      context.put(unitSteps, sequenceParts(id, 1), {
        unit: id,
        lot,
        kind: 'commission',
        state: 'COMMISSIONED',
        custodian: maker,
        events: event === undefined ? [] : [event],
        units: 1,
        packs,
        tx: textFromTxId(context.txId),
        at: context.timeMs,
      });
    }
    const count = params.units.length;
    countMove(context, lot, {
      to: { state: 'COMMISSIONED', custodian: maker },
      units: count,
      packs: packs * count,
    });
    const ids = params.units.map((unit) => unit.id);
    context.emit('unit.commissioned', lot, { version: 1, level, units: ids, custodian: maker });
    return OK;
  },
});

/** After its release a lot gets no more packs, only what they are packed in. */
function lotStateProblem(
  context: ReadContext,
  lot: TracedLot,
  { level, units: list }: Params,
): Status | undefined {
  const { state } = lot.release;
  if (state === 'REFUSED') return status('lot_release_refused');
  if (level === 1 && state === 'RELEASED') return status('state_forbids_command');
  const problem = lotProblem(context, lot);
  if (problem !== undefined) return problem;
  const exceeds = level === 1 && isCounted(lot) && BigInt(list.length) > availableOf(context, lot);
  return exceeds ? status('lot_quantity_exceeded') : undefined;
}

/** A unit, and a code, is commissioned once for ever. */
function serialProblem(context: ReadContext, params: Params): Status | undefined {
  const seen = new Set<string>();
  for (const { id, code } of params.units) {
    const canonical = canonicalCode(code);
    if (canonical === undefined) return status('unit_code_is_invalid');
    const known =
      seen.has(id) ||
      seen.has(canonical) ||
      context.get(units, id) !== undefined ||
      context.get(unitCodes, context.digest(CODE_DOMAIN, canonical)) !== undefined;
    if (known) return status('unit_already_commissioned');
    seen.add(id).add(canonical);
  }
  return undefined;
}

/** The event named is a commissioning ADD of these very serials. */
function eventProblem(context: ReadContext, params: Params): Status | undefined {
  if (params.event === undefined) return undefined;
  const event = findEvent(context, params.event);
  if (event === undefined) return status('reference_not_found');
  const adds = event.action === 'ADD' && event.bizStep === COMMISSIONING;
  const listed = params.units.every(({ code }) =>
    isListed(event.epcs, canonicalCode(code) ?? code),
  );
  return adds && listed ? undefined : status('event_does_not_fit');
}

/** A national code stands in an event as the end of a URI. */
function isListed(epcs: readonly string[], code: string): boolean {
  return epcs.some((epc) => epc === code || epc.endsWith(`:${code}`) || epc.endsWith(`/${code}`));
}

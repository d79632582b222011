import {
  limits,
  OK,
  type Quantity,
  type ReadContext,
  type Status,
  textFromTxId,
  type WriteContext,
} from '@triflow/protocol';
import type { z } from 'zod';
import { command } from '../../defineContract.js';
import { isFrozenAt } from '../../frozen.js';
import { valueAtScale } from '../../quantityAtScale.js';
import { findEvent } from '../internal.js';
import { tracedLots, transformations } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { availableOf, lotProblem, lotToChange } from '../tracedLot.js';
import { findTracedLot } from '../unitRecords.js';
import type { TracedLot } from '../unitSchema.js';

const TRANSFORMATION_DOMAIN = 'triflow/transformation/1';
const SCALE_MAX = 9;

type Params = z.infer<typeof commandSchemas.transform>;
type Part = Params['inputs'][number];

/** The maker of all lots makes lots out of others: inputs are used up, outputs come into being. */
export const transform = command({
  who: 'anyone',
  params: commandSchemas.transform,
  verify: (context, { inputs, outputs, event }) => {
    const parts = [...inputs, ...outputs];
    for (const { lot } of parts) {
      const found = findTracedLot(context, lot);
      if (found === undefined) return status('object_not_found');
      if (found.maker !== context.sender) return status('signer_not_party_to_object');
      if (isFrozenAt(found, context.timeMs)) return status('object_is_frozen');
    }
    if (new Set(parts.map((part) => part.lot)).size !== parts.length) {
      return status('lot_is_its_own_origin');
    }
    if (event !== undefined && findEvent(context, event) === undefined) {
      return status('reference_not_found');
    }
    return (
      inputsProblem(context, inputs) ??
      outputsProblem(context, inputs, outputs) ??
      balanceProblem(inputs, outputs) ??
      OK
    );
  },
  execute: (context, { inputs, outputs, event }) => {
    const sources = inputs.map((part) => useUp(context, part));
    const origins = originsOf(sources);
    for (const part of outputs) comeIntoBeing(context, part, origins);
    const { txId, commandIndex, sender: by, timeMs: at } = context;
    const id = context.digest(TRANSFORMATION_DOMAIN, [textFromTxId(txId), commandIndex]);
    const evidence = event === undefined ? {} : { event };
    context.put(transformations, [id], { id, by, inputs, outputs, ...evidence, at });
    context.emit('goods.transformed', id, { version: 1, by, inputs, outputs, event });
    return OK;
  },
});

function inputsProblem(context: ReadContext, inputs: readonly Part[]): Status | undefined {
  for (const { lot, quantity } of inputs) {
    const found = lotToChange(context, lot);
    const problem = lotProblem(context, found);
    if (problem !== undefined) return problem;
    const value = valueAtScale(found.made, quantity);
    if (typeof value !== 'bigint') return value;
    if (value > availableOf(context, found)) return status('lot_quantity_exceeded');
  }
  return undefined;
}

/** A lot that is released, or serialised already, is not filled up any more; no origin circle. */
function outputsProblem(
  context: ReadContext,
  inputs: readonly Part[],
  outputs: readonly Part[],
): Status | undefined {
  const origins = originsOf(inputs.map((part) => lotToChange(context, part.lot)));
  for (const { lot, quantity } of outputs) {
    const found = lotToChange(context, lot);
    const value = valueAtScale(found.made, quantity);
    if (typeof value !== 'bigint') return value;
    const open = found.release.state === 'AWAITED' || found.release.state === 'NOT_NEEDED';
    if (!open || found.used > 0n) return status('state_forbids_command');
    const all = new Set([...found.ancestors, ...origins]);
    if (all.size > limits.lotAncestorsMax) return status('bound_exceeded');
  }
  return undefined;
}

/** L1: where all parts are measured alike, no more comes out than went in. */
function balanceProblem(inputs: readonly Part[], outputs: readonly Part[]): Status | undefined {
  const parts = [...inputs, ...outputs];
  if (new Set(parts.map((part) => part.quantity.unit)).size !== 1) return undefined;
  return sumOf(outputs) > sumOf(inputs) ? status('outputs_exceed_inputs') : undefined;
}

function sumOf(parts: readonly Part[]): bigint {
  return parts.reduce((sum, { quantity }) => sum + atFinestScale(quantity), 0n);
}

function atFinestScale({ value, scale }: Quantity): bigint {
  return value * 10n ** BigInt(SCALE_MAX - scale);
}

/** The lots that something came from, and theirs, each once, nearest first. */
function originsOf(sources: readonly TracedLot[]): string[] {
  const near = sources.map((lot) => lot.id);
  return [...new Set([...near, ...sources.flatMap((lot) => lot.ancestors)])];
}

function useUp(context: WriteContext, { lot, quantity }: Part): TracedLot {
  const before = lotToChange(context, lot);
  const value = valueAtScale(before.made, quantity);
  const used = before.used + (typeof value === 'bigint' ? value : 0n);
  const after = { ...before, used, version: before.version + 1 };
  context.put(tracedLots, [lot], after);
  return after;
}

function comeIntoBeing(context: WriteContext, part: Part, origins: readonly string[]): void {
  const before = lotToChange(context, part.lot);
  const value = valueAtScale(before.made, part.quantity);
  const made = {
    ...before.made,
    value: before.made.value + (typeof value === 'bigint' ? value : 0n),
  };
  const ancestors = [...new Set([...before.ancestors, ...origins])];
  context.put(tracedLots, [part.lot], { ...before, made, ancestors, version: before.version + 1 });
}

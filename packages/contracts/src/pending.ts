import {
  type CborMap,
  type CborValue,
  type CommandHandler,
  commonStatus,
  decodeCanonical,
  defined,
  encodeCanonical,
  isCborMap,
  isOk,
  limits,
  OK,
  type PartyId,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem, readParams } from './params.js';
import { signerProblem } from './party-registry/internal.js';
import { countersignParams, type PendingRecord, type PendingTables } from './pendingSchema.js';
import type { Signer } from './signer.js';

export { countersignParams, type PendingRecord, pendingTable } from './pendingSchema.js';

/**
 * A command that several parties sign, one transaction each (domain R9): the opener with the
 * command itself, the others with `countersign`. Guards hold at opening and again at the last
 * signature, which takes effect. With `hold` the object stands in its `*_PENDING` state between
 * them; without, it is an offer that blocks nothing.
 */
export interface CountersignedCommand<P> {
  readonly kind: 'countersigned';
  readonly who: Signer;
  readonly params: z.ZodType<P>;
  /** The object that the pending command belongs to; the `id` of countersign. */
  readonly object: (params: P) => string;
  /** Who signs after the opener, in order. Called when the guards hold. */
  readonly signers: (context: ReadContext, params: P) => readonly PartyId[];
  /** What is asked of each who signs, at each signature, beyond the role and the turn. */
  readonly signature?: (context: ReadContext, params: P) => Status;
  /** Guards; `phase` tells opening from the last signature (no version guard there). */
  readonly verify: (context: ReadContext, params: P, phase: 'open' | 'final') => Status;
  readonly hold?: {
    readonly open: (context: WriteContext, params: P, pendingId: string) => void;
    /** Puts the former state back: before the effect, on reject and on expiry. */
    readonly restore: (context: WriteContext, params: P) => void;
  };
  readonly execute: (context: WriteContext, params: P, opener: PartyId) => Status;
}

/** A command that the opener signs first and the named parties after. */
export function countersigned<P>(
  spec: Omit<CountersignedCommand<P>, 'kind'>,
): CountersignedCommand<never> {
  return { kind: 'countersigned', ...spec } as unknown as CountersignedCommand<never>;
}

/** The opening commands and `countersign`, `reject`, `expire_pending` of a contract. */
export function pendingCommands(
  tables: PendingTables,
  specs: ReadonlyMap<string, CountersignedCommand<never>>,
): Map<string, CommandHandler> {
  const handlers = new Map<string, CommandHandler>();
  for (const [verb, spec] of specs) handlers.set(verb, opening(tables, verb, spec));
  handlers.set('countersign', (context, raw) => countersign(context, raw, tables, specs));
  handlers.set('reject', (context, raw) => close(context, raw, tables, specs, 'reject'));
  handlers.set('expire_pending', (context, raw) => close(context, raw, tables, specs, 'expire'));
  return handlers;
}

function opening(
  tables: PendingTables,
  verb: string,
  spec: CountersignedCommand<never>,
): CommandHandler {
  return (context, raw) => {
    const signer = signerProblem(context, context.sender, spec.who);
    if (signer !== undefined) return signer;
    const params = readParams(spec.params, raw);
    if (params === undefined) return commonStatus('params_are_invalid');
    const status = firstProblem(
      () => spec.verify(context, params, 'open'),
      () => spec.signature?.(context, params) ?? OK,
    );
    if (!isOk(status)) return status;
    const remaining = [...spec.signers(context, params)];
    if (remaining.length === 0) return spec.execute(context, params, context.sender);
    const id = spec.object(params);
    const opened = (context.get(tables.counter, id)?.opened ?? 0) + 1;
    context.put(tables.counter, [id], { opened });
    const pendingId = `${verb.replaceAll('_', '-')}-${opened}`;
    spec.hold?.open(context, params, pendingId);
    const record: PendingRecord = {
      id,
      pendingId,
      command: verb,
      params: encodeCanonical(raw),
      opener: context.sender,
      signed: [context.sender],
      remaining,
      openedAt: context.timeMs,
      pendingUntil: context.timeMs + limits.pendingMs,
    };
    context.put(tables.pending, [id, pendingId], record);
    emit(context, 'pending.opened', record);
    return OK;
  };
}

function countersign(
  context: WriteContext,
  raw: CborMap,
  tables: PendingTables,
  specs: ReadonlyMap<string, CountersignedCommand<never>>,
): Status {
  const signer = signerProblem(context, context.sender, 'anyone');
  if (signer !== undefined) return signer;
  const found = findPending(context, raw, tables);
  if ('number' in found) return found;
  const [next, ...remaining] = found.remaining;
  if (!found.remaining.includes(context.sender)) return commonStatus('signer_not_party_to_object');
  if (next !== context.sender) return commonStatus('not_your_turn_to_sign');
  if (context.timeMs > found.pendingUntil) return commonStatus('deadline_has_passed');
  const { spec, params } = openedCommand(found, specs);
  const signature = spec.signature?.(context, params) ?? OK;
  if (!isOk(signature)) return signature;
  const signed = { ...found, signed: [...found.signed, context.sender], remaining };
  if (remaining.length > 0) {
    context.put(tables.pending, [found.id, found.pendingId], signed);
    emit(context, 'pending.signed', signed);
    return OK;
  }
  context.remove(tables.pending, found.id, found.pendingId);
  spec.hold?.restore(context, params);
  const status = spec.verify(context, params, 'final');
  if (!isOk(status)) return status;
  emit(context, 'pending.completed', signed);
  return spec.execute(context, params, found.opener);
}

function close(
  context: WriteContext,
  raw: CborMap,
  tables: PendingTables,
  specs: ReadonlyMap<string, CountersignedCommand<never>>,
  how: 'reject' | 'expire',
): Status {
  const signer = signerProblem(context, context.sender, 'anyone');
  if (signer !== undefined) return signer;
  const found = findPending(context, raw, tables);
  if ('number' in found) return found;
  const involved = found.opener === context.sender || found.remaining.includes(context.sender);
  if (how === 'reject' && !involved) return commonStatus('signer_not_party_to_object');
  if (how === 'expire' && context.timeMs <= found.pendingUntil) {
    return commonStatus('deadline_not_reached');
  }
  const { spec, params } = openedCommand(found, specs);
  context.remove(tables.pending, found.id, found.pendingId);
  spec.hold?.restore(context, params);
  emit(context, how === 'reject' ? 'pending.rejected' : 'pending.expired', found);
  return OK;
}

function findPending(
  context: ReadContext,
  raw: CborMap,
  tables: PendingTables,
): PendingRecord | Status {
  const params = readParams(countersignParams, raw);
  if (params === undefined) return commonStatus('params_are_invalid');
  const found = context.get(tables.pending, params.id, params.pendingId);
  return found ?? commonStatus('pending_not_found');
}

function openedCommand(
  record: PendingRecord,
  specs: ReadonlyMap<string, CountersignedCommand<never>>,
): { spec: CountersignedCommand<never>; params: never } {
  const spec = defined(specs.get(record.command), `pending: no command ${record.command}`);
  const decoded = decodeCanonical(record.params);
  const raw: CborValue = decoded.ok ? decoded.value : null;
  const schema = spec.params as z.ZodType;
  const params: unknown = isCborMap(raw) ? readParams(schema, raw) : undefined;
  return { spec, params: defined(params, 'pending: stored parameters do not fit') as never };
}

function emit(context: WriteContext, type: string, record: PendingRecord): void {
  context.emit(type, record.id, {
    pendingId: record.pendingId,
    command: record.command,
    opener: record.opener,
    next: record.remaining[0] ?? null,
    pendingUntil: record.pendingUntil,
  });
}

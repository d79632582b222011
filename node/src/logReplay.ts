import {
  type ConsensusState,
  decodeInput,
  decodeSlot,
  type Effect,
  type LoggedInput,
  type StartHeight,
  slotName,
  transition,
  type UsedSlot,
} from '@triflow/consensus';
import { CodedError, type Hash } from '@triflow/protocol';
import { namedBody } from './driverRules.js';
import { decodeEnd, type EndRecord, logRecordTypes } from './logRecords.js';
import type { LogEntry } from './ports.js';

/** What a log gives back: the state it leads to and what was still to be done. */
export interface Replayed {
  readonly state: ConsensusState | null;
  readonly slots: readonly UsedSlot[];
  readonly end: EndRecord | null;
  /** Effects without a recorded answer: signatures, judgements, builds, a decision. */
  readonly open: readonly Effect[];
  /** Values whose bodies must be durable here (P6). */
  readonly bodies: ReadonlySet<Hash>;
  /** Timers of the current round, armed after replay. */
  readonly timers: readonly Extract<Effect, { kind: 'schedule' }>[];
}

/**
 * Replays a height's log: the ordinary path without appending or sending (P12). `begin` completes
 * a logged startHeight from the committed state.
 */
export function replayLog(
  records: readonly LogEntry[],
  begin: (logged: Extract<LoggedInput, { kind: 'startHeight' }>) => StartHeight,
): Replayed {
  let state: ConsensusState | null = null;
  let end: EndRecord | null = null;
  const slots = new Map<string, UsedSlot>();
  const open = new Map<string, Effect>();
  const timers = new Map<string, Extract<Effect, { kind: 'schedule' }>>();
  let bodies = new Set<Hash>();
  for (const { type, payload } of records) {
    if (type === logRecordTypes.end) {
      end = read(decodeEnd(payload));
    } else if (type === logRecordTypes.slot) {
      const slot = read(decodeSlot(payload));
      slots.set(slotName(slot.type, slot.round), { slot });
    } else if (type !== logRecordTypes.quarantine) {
      const logged = read(decodeInput(payload));
      const input = logged.kind === 'startHeight' ? begin(logged) : logged;
      answer(open, logged);
      if (logged.kind === 'signed') {
        const { slot, signature } = logged;
        slots.set(slotName(slot.type, slot.round), { slot, signature });
      }
      const named = namedBody(input);
      if (named !== undefined) bodies.add(named);
      const result = transition(state, input);
      state = result.state;
      for (const effect of result.effects) {
        remember(open, timers, effect);
        if (effect.kind === 'keepBodies') {
          bodies = new Set(effect.valueIds.filter((valueId) => bodies.has(valueId)));
        }
      }
    }
  }
  const live = [...timers.values()].filter(({ timer }) => isLive(state, timer));
  if (end !== null) bodies = new Set([end.valueId]);
  return { state, slots: [...slots.values()], end, open: [...open.values()], bodies, timers: live };
}

function remember(
  open: Map<string, Effect>,
  timers: Map<string, Extract<Effect, { kind: 'schedule' }>>,
  effect: Effect,
): void {
  if (effect.kind === 'sign') open.set(slotName(effect.slot.type, effect.slot.round), effect);
  if (effect.kind === 'judge') open.set(`judge/${effect.valueId}`, effect);
  if (effect.kind === 'buildBlock') open.set(`build/${effect.round}`, effect);
  if (effect.kind === 'decide') open.set('decide', effect);
  if (effect.kind === 'schedule') timers.set(effect.timer.name, effect);
}

function answer(open: Map<string, Effect>, input: LoggedInput): void {
  if (input.kind === 'signed') open.delete(slotName(input.slot.type, input.slot.round));
  if (input.kind === 'verdict') open.delete(`judge/${input.valueId}`);
  if (input.kind === 'blockBuilt' || input.kind === 'nothingToBuild') {
    open.delete(`build/${input.round}`);
  }
}

function isLive(state: ConsensusState | null, timer: { name: string; round: number }): boolean {
  if (state === null || state.step === 'decided') return false;
  return timer.round === -1 || timer.round === state.round;
}

function read<T>(result: { ok: true; value: T } | { ok: false; fault: { message: string } }): T {
  if (result.ok) return result.value;
  throw new CodedError('STORE_CORRUPT', `consensus log: ${result.fault.message}`);
}

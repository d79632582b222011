import { validatorIndex } from '@triflow/protocol';
import type { Effect } from './effect.js';
import type { Quarantine, StartHeight } from './input.js';
import { listeningAt, quarantineAt } from './quarantine.js';
import type { Draft } from './state.js';
import { createVoteKeeper } from './voteKeeper.js';

/**
 * Section 6: builds the state of a height from nothing but its input. Leads here: the decision
 * of the height before, or the start of the process. Sets the timers of R-T2 and R-T4.
 */
export function onStartHeight(input: StartHeight, effects: Effect[]): Draft {
  const { height, set, parentTimeMs, params, at } = input;
  const selfIndex = input.self === null ? null : (validatorIndex(set, input.self) ?? null);
  const timer = (name: 'newHeight' | 'heartbeat' | 'rebroadcast', delayMs: number): void => {
    effects.push({ kind: 'schedule', timer: { name, height, round: -1 }, delayMs });
  };
  timer('newHeight', Math.max(0, parentTimeMs + params.blockIntervalMs - at));
  timer('heartbeat', Math.max(0, parentTimeMs + params.heartbeatMs - at));
  timer('rebroadcast', input.local.rebroadcastMs);
  const quarantine = quarantineAt(input);
  return {
    base: input,
    selfIndex,
    mode: startMode(input, selfIndex, quarantine),
    round: -1,
    step: 'unstarted',
    locked: null,
    valid: null,
    offered: null,
    flags: { r34: false, r36: false, r47: false },
    votes: createVoteKeeper(height, set.length),
    proposals: new Map(),
    judging: new Set(),
    verdicts: new Map(),
    slots: new Map(),
    entry: null,
    pacing: {
      newHeightElapsed: false,
      workSeen: false,
      heartbeatDue: false,
      idleBuild: false,
    },
    decision: null,
    heads: new Map(input.heads),
    statusFrom: new Set(),
    confirmed: input.confirmed,
    behindSince: null,
    catchingUp: input.catchingUp,
    quarantine,
    listening: listeningAt(quarantine, input.confirmed),
    forgotten: null,
    mark: '',
    asked: new Map(),
    kept: '',
  };
}

/** R-S4: roles change only here; nobody votes before being confirmed and in step (R-Y1). */
function startMode(
  input: StartHeight,
  selfIndex: number | null,
  quarantine: Quarantine | null,
): Draft['mode'] {
  if (input.mode === 'halted') return 'halted';
  if (selfIndex === null) return 'following';
  if (quarantine !== null && quarantine.vouched === null) return 'quarantined';
  return input.confirmed && !input.catchingUp ? 'voting' : 'following';
}

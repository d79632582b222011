import {
  type ConsensusState,
  type Effect,
  type Input,
  type SignSlot,
  type Timer,
  transition,
} from '@triflow/consensus';
import {
  assert,
  consensusParametersSchema,
  type Hash,
  type PartyId,
  type ValidatorId,
  type WireMessage,
} from '@triflow/protocol';
import { type Act, type Departure, hear, type Opinion, openOpinion } from './literalMachine.js';

export const HEIGHT = 4;
export const NOW = 1_000_000;
const SIGNATURE = new Uint8Array(64);

/** One validator's core beside the second opinion on it. Values are replaced, never changed. */
export interface CoreNode {
  readonly index: number;
  readonly core: ConsensusState;
  /** Null where the second opinion is not asked. */
  readonly opinion: Opinion | null;
  /** Timers that run: `name/round`. */
  readonly timers: ReadonlyMap<string, { readonly timer: Timer; readonly delayMs: number }>;
  /** Own signatures, by slot: what the log would hold. */
  readonly signed: ReadonlyMap<string, string>;
}

/** What a node asks of its surroundings. */
export type Request = Extract<
  Effect,
  { kind: 'judge' } | { kind: 'buildBlock' } | { kind: 'askProposal' }
>;

export interface Outcome {
  readonly node: CoreNode;
  readonly sent: readonly WireMessage[];
  readonly requests: readonly Request[];
  /** Seats that this node holds proof against. */
  readonly accused: readonly string[];
  readonly failures: readonly string[];
}

/** A validator at the start of a height, voting. */
export function openNode(index: number, n: number, compares = true): Outcome {
  const start = startHeight(index, n);
  const { state, effects } = transition(null, start);
  const opinion = compares ? openOpinion(start) : null;
  const node = { index, core: state, opinion, timers: new Map(), signed: new Map() };
  return collect(node, effects, {});
}

/**
 * One input, and at once the signatures it asks for, as the driver does it. Both machines hear
 * it; where they differ is a failure.
 */
export function feed(node: CoreNode, input: Input, departure: Departure = {}): Outcome {
  const { state, effects } = transition(node.core, input);
  if (node.opinion === null) return collect({ ...node, core: state }, effects, departure);
  const { opinion, acts } = hear(node.opinion, input, departure);
  const failures = compare(state, effects, opinion, acts).map((what) => {
    return `v${node.index} after ${describe(input)}: ${what}`;
  });
  const next = { ...node, core: state, opinion };
  const outcome = collect(next, effects, departure);
  return { ...outcome, failures: [...failures, ...outcome.failures] };
}

/** What a node shows of its inner state, for a message to a reader and as the key of a visit. */
export function describeNode({ core, signed }: CoreNode): string {
  const { round, step, locked, valid, decision } = core;
  const held = locked === null ? '-' : `${short(locked.valueId)}@${locked.round}`;
  const adopted = valid === null ? '-' : `${short(valid.valueId)}@${valid.round}`;
  const votes = [...signed].map(([slot, id]) => `${slot}=${id.slice(0, 3)}`).join(' ');
  const end = decision === null ? '' : ` decided ${short(decision.valueId)}`;
  return `${round}/${step} locked ${held} valid ${adopted}${end} | ${votes}`;
}

/** The value that a validator builds in a round; `variant` is for one who builds several. */
export function valueBy(builder: number, round: number, variant = 0): Hash {
  return `${builder}${round}${variant}`.padEnd(64, 'a') as Hash;
}

/** The verdict on a value: all are valid, and timed now. */
export function verdictOn(valueId: Hash): Input {
  const builder = `v${valueId[0]}` as ValidatorId;
  const base = { kind: 'verdict', at: NOW, height: HEIGHT, valueId } as const;
  return { ...base, verdict: 'valid', timeMs: NOW, builder };
}

export function timerInput(timer: Timer): Input {
  return { kind: 'timer', at: NOW, timer };
}

function startHeight(index: number, n: number): Extract<Input, { kind: 'startHeight' }> {
  return {
    kind: 'startHeight',
    at: NOW,
    chain: { chainId: 'core', genesisHash: '0'.repeat(64) as Hash },
    height: HEIGHT,
    set: Array.from({ length: n }, (_, at) => ({
      id: `v${at}` as ValidatorId,
      party: 'dev:OPERATOR' as PartyId,
      suite: 'ed25519' as const,
      publicKey: new Uint8Array(32).fill(at),
      peerId: `peer-${at}`,
      power: 1 as const,
    })),
    parentId: '1'.repeat(64) as Hash,
    parentTimeMs: NOW - 1_000,
    params: consensusParametersSchema.parse({}),
    local: { rebroadcastMs: 1_000, syncGraceMs: 500 },
    self: `v${index}` as ValidatorId,
    mode: 'following',
    confirmed: true,
    catchingUp: false,
    quarantine: null,
    heads: [],
  };
}

function collect(start: CoreNode, effects: readonly Effect[], departure: Departure): Outcome {
  let node = start;
  const sent: WireMessage[] = [];
  const requests: Request[] = [];
  const accused: string[] = [];
  const failures: string[] = [];
  const take = (outcome: Outcome): void => {
    node = outcome.node;
    sent.push(...outcome.sent);
    requests.push(...outcome.requests);
    accused.push(...outcome.accused);
    failures.push(...outcome.failures);
  };
  for (const effect of effects) {
    if (effect.kind === 'sign') {
      const { slot } = effect;
      const name = `${slot.type}/${slot.round}`;
      if (node.signed.has(name)) failures.push(`I4: v${node.index} signs ${name} twice`);
      node = { ...node, signed: new Map(node.signed).set(name, slot.valueId ?? 'nil') };
      take(feed(node, signedInput(slot), departure));
    } else if (effect.kind === 'send') sent.push(effect.message);
    else if (effect.kind === 'schedule') {
      const { timer, delayMs } = effect;
      const timers = new Map(node.timers).set(`${timer.name}/${timer.round}`, { timer, delayMs });
      node = { ...node, timers };
    } else if (effect.kind === 'cancelTimers') node = { ...node, timers: new Map() };
    else if (effect.kind === 'evidence') accused.push(effect.evidence.validator);
    else if (effect.kind === 'halt') failures.push(`v${node.index} halts: ${effect.reason}`);
    else if (effect.kind === 'report') failures.push(`v${node.index} reports: ${effect.fault}`);
    else if (isRequest(effect)) requests.push(effect);
  }
  return { node, sent, requests, accused, failures };
}

function signedInput(slot: SignSlot): Input {
  return { kind: 'signed', at: NOW, slot, signature: SIGNATURE };
}

function isRequest(effect: Effect): effect is Request {
  return ['judge', 'buildBlock', 'askProposal'].includes(effect.kind);
}

/** Everything the specification says of a step, in both machines. */
function compare(
  core: ConsensusState,
  effects: readonly Effect[],
  opinion: Opinion,
  acts: readonly Act[],
): string[] {
  const isSilent = acts.length === 0 && effects.every(({ kind }) => !ASKING.has(kind));
  if (isSilent && isSameState(core, opinion)) return [];
  const ours = [
    `round ${core.round}`,
    `step ${core.step}`,
    `locked ${core.locked?.valueId ?? null} ${core.locked?.round ?? -1}`,
    `valid ${core.valid?.valueId ?? null} ${core.valid?.round ?? -1}`,
    `decided ${core.decision?.valueId ?? null}`,
    ...actsOf(effects).toSorted(),
  ];
  const theirs = [
    `round ${opinion.round}`,
    `step ${opinion.step}`,
    `locked ${opinion.lockedValue} ${opinion.lockedRound}`,
    `valid ${opinion.validValue} ${opinion.validRound}`,
    `decided ${opinion.decided}`,
    ...acts.toSorted(),
  ];
  if (ours.join() === theirs.join()) return [];
  const only = (one: string[], other: string[]): string => {
    return one.filter((line) => !other.includes(line)).join(', ');
  };
  return [`the core says [${only(ours, theirs)}], the text [${only(theirs, ours)}]`];
}

/** Effects that the text knows of. */
const ASKING: ReadonlySet<Effect['kind']> = new Set([
  'sign',
  'schedule',
  'buildBlock',
  'decide',
  'halt',
]);

function isSameState(core: ConsensusState, opinion: Opinion): boolean {
  return (
    core.round === opinion.round &&
    core.step === opinion.step &&
    (core.locked?.valueId ?? null) === opinion.lockedValue &&
    (core.locked?.round ?? -1) === opinion.lockedRound &&
    (core.valid?.valueId ?? null) === opinion.validValue &&
    (core.valid?.round ?? -1) === opinion.validRound &&
    (core.decision?.valueId ?? null) === opinion.decided
  );
}

function actsOf(effects: readonly Effect[]): Act[] {
  return effects.flatMap((effect): Act[] => {
    if (effect.kind === 'sign') {
      const { type, round, valueId, validRound } = effect.slot;
      return [`sign ${type} ${round} ${valueId} ${validRound}`];
    }
    if (effect.kind === 'schedule') {
      const { name, round } = effect.timer;
      return ['propose', 'prevote', 'precommit'].includes(name) ? [`timer ${name} ${round}`] : [];
    }
    if (effect.kind === 'buildBlock') return [`build ${effect.round}`];
    if (effect.kind === 'decide') return [`decide ${effect.valueId}`];
    return effect.kind === 'halt' ? ['halt'] : [];
  });
}

function describe(input: Input): string {
  if (input.kind === 'vote') {
    const { type, round, index, valueId } = input.vote;
    return `${type} ${round} by v${index} for ${valueId === null ? 'nil' : short(valueId)}`;
  }
  if (input.kind === 'timer') return `timer ${input.timer.name}/${input.timer.round}`;
  if (input.kind === 'proposal') {
    const { round, valueId, validRound } = input.proposal;
    return `proposal ${round} of ${short(valueId)} on ${validRound}`;
  }
  assert(input.kind !== 'startHeight', 'describe: not at the start');
  return input.kind;
}

function short(valueId: Hash): string {
  return valueId.slice(0, 3);
}

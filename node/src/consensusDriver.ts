import {
  type ConsensusState,
  type Effect,
  encodeInput,
  encodeSlot,
  heldMessages,
  type Input,
  type LoggedInput,
  maySign,
  type Recipient,
  type SignSlot,
  type StartHeight,
  slotName,
  statusFor,
  transition,
  type UsedSlot,
} from '@triflow/consensus';
import {
  assertNever,
  CodedError,
  type CommitCertificate,
  defined,
  type Hash,
  type WireMessage,
} from '@triflow/protocol';
import { CandidateBodies } from './candidateBodies.js';
import type { DriverOptions } from './driverOptions.js';
import {
  announce,
  type CarriedOn,
  endOf,
  headsById,
  headsIn,
  logApart,
  mustBeDurable,
  namedBody,
  quarantineWithout,
  sayChange,
  seatSigner,
  vouchedFor,
} from './driverRules.js';
import { InputQueue } from './inputQueue.js';
import { encodeEnd, logRecordTypes } from './logRecords.js';
import { type Replayed, replayLog } from './logReplay.js';
import type { ConsensusListener } from './metrics/watchConsensus.js';
import { NamedTimers } from './namedTimers.js';
import type { LogEntry, PeerPort } from './ports.js';

/**
 * The one queue around the pure core: log the input, transition, make durable, sign, send, then
 * everything else, one input at a time (consensus section 5).
 */
export class ConsensusDriver {
  readonly #options: DriverOptions;
  readonly #queue: InputQueue;
  #state: ConsensusState | null = null;
  readonly #bodies = new CandidateBodies();
  readonly #timers: NamedTimers;
  #slots = new Map<string, UsedSlot>();
  #workGiven = 0;
  #heightWaits: (() => void)[] = [];
  readonly #listeners: ConsensusListener[] = [];

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#timers = new NamedTimers(options.timers);
    this.#queue = new InputQueue({
      take: (input) => this.#step(input),
      onFailed: (error) => options.onFatal(error),
    });
  }

  /** The current height's state, for those who only look. */
  state(): ConsensusState {
    return defined(this.#state, 'driver: not started');
  }

  isStarted(): boolean {
    return this.#state !== null && !this.#queue.isStopped;
  }

  /**
   * Takes up where the log ends (P7): replays it, finishes a decided height, or begins the next
   * one with a new log.
   */
  async start(records: readonly LogEntry[]): Promise<void> {
    // Own signatures of the height taken up are inputs, too.
    await this.#queue.begin(() => this.#takeUp(records));
  }

  async #takeUp(records: readonly LogEntry[]): Promise<void> {
    const { chain, log, quarantine, vouched } = this.#options;
    const head = chain.head();
    if (log.height === head.height + 1 && records.length > 0) {
      await this.#resume(replayLog(records, (logged) => this.#begin(logged)));
      return;
    }
    const isNew = log.height === head.height + 1;
    const end = log.height === head.height ? endOf(records, head) : null;
    if (!isNew && end === null) throw logApart(log.height, head.height);
    await this.#nextHeight({
      mode: 'following',
      confirmed: this.#isAlone(),
      catchingUp: false,
      quarantine: vouchedFor(end === null ? quarantine : end.quarantine, vouched),
    });
  }

  /** Calls back after each input that was taken. */
  onChange(listener: ConsensusListener): void {
    this.#listeners.push(listener);
  }

  /** Queues an input; the driver takes its time. */
  push(input: Input): void {
    this.#queue.push(input);
  }

  /** A candidate's body came in; kept only while something names it. */
  offerBody(valueId: Hash, bytes: Uint8Array): void {
    if (this.#bodies.offer(valueId, bytes)) this.#takeBody(valueId, bytes);
  }

  /** A candidate's body held for this height. */
  body(valueId: Hash): Uint8Array | undefined {
    return this.#bodies.get(valueId);
  }

  /** Whether a body of this value is waited for or might soon be. */
  wantsBody(valueId: Hash): boolean {
    return !this.#bodies.has(valueId);
  }

  /** Whether an own message of this slot is in the log (P11). */
  knowsOwn(type: SignSlot['type'], round: number): boolean {
    return this.#slots.has(slotName(type, round));
  }

  /** A block that catch-up has checked: it decides its height (R-SYNCED). */
  offerSynced(valueId: Hash, bytes: Uint8Array, certificate: CommitCertificate): void {
    this.#bodies.putAhead(valueId, bytes);
    const { height } = certificate;
    this.push({ kind: 'synced', at: this.#now(), height, valueId, certificate });
  }

  /** The mempool or the evidence pool has a candidate; said once a height. */
  offerWork(): void {
    if (this.#state === null) return;
    const { height } = this.#state.base;
    const idle = this.#state.pacing.idleBuild;
    if (this.#workGiven === height && !idle) return;
    this.#workGiven = height;
    this.push({ kind: 'work', at: this.#now(), height });
  }

  /**
   * Waits until a height is being decided: between a commit and the next height inputs would be
   * lost. False when it has passed or the driver has stopped.
   */
  async reached(height: number): Promise<boolean> {
    while (!this.#queue.isStopped && this.state().base.height < height) {
      await new Promise<void>((resolve) => this.#heightWaits.push(resolve));
    }
    return !this.#queue.isStopped && this.state().base.height === height;
  }

  /** Stops taking inputs and arms no more timers. */
  async stop(): Promise<void> {
    this.#queue.stop();
    this.#timers.cancelAll();
    for (const resolve of this.#heightWaits.splice(0)) resolve();
    await this.#queue.settled();
  }

  #now(): number {
    return this.#options.clock.nowMs();
  }

  #isAlone(): boolean {
    const { chain } = this.#options;
    return chain.validatorSet(chain.head().height + 1).length === 1;
  }

  async #step(input: Input): Promise<void> {
    // P6: a value known to be valid is there after a crash, voted for or not.
    const named = namedBody(input);
    const body = named === undefined ? undefined : this.#bodies.hear(named);
    if (named !== undefined) {
      // Dropped while the verdict waited (R-M4): judged again when something names it again.
      if (body === undefined) return;
      await this.#options.candidates.saveBody(named, body);
    }
    this.#options.log.append(logRecordTypes.input, encodeInput(input));
    const { state, effects } = transition(this.#state, input);
    sayChange(this.#options.logger, this.#state, state);
    for (const listener of this.#listeners) listener(this.#state, state);
    this.#state = state;
    await this.#carryOut(effects);
  }

  /** Durable first, then signatures, then sending and the rest in order (section 5). */
  async #carryOut(effects: readonly Effect[]): Promise<void> {
    const wanted = effects.filter((effect) => effect.kind === 'sign');
    for (const { slot } of wanted) this.#reserve(slot);
    if (effects.some(mustBeDurable)) await this.#options.log.flush();
    const signed: Input[] = [];
    for (const { slot, bytes } of wanted) {
      const signature = await this.#sign(slot, bytes);
      signed.push({ kind: 'signed', at: this.#now(), slot, signature });
    }
    this.#queue.pushFirst(signed);
    for (const effect of effects) await this.#apply(effect);
  }

  /** P4, P5: permission, and the slot on its way to disk before the signer is called. */
  #reserve(slot: SignSlot): void {
    const permission = maySign(this.#options.log.height, [...this.#slots.values()], slot);
    if (permission.kind === 'refuse') throw new CodedError('NODE_HALTED', permission.reason);
    const name = slotName(slot.type, slot.round);
    if (this.#slots.has(name)) return;
    this.#options.log.append(logRecordTypes.slot, encodeSlot(slot));
    this.#slots.set(name, { slot });
  }

  async #sign(slot: SignSlot, bytes: Uint8Array): Promise<Uint8Array> {
    const name = slotName(slot.type, slot.round);
    const used = this.#slots.get(name);
    if (used?.signature !== undefined) return used.signature;
    const signer = defined(
      seatSigner(this.#options, this.state().base.set),
      'driver: signs without a key',
    );
    const signature = await signer.sign(bytes);
    this.#slots.set(name, { slot, signature });
    return signature;
  }

  async #apply(effect: Effect): Promise<void> {
    const { logger } = this.#options;
    switch (effect.kind) {
      case 'sign':
        return;
      case 'send':
        return this.#send(effect);
      case 'schedule':
        return this.#schedule(effect);
      case 'cancelTimers':
        return this.#timers.cancelAll();
      case 'buildBlock':
        return this.#build(effect);
      case 'judge':
        return this.#judge(effect.valueId);
      case 'askProposal': {
        if (this.#bodies.has(effect.valueId) && this.#bodies.isJudged(effect.valueId)) return;
        const { height, round, valueId, from } = effect;
        return this.#sendTo(from, { kind: 'askProposal', height, round, valueId });
      }
      case 'sync':
        return this.#options.onSync(effect.fromHeight);
      case 'decide':
        return this.#decide(effect.valueId, effect.certificate);
      case 'evidence':
        return this.#options.onEvidence(effect.evidence);
      case 'report':
        return this.#report(effect.index, effect.fault);
      case 'keepBodies':
        this.#options.candidates.keepOnly(effect.valueIds);
        return this.#bodies.keepOnly(effect.valueIds);
      case 'halt':
        logger.error('consensus.halted', { reason: effect.reason });
        return;
      default:
        return assertNever(effect, 'driver');
    }
  }

  #send(effect: Extract<Effect, { kind: 'send' }>): void {
    const { message, to } = effect;
    this.#sendTo(to, message);
    if (to !== 'all' || message.kind !== 'proposal') return;
    const { valueId } = message.proposal;
    const block = this.#bodies.get(valueId);
    if (block !== undefined) this.#sendTo('all', { kind: 'body', valueId, block });
  }

  #sendTo(to: Recipient, message: WireMessage): void {
    const { peers, chain } = this.#options;
    if (to === 'all') return peers.broadcast(message);
    const seat = chain.validatorSet(this.state().base.height)[to];
    if (seat !== undefined) peers.send(seat, message);
  }

  #schedule({ timer, delayMs }: Extract<Effect, { kind: 'schedule' }>): void {
    this.#timers.set(timer.name, delayMs, () => {
      this.push({ kind: 'timer', at: this.#now(), timer });
    });
  }

  #build({ height, round, minTimeMs }: Extract<Effect, { kind: 'buildBlock' }>): void {
    const { chain, self } = this.#options;
    const builder = defined(self, 'driver: an observer builds');
    chain
      .build({ height, minTimeMs, nowMs: this.#now(), builder })
      .then((built) => {
        if (this.#state?.base.height !== height) return;
        if (built === null) {
          this.push({ kind: 'nothingToBuild', at: this.#now(), height, round });
          return;
        }
        const { valueId, timeMs, bytes } = built;
        this.#bodies.putAhead(valueId, bytes);
        this.push({ kind: 'blockBuilt', at: this.#now(), height, round, valueId, timeMs });
      })
      .catch((error: unknown) => this.#options.onFatal(error));
  }

  #judge(valueId: Hash): void {
    this.#bodies.judgeAgain(valueId);
    const body = this.#bodies.want(valueId);
    if (body !== undefined) this.#takeBody(valueId, body);
  }

  #takeBody(valueId: Hash, bytes: Uint8Array): void {
    const { chain, logger } = this.#options;
    this.#bodies.put(valueId, bytes);
    if (!this.#bodies.markJudged(valueId)) return;
    const { height } = this.state().base;
    chain
      .judge(valueId, bytes)
      .then((judged) => {
        if (judged === null || this.#state?.base.height !== height) return;
        if (!this.#bodies.has(valueId)) return;
        const { verdict, timeMs, builder, reason } = judged;
        if (verdict === 'invalid') logger.error('block.invalid', { height, valueId, reason });
        this.push({ kind: 'verdict', at: this.#now(), height, valueId, verdict, timeMs, builder });
      })
      .catch((error: unknown) => {
        // R-V9: a failure of this node is no verdict.
        logger.error('block.not_judged', { height, valueId, error: String(error) });
      });
  }

  /** P7: END, flushed; one atomic batch; a new log for the next height. */
  async #decide(valueId: Hash, certificate: CommitCertificate): Promise<void> {
    const { log, chain } = this.#options;
    const { height } = certificate;
    const bytes = defined(this.#bodies.get(valueId), 'decide: body of a judged value');
    const state = this.state();
    const { confirmed, catchingUp, mode, quarantine } = state;
    log.append(logRecordTypes.end, encodeEnd({ height, valueId, certificate, quarantine }));
    await log.flush();
    await chain.commit(valueId, bytes, certificate);
    const heads = headsById(state);
    await this.#nextHeight({ mode, confirmed, catchingUp, quarantine, heads });
    this.#options.onCommitted(height);
  }

  async #nextHeight(carried: CarriedOn): Promise<void> {
    const { chain, log } = this.#options;
    const height = chain.head().height + 1;
    const set = chain.validatorSet(height);
    const input = this.#begin({
      kind: 'startHeight',
      at: this.#now(),
      height,
      mode: carried.mode,
      confirmed: carried.confirmed,
      catchingUp: carried.catchingUp,
      quarantine: carried.quarantine,
      heads: headsIn(set, carried.heads),
    });
    const first = { type: logRecordTypes.input, payload: encodeInput(input) };
    await log.rotate(height, [first]);
    this.#forgetHeight();
    const { state, effects } = transition(null, input);
    sayChange(this.#options.logger, this.#state, state);
    this.#state = state;
    await this.#carryOut(effects);
    announce(this.#options, this.state());
    if (chain.hasWork()) this.offerWork();
    for (const resolve of this.#heightWaits.splice(0)) resolve();
  }

  /** Completes a logged startHeight from the committed state. */
  #begin(logged: Extract<LoggedInput, { kind: 'startHeight' }>): StartHeight {
    const { chain, self, local, logger } = this.#options;
    const head = chain.head();
    const set = chain.validatorSet(head.height + 1);
    const signer = seatSigner(this.#options, set);
    const seated = set.some((entry) => entry.id === self);
    if (seated && signer === undefined) logger.warn('consensus.key_missing', { self });
    return {
      ...logged,
      chain: chain.binding,
      set,
      parentId: head.valueId,
      parentTimeMs: head.timeMs,
      params: chain.consensusParameters(),
      local,
      self: seated && signer === undefined ? null : self,
    };
  }

  /** P7, P12: goes on in the middle of a height, or finishes one that was decided. */
  async #resume(replayed: Replayed): Promise<void> {
    const { chain, candidates, vouched } = this.#options;
    this.#state = replayed.state;
    for (const valueId of candidates.held()) {
      const body = await candidates.loadBody(valueId);
      if (body !== undefined) this.#bodies.put(valueId, body);
    }
    for (const used of replayed.slots) {
      this.#slots.set(slotName(used.slot.type, used.slot.round), used);
    }
    if ([...replayed.bodies].some((valueId) => !this.#bodies.has(valueId))) {
      await this.#withoutBodies();
      return;
    }
    if (replayed.end !== null) {
      const { valueId, certificate } = replayed.end;
      const quarantine = vouchedFor(replayed.end.quarantine, vouched);
      const bytes = defined(this.#bodies.get(valueId), 'resume: END without its body');
      await chain.commit(valueId, bytes, certificate);
      const confirmed = this.#isAlone();
      await this.#nextHeight({ mode: 'following', confirmed, catchingUp: false, quarantine });
      return;
    }
    const decided = replayed.open.find((effect) => effect.kind === 'decide');
    if (decided !== undefined) {
      await this.#decide(decided.valueId, decided.certificate);
      return;
    }
    await this.#step({ kind: 'restarted', at: this.#now(), vouched });
    await this.#carryOut(replayed.open);
    for (const timer of replayed.timers) this.#schedule(timer);
    announce(this.#options, this.state());
    if (chain.hasWork()) this.offerWork();
  }

  /** The height begins anew without this node, and its block comes from those who hold it. */
  async #withoutBodies(): Promise<void> {
    const { log, logger } = this.#options;
    const { height } = log;
    const held = this.#state?.quarantine ?? null;
    const quarantine = quarantineWithout({ height, isAlone: this.#isAlone() }, held);
    logger.error('consensus.body_damaged', { height });
    this.#state = null;
    const mode = 'following';
    await this.#nextHeight({ mode, confirmed: false, catchingUp: false, quarantine });
  }

  #forgetHeight(): void {
    this.#timers.cancelAll();
    this.#bodies.clear();
    this.#options.candidates.keepOnly([]);
    this.#slots = new Map();
    this.#queue.keepOnly((input) => input.kind === 'peerStatus');
  }

  #report(index: number, fault: string): void {
    const { chain, peers, logger } = this.#options;
    const seat = chain.validatorSet(this.state().base.height)[index];
    logger.warn('consensus.fault', { validator: seat?.id, fault });
    if (seat !== undefined && seat.id !== this.#options.self) peers.penalise(seat.peerId, fault);
  }

  /** What a peer that has just connected should hear (R-T4). */
  greeting(index: number | null): Parameters<PeerPort['broadcast']>[0][] {
    if (this.#state === null) return [];
    return [statusFor(this.#state, index), ...heldMessages(this.#state)];
  }
}

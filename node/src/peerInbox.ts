import {
  isOutdatedPolka,
  messageWindow,
  proposalProblem,
  proposerIndex,
  voteBy,
  voteCount,
} from '@triflow/consensus';
import {
  blockHash,
  certificateSignatures,
  merkleRootHash,
  type SignatureCheck,
} from '@triflow/crypto';
import {
  type Certificate,
  type Clock,
  decodeBlock,
  decodeCommitCertificate,
  decodeWire,
  type Echo,
  type Hash,
  isCodedError,
  type Logger,
  limits,
  type Proposal,
  proposalSignBytes,
  type StatusMessage,
  type ValidatorSet,
  type Vote,
  voteSignBytes,
  type WireMessage,
} from '@triflow/protocol';
import type { ConsensusDriver } from './consensusDriver.js';
import type { ChainPort, PeerPort, VerifierPort } from './ports.js';

/** At most one missing commit certificate a second to one peer (R-T4). */
const HELP_INTERVAL_MS = 1_000;

export interface InboxOptions {
  readonly driver: ConsensusDriver;
  readonly chain: ChainPort;
  readonly peers: PeerPort;
  readonly verifier: VerifierPort;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sends to a peer by its transport id, validator or observer. */
  readonly reply: (peerId: string, message: WireMessage) => void;
  /** Heads that peers report, for catch-up. */
  readonly onHead: (peerId: string, head: number) => void;
}

interface EarlyMessage {
  readonly peerId: string;
  readonly message: WireMessage;
}

/**
 * The peer boundary: cheap checks first, signatures in bulk, and only what is verified reaches
 * the driver (R-D2). Nothing a peer sends may throw past here (R-D4).
 */
export class PeerInbox {
  readonly #options: InboxOptions;
  #early: EarlyMessage[] = [];
  readonly #helped = new Map<string, number>();

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Takes a message's bytes from an authenticated peer. */
  receive(peerId: string, bytes: Uint8Array): void {
    const { driver, peers } = this.#options;
    if (!driver.isStarted()) return;
    const decoded = decodeWire(bytes);
    if (!decoded.ok) {
      peers.penalise(peerId, decoded.fault.message);
      return;
    }
    this.#handle(peerId, decoded.value);
  }

  /** Feeds what came early for the height that has just begun. */
  heightStarted(): void {
    const early = this.#early;
    this.#early = [];
    for (const { peerId, message } of early) this.#handle(peerId, message);
  }

  #handle(peerId: string, message: WireMessage): void {
    switch (message.kind) {
      case 'status':
        return this.#status(peerId, message);
      case 'body':
        return this.#body(peerId, message.valueId, message.block);
      case 'askProposal':
        return this.#answer(peerId, message);
      case 'vote':
        return this.#windowed(peerId, message, message.vote, () =>
          this.#vote(peerId, message.vote),
        );
      case 'proposal':
        return this.#windowed(peerId, message, message.proposal, () =>
          this.#proposal(peerId, message.proposal),
        );
      case 'certificate':
        return this.#windowed(peerId, message, message.certificate, () =>
          this.#certificate(peerId, message.certificate),
        );
    }
  }

  #windowed(
    peerId: string,
    message: WireMessage,
    at: { readonly height: number; readonly round: number },
    now: () => void,
  ): void {
    const window = messageWindow(this.#options.driver.state(), at.height, at.round);
    if (window === 'now') now();
    if (window === 'early' && this.#early.length < limits.earlyInputsMax) {
      this.#early.push({ peerId, message });
    }
  }

  #set(): ValidatorSet {
    return this.#options.driver.state().base.set;
  }

  #vote(peerId: string, vote: Vote): void {
    const { driver, chain } = this.#options;
    const seat = this.#set()[vote.index];
    if (seat === undefined) return this.#penalise(peerId, 'R-D2: index out of range');
    const state = driver.state();
    const held = voteBy(state.votes, vote.round, vote.type, vote.index);
    if (held !== undefined && held.valueId === vote.valueId) return undefined;
    const { suite, publicKey } = seat;
    const message = voteSignBytes(chain.binding, vote);
    this.#verify(peerId, [{ suite, publicKey, message, signature: vote.signature }], () => {
      driver.push({ kind: 'vote', at: this.#now(), vote });
    });
    return undefined;
  }

  #proposal(peerId: string, proposal: Proposal): void {
    const { driver, chain } = this.#options;
    const state = driver.state();
    const held = state.proposals.get(proposal.round) ?? [];
    const { valueId, validRound } = proposal;
    const isKnown = held.some(({ proposal: one }) => {
      return one.valueId === valueId && one.validRound === validRound;
    });
    if (isKnown) return undefined;
    const problem = proposalProblem(proposal);
    if (problem !== undefined) return this.#penalise(peerId, problem);
    const set = this.#set();
    const seat = set[proposerIndex(proposal.height, proposal.round, set.length)];
    if (seat === undefined) return undefined;
    const { suite, publicKey } = seat;
    const message = proposalSignBytes(chain.binding, proposal);
    const checks: SignatureCheck[] = [{ suite, publicKey, message, signature: proposal.signature }];
    if (proposal.pol !== undefined) {
      const pol = certificateSignatures(chain.binding, set, proposal.pol);
      if (!pol.ok) return this.#penalise(peerId, pol.fault.message);
      checks.push(...pol.value);
    }
    this.#verify(peerId, checks, () => {
      driver.push({ kind: 'proposal', at: this.#now(), proposal });
    });
    return undefined;
  }

  #certificate(peerId: string, certificate: Certificate): void {
    const { driver, chain } = this.#options;
    if (this.#isKnownCertificate(certificate)) return undefined;
    const checks = certificateSignatures(chain.binding, this.#set(), certificate);
    if (!checks.ok) return this.#penalise(peerId, checks.fault.message);
    this.#verify(peerId, checks.value, () => {
      driver.push({ kind: 'certificate', at: this.#now(), certificate });
    });
    return undefined;
  }

  #isKnownCertificate(certificate: Certificate): boolean {
    const { votes, round: current } = this.#options.driver.state();
    if (certificate.kind === 'prevote' && isOutdatedPolka(votes, certificate.round, current)) {
      return true;
    }
    const round = votes.rounds.get(certificate.round);
    if (round === undefined) return false;
    if (certificate.kind === 'prevote') return round.polkas.has(certificate.valueId);
    if (certificate.kind === 'commit') return round.commits.has(certificate.valueId);
    return certificate.entries.every(({ index, type }) => round[type].has(index));
  }

  /** A body is taken only if it is the one that its valueId names (V1). */
  #body(peerId: string, valueId: Hash, bytes: Uint8Array): void {
    const { driver } = this.#options;
    if (!driver.wantsBody(valueId)) return undefined;
    const block = decodeBlock(bytes);
    if (!block.ok) return this.#penalise(peerId, block.fault.message);
    const { header, body } = block.value;
    const fits =
      blockHash(header) === valueId &&
      header.txCount === body.transactions.length &&
      header.txRoot === merkleRootHash(body.transactions) &&
      header.evidenceRoot === merkleRootHash(body.evidence);
    if (!fits) return this.#penalise(peerId, 'V1: the body is not the one named');
    driver.offerBody(valueId, bytes);
    return undefined;
  }

  #status(peerId: string, status: StatusMessage): void {
    const { driver, chain, onHead } = this.#options;
    onHead(peerId, status.head);
    const index = this.#set().findIndex((entry) => entry.peerId === peerId);
    if (status.height <= chain.head().height) void this.#help(peerId, status.height);
    const isObserver = index < 0;
    const at = this.#now();
    const { head, echo } = status;
    const push = (verified: Echo | null): void => {
      const from = isObserver ? null : index;
      driver.push({ kind: 'peerStatus', at, index: from, head, echo: verified });
    };
    const self = driver.state().selfIndex;
    const seat = self === null ? undefined : this.#set()[self];
    if (seat === undefined || echo === undefined || !this.#isForgotten(echo)) {
      if (!isObserver) push(null);
      return;
    }
    const { suite, publicKey } = seat;
    const { binding } = chain;
    const message =
      'type' in echo ? voteSignBytes(binding, echo) : proposalSignBytes(binding, echo);
    this.#verify(peerId, [{ suite, publicKey, message, signature: echo.signature }], () => {
      push(echo);
    });
  }

  /** Whether it would be an own message of this height that is not in the log (P11). */
  #isForgotten(echo: Echo): boolean {
    const { driver } = this.#options;
    const { base, selfIndex } = driver.state();
    if (echo.height !== base.height) return false;
    if ('type' in echo) {
      return echo.index === selfIndex && !driver.knowsOwn(echo.type, echo.round);
    }
    const proposer = proposerIndex(base.height, echo.round, base.set.length);
    return proposer === selfIndex && !driver.knowsOwn('proposal', echo.round);
  }

  /** R-T4: a peer at a lower height gets its missing commit certificate, once a second. */
  async #help(peerId: string, height: number): Promise<void> {
    const now = this.#now();
    if (now - (this.#helped.get(peerId) ?? -HELP_INTERVAL_MS) < HELP_INTERVAL_MS) return;
    this.#helped.set(peerId, now);
    const committed = await this.#options.chain.committed(height);
    if (committed === undefined) return;
    this.#replyCertificate(peerId, committed.certificate);
  }

  #replyCertificate(peerId: string, bytes: Uint8Array): void {
    const decoded = decodeCommitCertificate(bytes);
    if (decoded.ok) {
      this.#options.reply(peerId, { kind: 'certificate', certificate: decoded.value });
    }
  }

  /** R-ASK, answered: proposal and body of this height, or the committed block of an older one. */
  #answer(peerId: string, ask: Extract<WireMessage, { kind: 'askProposal' }>): void {
    const { driver, reply } = this.#options;
    const state = driver.state();
    const { height, valueId } = ask;
    if (height < state.base.height) {
      void this.#answerCommitted(peerId, height, valueId);
      return;
    }
    if (height !== state.base.height) return;
    for (const list of state.proposals.values()) {
      const held = list.find(({ proposal }) => proposal.valueId === valueId);
      if (held !== undefined) reply(peerId, { kind: 'proposal', proposal: held.proposal });
    }
    const block = driver.body(valueId);
    if (block !== undefined) reply(peerId, { kind: 'body', valueId, block });
  }

  async #answerCommitted(peerId: string, height: number, valueId: Hash): Promise<void> {
    const committed = await this.#options.chain.committed(height);
    if (committed === undefined) return;
    this.#replyCertificate(peerId, committed.certificate);
    this.#options.reply(peerId, { kind: 'body', valueId, block: committed.block });
  }

  #verify(peerId: string, checks: readonly SignatureCheck[], accept: () => void): void {
    const { verifier, driver, logger } = this.#options;
    const { height } = driver.state().base;
    verifier
      .verify(checks)
      .then((verdicts) => {
        if (!verdicts.every(Boolean)) {
          this.#penalise(peerId, 'R-D5: invalid signature');
          return;
        }
        if (driver.isStarted() && driver.state().base.height === height) accept();
      })
      .catch((error: unknown) => {
        // A node that stops answers nobody: nothing is wrong with it.
        if (isCodedError(error, 'ABORTED')) return;
        logger.error('peer.not_verified', { error: String(error) });
      });
  }

  #penalise(peerId: string, reason: string): undefined {
    this.#options.peers.penalise(peerId, reason);
    return undefined;
  }

  #now(): number {
    return this.#options.clock.nowMs();
  }

  /** How many votes the core holds, for metrics. */
  votesHeld(): number {
    return voteCount(this.#options.driver.state().votes);
  }
}

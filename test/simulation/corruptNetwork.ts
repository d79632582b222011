import { blockHash, merkleRootHash } from '@triflow/crypto';
import type { Network, NetworkOptions } from '@triflow/network';
import type { RunningNode } from '@triflow/node';
import {
  type Block,
  type ChainBinding,
  compareBytes,
  decodeBlock,
  decodeBlocks,
  decodeWire,
  encodeBlock,
  encodeBlocks,
  encodeEvidence,
  encodeWire,
  type Hash,
  hashFromBytes,
  type Proposal,
  proposalSignBytes,
  type Vote,
  voteSignBytes,
  type WireMessage,
} from '@triflow/protocol';
import type { Role } from './plan.js';
import type { Random } from './random.js';

/** A Byzantine validator's own view: it holds its key and nothing else that is secret. */
export interface Liar {
  readonly role: Role;
  readonly random: Random;
  readonly node: () => RunningNode | null;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

type Channel = Parameters<Network['send']>[1];

const SPAM_PERCENT = 10;
/** At a time: enough to go over a bound that is not kept. */
const SPAMMED_PROPOSALS = 30;
const GARBAGE_PERCENT = 20;

/** A Byzantine node's end of the network: what it says depends on whom it talks to. */
export function corruptNetwork(network: Network, liar: Liar): Network {
  const lies = new Lies(liar);
  return {
    ...network,
    send: (to, channel, bytes) => {
      const said = channel === 'consensus' ? lies.said(to, bytes) : lies.gossiped(bytes);
      for (const one of said) network.send(to, channel as Channel, one);
      return true;
    },
  };
}

/** A lying source of blocks: short, swapped, damaged and foreign answers (R-Y4). */
export function corruptAnswers(options: NetworkOptions, { role, random }: Liar): NetworkOptions {
  if (role !== 'liar') return options;
  const { request } = options.handlers;
  return {
    ...options,
    handlers: {
      ...options.handlers,
      request: async (peerId, bytes, signal) => {
        const answer = await request(peerId, bytes, signal);
        const units = decodeBlocks(answer);
        if (!units.ok) return answer;
        const list = [...units.value];
        switch (random.below(6)) {
          case 0:
            return encodeBlocks([]);
          case 1:
            return encodeBlocks(list.reverse());
          case 2:
            return encodeBlocks(list.slice(1));
          case 3:
            return encodeBlocks(
              list.map((unit) => ({ ...unit, block: flipped(random, unit.block) })),
            );
          case 4:
            return encodeBlocks(list.map((unit) => ({ ...unit, certificate: unit.block })));
          default:
            return flipped(random, answer);
        }
      },
    },
  };
}

class Lies {
  readonly #liar: Liar;
  /** The second proposal of a round, by the value of the first. */
  readonly #others = new Map<Hash, { proposal: Proposal; block: Uint8Array }>();
  readonly #votes = new Map<string, Vote>();
  #seen: Hash | null = null;

  constructor(liar: Liar) {
    this.#liar = liar;
  }

  gossiped(bytes: Uint8Array): Uint8Array[] {
    const { role, random } = this.#liar;
    if (role === 'silent') return [];
    if (role === 'garbage' && random.chance(GARBAGE_PERCENT)) return [flipped(random, bytes)];
    return [bytes];
  }

  said(to: string, bytes: Uint8Array): Uint8Array[] {
    const { role, random } = this.#liar;
    const decoded = decodeWire(bytes);
    if (!decoded.ok) return [bytes];
    const message = decoded.value;
    if (message.kind === 'proposal') this.#seen = message.proposal.valueId;
    switch (role) {
      case 'silent':
        return [];
      case 'selective':
        return isFavoured(to) ? [bytes] : [];
      case 'withholder':
        return message.kind === 'body' || random.chance(20) ? [] : [bytes];
      case 'garbage':
        return random.chance(GARBAGE_PERCENT) ? [garbage(random, bytes, message), bytes] : [bytes];
      case 'equivocator':
        return isFavoured(to) ? [bytes] : this.#contradict(message).map(encodeWire);
      case 'eager':
        return [encodeWire(this.#agree(message))];
      case 'builder':
        return this.#misbuild(message).map(encodeWire);
      case 'spammer':
        return random.chance(SPAM_PERCENT) ? [bytes, ...this.#spam().map(encodeWire)] : [bytes];
      case 'padder':
        return [encodeWire(padded(random, message))];
      case 'liar':
        return [encodeWire(boast(random, message))];
      case 'twin':
        return [bytes];
    }
  }

  /** To the others: another vote, another block, each signed as well as the first. */
  #contradict(message: WireMessage): WireMessage[] {
    if (message.kind === 'vote' && this.#isOwn(message.vote.index)) {
      return [{ kind: 'vote', vote: this.#otherVote(message.vote) }];
    }
    if (message.kind === 'proposal' && this.#mayRewrite(message.proposal)) {
      const other = this.#otherBlock(message.proposal, (block) => {
        return { ...block, header: { ...block.header, timeMs: block.header.timeMs + 1 } };
      });
      return other === undefined ? [message] : [{ kind: 'proposal', proposal: other.proposal }];
    }
    if (message.kind === 'body') {
      const other = this.#others.get(message.valueId);
      if (other === undefined) return [message];
      const { proposal, block } = other;
      return [{ kind: 'body', valueId: proposal.valueId, block }];
    }
    return [message];
  }

  /** Votes for whatever was proposed, as one who has forgotten its lock would. */
  #agree(message: WireMessage): WireMessage {
    if (message.kind !== 'vote' || !this.#isOwn(message.vote.index)) return message;
    if (message.vote.valueId !== null || this.#seen === null) return message;
    return { kind: 'vote', vote: this.#signedVote({ ...message.vote, valueId: this.#seen }) };
  }

  /** Blocks that no correct validator may accept. */
  #misbuild(message: WireMessage): WireMessage[] {
    if (message.kind === 'proposal' && this.#mayRewrite(message.proposal)) {
      const { random } = this.#liar;
      const kind = random.below(4);
      const other = this.#otherBlock(message.proposal, (block) => this.#wrong(block, kind));
      return other === undefined ? [message] : [{ kind: 'proposal', proposal: other.proposal }];
    }
    if (message.kind !== 'body') return [message];
    const other = this.#others.get(message.valueId);
    if (other === undefined) return [message];
    return [{ kind: 'body', valueId: other.proposal.valueId, block: other.block }];
  }

  #wrong(block: Block, kind: number): Block {
    const { header, body } = block;
    if (kind === 0) return { body, header: { ...header, stateRoot: header.txRoot } };
    if (kind === 1) return { body, header: { ...header, timeMs: header.timeMs + 86_400_000 } };
    if (kind === 2) return { body, header: { ...header, parentHash: header.txRoot } };
    const evidence = [...body.evidence, this.#forgedEvidence(header.height - 1)].sort(compareBytes);
    return {
      body: { ...body, evidence },
      header: { ...header, evidenceRoot: merkleRootHash(evidence) },
    };
  }

  /** Accuses another of what it never did (I9). */
  #forgedEvidence(height: number): Uint8Array {
    const set = this.#liar.node()?.driver.state().base.set ?? [];
    const self = this.#liar.node()?.driver.state().selfIndex;
    const victim = set[(self ?? 0) === 0 ? 1 : 0];
    const message = (byte: number) => ({
      valueId: hashFromBytes(new Uint8Array(32).fill(byte)) ?? null,
      validRound: -1,
      signature: new Uint8Array(64).fill(byte),
    });
    return encodeEvidence({
      validator: victim?.id ?? set[0]?.id ?? ('v1' as never),
      height: Math.max(1, height),
      round: 0,
      kind: 'prevote',
      first: message(1),
      second: message(2),
    });
  }

  /** Messages of rounds and heights to come, to fill memories (R-M1). */
  #spam(): WireMessage[] {
    const { random } = this.#liar;
    const node = this.#liar.node();
    if (node === null || !node.driver.isStarted()) return [];
    const { base, selfIndex, round } = node.driver.state();
    if (selfIndex === null) return [];
    const votes = Array.from({ length: 5 }, (): WireMessage => {
      const vote = {
        type: random.pick(['prevote', 'precommit'] as const),
        height: base.height + random.pick([0, 0, 1, 2, 50]),
        round: Math.max(0, round) + random.pick([1, 2, 5, 100, 1_000_000]),
        valueId: this.#seen,
        index: selfIndex,
        signature: new Uint8Array(64),
      };
      return { kind: 'vote', vote: this.#signedVote(vote) };
    });
    return [...votes, ...this.#spammedProposals()];
  }

  /** Proposals for own turns far ahead, which must keep nobody else from its turn (R-M3). */
  #spammedProposals(): WireMessage[] {
    const binding = this.#binding();
    const state = this.#liar.node()?.driver.state();
    if (binding === undefined || state === undefined || this.#seen === null) return [];
    const { base, selfIndex, round } = state;
    const valueId = this.#seen;
    const n = base.set.length;
    return Array.from({ length: SPAMMED_PROPOSALS }, (): WireMessage => {
      const next = Math.max(0, round) + 1 + this.#liar.random.below(1_000);
      const turn = next + (((((selfIndex ?? 0) - base.height - next) % n) + n) % n);
      const place = { height: base.height, round: turn, valueId, validRound: -1 };
      const signature = this.#liar.sign(proposalSignBytes(binding, place));
      return { kind: 'proposal', proposal: { ...place, signature } };
    });
  }

  #isOwn(index: number): boolean {
    const node = this.#liar.node();
    return node?.driver.isStarted() === true && node.driver.state().selfIndex === index;
  }

  /** Own fresh proposals only: a re-proposed block is bound by its certificate. */
  #mayRewrite(proposal: Proposal): boolean {
    return proposal.validRound === -1 && this.#binding() !== undefined;
  }

  #otherBlock(
    proposal: Proposal,
    change: (block: Block) => Block,
  ): { proposal: Proposal; block: Uint8Array } | undefined {
    const known = this.#others.get(proposal.valueId);
    if (known !== undefined && known.proposal.round === proposal.round) return known;
    const binding = this.#binding();
    const body = this.#liar.node()?.driver.body(proposal.valueId);
    const block = body === undefined ? undefined : decodeBlock(body);
    if (binding === undefined || block === undefined || !block.ok) return undefined;
    const changed = change(block.value);
    const valueId = blockHash(changed.header);
    const unsigned = { ...proposal, valueId };
    const signature = this.#liar.sign(proposalSignBytes(binding, unsigned));
    const other = { proposal: { ...unsigned, signature }, block: encodeBlock(changed) };
    this.#others.set(proposal.valueId, other);
    return other;
  }

  #otherVote(vote: Vote): Vote {
    const slot = `${vote.height}/${vote.round}/${vote.type}`;
    const known = this.#votes.get(slot);
    if (known !== undefined) return known;
    const second = vote.valueId === null ? this.#seen : null;
    const other = this.#signedVote({ ...vote, valueId: second });
    this.#votes.set(slot, other);
    return other;
  }

  #signedVote(vote: Vote): Vote {
    const binding = this.#binding();
    if (binding === undefined) return vote;
    return { ...vote, signature: this.#liar.sign(voteSignBytes(binding, vote)) };
  }

  #binding(): ChainBinding | undefined {
    return this.#liar.node()?.chain.binding;
  }
}

/** Half of the peers, always the same half. */
function isFavoured(peerId: string): boolean {
  return peerId.charCodeAt(peerId.length - 1) % 2 === 0;
}

/** A certificate with one entry more than was signed (R-C2). */
function padded(random: Random, message: WireMessage): WireMessage {
  if (message.kind !== 'certificate' || message.certificate.kind === 'round') return message;
  const { certificate } = message;
  const last = certificate.entries.at(-1)?.[0] ?? 0;
  const false64 = new Uint8Array(64).fill(random.below(256));
  return {
    kind: 'certificate',
    certificate: { ...certificate, entries: [...certificate.entries, [last + 1, false64]] },
  };
}

function boast(random: Random, message: WireMessage): WireMessage {
  if (message.kind !== 'status') return message;
  return { ...message, head: random.pick([0, message.head, message.head + 1_000]) };
}

function garbage(random: Random, bytes: Uint8Array, message: WireMessage): Uint8Array {
  const kind = random.below(6);
  if (kind > 3) return encodeWire(misshapen(random, message));
  if (kind === 0) return flipped(random, bytes);
  if (kind === 1) return bytes.slice(0, random.below(bytes.length + 1));
  if (kind === 3) return new Uint8Array(100_000).fill(random.below(256));
  return Uint8Array.from({ length: random.below(600) }, () => random.below(256));
}

/** Well-formed outside, wrong inside. */
function misshapen(random: Random, message: WireMessage): WireMessage {
  if (message.kind === 'vote') {
    const index = message.vote.index + random.below(60);
    return { kind: 'vote', vote: { ...message.vote, index } };
  }
  if (message.kind !== 'body') return message;
  const { valueId, block } = message;
  const decoded = decodeBlock(block);
  if (!decoded.ok || random.chance(50)) {
    return { kind: 'body', valueId, block: block.slice(0, random.below(block.length)) };
  }
  const { header, body } = decoded.value;
  const later = { ...header, timeMs: header.timeMs + 1 };
  return { kind: 'body', valueId, block: encodeBlock({ header: later, body }) };
}

function flipped(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes);
  const at = random.below(Math.max(1, copy.length));
  copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
}

import type { Network, NetworkOptions, RequestOptions } from '@triflow/network';
import { CodedError } from '@triflow/protocol';
import type { Random } from './random.js';
import type { Scheduler } from './scheduler.js';

/** How bad the links are. Percentages, milliseconds. */
export interface LinkFaults {
  readonly delayMaxMs: number;
  readonly lossPercent: number;
  readonly duplicatePercent: number;
  readonly tailPercent: number;
  readonly tailMaxMs: number;
}

export const perfectLinks: LinkFaults = {
  delayMaxMs: 5,
  lossPercent: 0,
  duplicatePercent: 0,
  tailPercent: 0,
  tailMaxMs: 0,
};

interface Member {
  readonly options: NetworkOptions;
  readonly peerId: string;
}

/** Simulated links between nodes: delay, loss, duplication, reordering, partitions. */
export class SimNetwork {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #members = new Map<string, Member>();
  #groups: ReadonlyMap<string, number> = new Map();
  faults: LinkFaults = perfectLinks;

  constructor(scheduler: Scheduler, random: Random) {
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /** Splits the nodes; only those of one group hear one another. */
  partition(groups: readonly (readonly string[])[]): void {
    const map = new Map<string, number>();
    for (const [index, group] of groups.entries()) for (const id of group) map.set(id, index);
    this.#groups = map;
  }

  heal(): void {
    this.#groups = new Map();
    for (const a of this.#members.values()) {
      for (const b of this.#members.values()) {
        if (a !== b) this.#scheduler.plan(1, () => a.options.handlers.peerUp(b.peerId));
      }
    }
  }

  /** A node's end of the network, to be given to `createNode`. */
  join(peerId: string, options: NetworkOptions): Network {
    const member: Member = { options, peerId };
    return {
      peerId,
      start: async () => this.#up(member),
      stop: async () => this.leave(peerId),
      address: () => `sim:${peerId}`,
      connectedPeers: () => [...this.#members.keys()].filter((id) => this.#joined(peerId, id)),
      send: (to, channel, bytes) => this.#send(peerId, to, channel, bytes),
      request: (to, bytes, request) => this.#request(peerId, to, bytes, request),
      penalise: () => undefined,
      refreshPeers: () => undefined,
      stats: () => {
        const none = { bytesIn: 0, bytesOut: 0, messagesIn: 0, messagesOut: 0 };
        const zero = { dropped: 0, refused: 0, penalties: 0, peers: 0, connections: 0 };
        return { ...zero, consensus: none, gossip: none, request: none };
      },
    };
  }

  /** A node is gone; what is on its way to it is lost. */
  leave(peerId: string): void {
    this.#members.delete(peerId);
    for (const other of this.#members.values()) {
      this.#scheduler.plan(1, () => other.options.handlers.peerDown(peerId));
    }
  }

  #up(member: Member): void {
    this.#members.set(member.peerId, member);
    for (const other of this.#members.values()) {
      if (other === member) continue;
      this.#scheduler.plan(1, () => this.#tell(member, other.peerId));
      this.#scheduler.plan(1, () => this.#tell(other, member.peerId));
    }
  }

  #tell(member: Member, peerId: string): void {
    if (this.#members.get(member.peerId) === member) member.options.handlers.peerUp(peerId);
  }

  #joined(from: string, to: string): boolean {
    if (from === to || !this.#members.has(to)) return false;
    const group = this.#groups.get(from);
    return this.#groups.size === 0 || group === this.#groups.get(to);
  }

  #send(from: string, to: string, channel: 'consensus' | 'gossip', bytes: Uint8Array): boolean {
    if (!this.#joined(from, to)) return false;
    const target = this.#members.get(to);
    const copies = this.#random.chance(this.faults.duplicatePercent) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#random.chance(this.faults.lossPercent)) continue;
      this.#scheduler.plan(this.#delay(), () => {
        if (target === undefined || this.#members.get(to) !== target) return;
        if (this.#joined(from, to)) target.options.handlers.message(from, channel, bytes.slice());
      });
    }
    return true;
  }

  #request(from: string, to: string, bytes: Uint8Array, options: RequestOptions) {
    return new Promise<Uint8Array>((resolve, reject) => {
      const fail = (): void => reject(new CodedError('TRANSPORT_FAILED', 'simulated loss'));
      this.#scheduler.plan(options.timeoutMs, fail);
      const target = this.#members.get(to);
      if (target === undefined || !this.#joined(from, to)) return;
      if (this.#random.chance(this.faults.lossPercent)) return;
      this.#scheduler.plan(this.#delay(), () => {
        const { signal } = new AbortController();
        target.options.handlers.request(from, bytes, signal).then((answer) => {
          this.#scheduler.plan(this.#delay(), () => this.#joined(from, to) && resolve(answer));
        }, fail);
      });
    });
  }

  #delay(): number {
    const { delayMaxMs, tailPercent, tailMaxMs } = this.faults;
    const tail = this.#random.chance(tailPercent) ? this.#random.below(tailMaxMs + 1) : 0;
    return 1 + this.#random.below(delayMaxMs + 1) + tail;
  }
}

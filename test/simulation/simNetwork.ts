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

/** A copy of a node: twins share the peer id and have addresses of their own. */
interface Member {
  readonly address: string;
  readonly peerId: string;
  readonly options: NetworkOptions;
  /** R-D1, as the node said it last. */
  allowed: ReadonlySet<string>;
}

/** Simulated links between nodes: delay, loss, duplication, reordering, partitions. */
export class SimNetwork {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #onThrown: (address: string, error: unknown) => void;
  readonly #members = new Map<string, Member>();
  readonly #cuts = new Map<number, (from: string, to: string) => boolean>();
  #cut = 0;
  faults: LinkFaults = perfectLinks;
  /** Milliseconds that every message from or to a node may take longer, by its address. */
  readonly slow = new Map<string, number>();
  /** Whether a message is lost for what it says. */
  hides: ((from: string, to: string, bytes: Uint8Array) => boolean) | undefined;

  /** `onThrown`: nothing that a peer sends may throw past a node's boundary (R-D4). */
  constructor(
    scheduler: Scheduler,
    random: Random,
    onThrown: (address: string, error: unknown) => void,
  ) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#onThrown = onThrown;
  }

  /** Splits the nodes by address; the result heals this split. */
  split(side: ReadonlySet<string>, oneWay: boolean): () => void {
    this.#cut += 1;
    const cut = this.#cut;
    this.#cuts.set(cut, (from, to) => {
      return side.has(from) !== side.has(to) && (!oneWay || side.has(from));
    });
    return () => {
      if (this.#cuts.delete(cut)) this.#greetAll();
    };
  }

  heal(): void {
    this.#cuts.clear();
    this.faults = perfectLinks;
    this.slow.clear();
    this.hides = undefined;
    this.#greetAll();
  }

  /** A node's end of the network, to be given to `createNode`. */
  join(address: string, peerId: string, options: NetworkOptions): Network {
    const member: Member = { options, peerId, address, allowed: new Set() };
    const refresh = (): void => {
      member.allowed = new Set(options.peers().keys());
    };
    return {
      peerId,
      start: async () => {
        refresh();
        this.#up(member);
      },
      stop: async () => this.leave(address),
      address: () => `sim:${address}`,
      connectedPeers: () => {
        const others = [...this.#members.values()].filter((to) => this.#linked(member, to));
        return [...new Set(others.map((to) => to.peerId))];
      },
      send: (to, channel, bytes) => this.#send(member, to, channel, bytes),
      request: (to, bytes, request) => this.#request(member, to, bytes, request),
      penalise: () => undefined,
      refreshPeers: refresh,
      stats: () => {
        const none = { bytesIn: 0, bytesOut: 0, messagesIn: 0, messagesOut: 0 };
        const zero = { dropped: 0, refused: 0, penalties: 0, peers: 0, connections: 0 };
        return { ...zero, consensus: none, gossip: none, request: none };
      },
    };
  }

  /** A node is gone; what is on its way to it is lost. */
  leave(address: string): void {
    const gone = this.#members.get(address);
    this.#members.delete(address);
    if (gone === undefined) return;
    for (const other of this.#members.values()) {
      this.#scheduler.plan(1, () => other.options.handlers.peerDown(gone.peerId));
    }
  }

  #up(member: Member): void {
    this.#members.set(member.address, member);
    for (const other of this.#members.values()) {
      if (other === member) continue;
      this.#scheduler.plan(1, () => this.#tell(member, other));
      this.#scheduler.plan(1, () => this.#tell(other, member));
    }
  }

  #greetAll(): void {
    for (const a of this.#members.values()) {
      for (const b of this.#members.values()) {
        if (a !== b) this.#scheduler.plan(1, () => this.#tell(a, b));
      }
    }
  }

  #tell(member: Member, other: Member): void {
    const here = this.#members.get(member.address) === member;
    if (here && this.#linked(member, other)) member.options.handlers.peerUp(other.peerId);
  }

  #linked(from: Member, to: Member): boolean {
    if (from.peerId === to.peerId || !this.#members.has(to.address)) return false;
    if (!from.allowed.has(to.peerId) || !to.allowed.has(from.peerId)) return false;
    for (const isCut of this.#cuts.values()) if (isCut(from.address, to.address)) return false;
    return true;
  }

  #targets(from: Member, peerId: string): Member[] {
    // What a dead node still had on its hands is not heard.
    if (this.#members.get(from.address) !== from) return [];
    return [...this.#members.values()].filter((to) => {
      return to.peerId === peerId && this.#linked(from, to);
    });
  }

  #send(from: Member, peerId: string, channel: 'consensus' | 'gossip', bytes: Uint8Array): boolean {
    const targets = this.#targets(from, peerId);
    const isHidden = channel === 'consensus' && this.hides?.(from.peerId, peerId, bytes) === true;
    if (isHidden) return targets.length > 0;
    for (const to of targets) {
      const copies = this.#random.chance(this.faults.duplicatePercent) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        if (this.#random.chance(this.faults.lossPercent)) continue;
        this.#scheduler.plan(this.#delay(from, to), () => {
          if (this.#members.get(to.address) !== to || !this.#linked(from, to)) return;
          try {
            to.options.handlers.message(from.peerId, channel, bytes.slice());
          } catch (error) {
            this.#onThrown(to.address, error);
          }
        });
      }
    }
    return targets.length > 0;
  }

  #request(from: Member, peerId: string, bytes: Uint8Array, options: RequestOptions) {
    return new Promise<Uint8Array>((resolve, reject) => {
      const fail = (): void => reject(new CodedError('TRANSPORT_FAILED', 'simulated loss'));
      this.#scheduler.plan(options.timeoutMs, fail);
      const [to] = this.#targets(from, peerId);
      if (to === undefined || this.#random.chance(this.faults.lossPercent)) return;
      this.#scheduler.plan(this.#delay(from, to), () => {
        const { signal } = new AbortController();
        to.options.handlers.request(from.peerId, bytes, signal).then((answer) => {
          this.#scheduler.plan(this.#delay(to, from), () => {
            if (this.#linked(to, from)) resolve(answer);
          });
        }, fail);
      });
    });
  }

  #delay(from: Member, to: Member): number {
    const { delayMaxMs, tailPercent, tailMaxMs } = this.faults;
    const tail = this.#random.chance(tailPercent) ? this.#random.below(tailMaxMs + 1) : 0;
    const slowMs = Math.max(this.slow.get(from.address) ?? 0, this.slow.get(to.address) ?? 0);
    const slowness = slowMs === 0 ? 0 : this.#random.below(slowMs + 1);
    return 1 + this.#random.below(delayMaxMs + 1) + tail + slowness;
  }
}

import type { Devnet, DevnetNode } from '@triflow/devnet';
import { type BlockSeen, blockOf, headOf } from '../e2e/askNode.js';

const AT_ONCE = 100;

/** A block as the first node showed it. */
interface Reference {
  readonly id: string;
  readonly stateRoot: string;
  readonly txIds: readonly string[];
}

/** Where a transaction stands. */
export interface Place {
  readonly height: number;
  readonly code: string;
}

/**
 * Reads every block of every node through its API and compares: the same id, state root and
 * transactions at each height (agreement), a link to the block before, each transaction once,
 * nobody accused; and a node's head never falls.
 */
export class ChainAudit {
  readonly faults: string[] = [];
  readonly places = new Map<string, Place>();
  readonly #net: Devnet;
  readonly #references: Reference[] = [];
  readonly #nextHeights: number[];
  readonly #heads: number[];
  #rounds = 0;

  constructor(net: Devnet) {
    this.#net = net;
    this.#nextHeights = net.nodes.map(() => 1);
    this.#heads = net.nodes.map(() => 0);
  }

  /** Heights that all nodes were compared at. */
  get compared(): number {
    return Math.min(...this.#nextHeights) - 1;
  }

  /** The highest head that any node told. */
  get head(): number {
    return Math.max(...this.#heads);
  }

  /** Blocks that took more than one round. */
  get laterRounds(): number {
    return this.#rounds;
  }

  /** The head that a node told last may fall once: it lost its disk. */
  forgetHead(index: number): void {
    this.#heads[index] = 0;
  }

  /** Compares what has come since the last call; a node that does not answer is compared later. */
  async step(): Promise<void> {
    await Promise.all(this.#net.nodes.map((node) => this.#follow(node)));
  }

  async #follow(node: DevnetNode): Promise<void> {
    const { index, nodeId, http } = node;
    const known = this.#heads[index] ?? 0;
    const head = await headOf(http);
    if (head === undefined) return;
    if (head < known && this.#heads[index] === known) {
      this.faults.push(`${nodeId}: its head fell from ${known} to ${head}`);
    }
    this.#heads[index] = Math.max(head, this.#heads[index] ?? 0);
    const from = this.#nextHeights[index] ?? 1;
    const to = Math.min(head, from + AT_ONCE - 1);
    for (let height = from; height <= to; height += 1) {
      const block = await blockOf(http, height).catch(() => undefined);
      if (block === undefined) return;
      this.#compare(nodeId, block);
      this.#nextHeights[index] = height + 1;
    }
  }

  #compare(nodeId: string, block: BlockSeen): void {
    const { height, id, header, transactions } = block;
    const txIds = transactions.map(({ txId }) => txId);
    const reference = this.#references[height];
    if (reference === undefined) this.#first(nodeId, block, txIds);
    else if (
      reference.id !== id ||
      reference.stateRoot !== header.stateRoot ||
      reference.txIds.join() !== txIds.join()
    ) {
      this.faults.push(`${nodeId}: another block ${height}: ${id}, others have ${reference.id}`);
    }
    if (block.evidence.length > 0) this.faults.push(`${nodeId}: block ${height} accuses somebody`);
    if (block.page.next !== null)
      this.faults.push(`${nodeId}: block ${height} is more than a page`);
  }

  #first(nodeId: string, { height, id, header, ...block }: BlockSeen, txIds: string[]): void {
    const { stateRoot, parentHash } = header;
    const parent = this.#references[height - 1];
    if (parent !== undefined && parent.id !== parentHash) {
      this.faults.push(`${nodeId}: block ${height} follows ${parentHash}, not ${parent.id}`);
    }
    this.#references[height] = { id, stateRoot, txIds };
    if (block.certificate.round > 0) this.#rounds += 1;
    for (const { txId, status } of block.transactions) {
      const before = this.places.get(txId);
      if (before !== undefined) {
        this.faults.push(`${nodeId}: ${txId} stands at ${before.height} and at ${height}`);
      }
      this.places.set(txId, { height, code: status.code });
    }
  }
}

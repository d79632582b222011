import { demoSeed } from '@triflow/crypto';
import type { Devnet, DevnetNode } from '@triflow/devnet';
import { peerIdFromSeed } from '@triflow/network';
import { defined } from '@triflow/protocol';
import { Council } from '../e2e/council.js';
import { startAgain } from './perturb.js';

/** Labels of further demo keys: above those of sixteen validators and sixteen observers. */
const FIRST_LABEL = 33;

/** Which nodes of a devnet are validators now, and how the consortium changes it by vote. */
export class Seats {
  readonly #net: Devnet;
  readonly #council: Council;
  readonly #seated: Set<number>;
  /** Nodes whose own key had a seat: a consensus key never returns (R-S3). */
  readonly #used: Set<number>;
  #changes = 0;

  constructor(net: Devnet) {
    this.#net = net;
    this.#council = new Council(net);
    const validators = net.nodes.filter(({ role }) => role === 'validator');
    this.#seated = new Set(validators.map(({ index }) => index));
    this.#used = new Set(this.#seated);
  }

  get size(): number {
    return this.#seated.size;
  }

  has(index: number): boolean {
    return this.#seated.has(index);
  }

  /** A node that follows gets a seat; one that had one comes with a new key. */
  async voteIn(node: DevnetNode): Promise<void> {
    const { index, nodeId } = node;
    const label = this.#used.has(index) ? await this.#freshKey(node) : nodeId;
    const { party, peerId } = this.#memberOf(node);
    await this.#council.voteIn(this.#id(`in-${nodeId}`), {
      validator: nodeId,
      label,
      party,
      peerId,
    });
    this.#used.add(index);
    this.#seated.add(index);
  }

  /** A validator loses its seat and goes on as an observer. */
  async voteOut(node: DevnetNode): Promise<void> {
    this.#seated.delete(node.index);
    const from = await this.#council.voteOut(this.#id(`out-${node.nodeId}`), node.nodeId);
    await this.#council.reached(from);
    await this.#council.observe(this.#id(`follow-${node.nodeId}`), this.#memberOf(node));
  }

  /** A validator starts with a second key, and its seat goes over to it. */
  async rekey(node: DevnetNode): Promise<void> {
    const label = await this.#freshKey(node);
    const { party } = this.#memberOf(node);
    const validator = node.nodeId;
    await this.#council.rekey(this.#id(`rekey-${validator}`), { validator, label, party });
  }

  async #freshKey(node: DevnetNode): Promise<string> {
    const label = `v${FIRST_LABEL + this.#changes}`;
    await node.addKey(label);
    await node.stop();
    await startAgain(node);
    return label;
  }

  #id(name: string): string {
    this.#changes += 1;
    return `gp_${name}-${this.#changes}`;
  }

  #memberOf({ nodeId }: DevnetNode): { readonly party: string; readonly peerId: string } {
    const { validators, observers } = this.#net.genesis;
    const peerId = peerIdFromSeed(demoSeed(`node-${nodeId}`));
    const member = [...validators, ...observers].find((one) => one.peerId === peerId);
    return { party: defined(member, `the party of ${nodeId}`).party, peerId };
  }
}

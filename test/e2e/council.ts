import { setTimeout as pause } from 'node:timers/promises';
import { demoSeed, publicKeyFromSeed, signSync } from '@triflow/crypto';
import { type Devnet, demoParties } from '@triflow/devnet';
import {
  type CborMap,
  defined,
  hashFromText,
  isValidatorId,
  readinessSignBytes,
} from '@triflow/protocol';
import { z } from 'zod';
import { blockOf, headOf, postTransaction } from './askNode.js';
import { rawTransaction } from './rawTransaction.js';

const SUITE = 'ed25519';
const WAIT_SECONDS = 5;
const PAUSE_MS = 100;
const VALID_FOR_BLOCKS = 400;
const LIMIT_MS = 240_000;

const outcomeSchema = z.object({ outcome: z.string(), height: z.number().optional() });

/** Who shows that it holds the key of a seat: the seat, and the label of its demo key. */
export interface SeatKey {
  readonly validator: string;
  readonly label: string;
}

/**
 * Changes of the validator set as a consortium makes them: a governor proposes and carries, the
 * seat's party activates. Any node is asked, the next one if it does not answer.
 */
export class Council {
  readonly #net: Devnet;
  #turn = 0;

  constructor(net: Devnet) {
    this.#net = net;
  }

  /** Proposes a change and votes for it. */
  async decide(id: string, change: { kind: string; body: CborMap }): Promise<void> {
    await this.#send('governor', 'propose', { id, change });
    await this.#send('governor', 'vote', { id, yes: true });
  }

  /** Activates what passed; gives the first height at which it counts. */
  async activate(id: string, alias: string, signer?: SeatKey): Promise<number> {
    const ready = signer === undefined ? {} : { readiness: await this.#readiness(signer) };
    return (await this.#send(alias, 'activate', { id, ...ready })) + 2;
  }

  /** Gives a seat to a node that has none. */
  async voteIn(id: string, seat: SeatKey & { readonly party: string; readonly peerId: string }) {
    const { validator, party, peerId, label } = seat;
    const body = { validator, party, suite: SUITE, publicKey: publicKey(label), peerId };
    await this.decide(id, { kind: 'add_validator', body });
    return this.activate(id, this.#aliasOf(party), seat);
  }

  /** Puts a seat under another key, which its node must hold by then. */
  async rekey(id: string, seat: SeatKey & { readonly party: string }): Promise<number> {
    const body = { validator: seat.validator, suite: SUITE, publicKey: publicKey(seat.label) };
    await this.decide(id, { kind: 'rekey_validator', body });
    return this.activate(id, this.#aliasOf(seat.party), seat);
  }

  /** Takes a seat away. */
  async voteOut(id: string, validator: string): Promise<number> {
    await this.decide(id, { kind: 'remove_validator', body: { validator } });
    return this.activate(id, 'governor');
  }

  /** Waits until a height is reached. */
  async reached(height: number): Promise<void> {
    await this.#untilAnswered(`height ${height}`, async (url) => {
      return ((await headOf(url)) ?? 0) >= height ? true : undefined;
    });
  }

  /** Lets a node without a seat follow. */
  async observe(id: string, body: { readonly party: string; readonly peerId: string }) {
    await this.decide(id, { kind: 'add_observer', body: { ...body } });
    return this.activate(id, 'governor');
  }

  async #readiness({ validator, label }: SeatKey): Promise<CborMap> {
    if (!isValidatorId(validator)) throw new TypeError('a validator id');
    const { height, id } = await this.#head();
    const valueId = defined(hashFromText(id), 'a block id');
    const chain = { chainId: this.#net.genesis.chainId, genesisHash: this.#net.genesisHash };
    const key = { suite: SUITE, publicKey: publicKey(label) } as const;
    const ready = { validatorId: validator, ...key, height, valueId };
    const signature = signSync(demoSeed(label), readinessSignBytes(chain, ready));
    return { height, valueId: id, signature };
  }

  async #head(): Promise<{ height: number; id: string }> {
    return this.#untilAnswered('a head', async (url) => {
      const height = await headOf(url);
      if (height === undefined) return undefined;
      const { id } = await blockOf(url, height);
      return { height, id };
    });
  }

  /** Commits a command of governance; gives its height. */
  async #send(alias: string, name: string, params: CborMap): Promise<number> {
    const validUntilHeight = (await this.#head()).height + VALID_FOR_BLOCKS;
    const command = { contract: 'governance', name, params };
    const { bytes } = rawTransaction(this.#net, alias, [command], { validUntilHeight });
    return this.#untilAnswered(name, async (url) => {
      const { body } = await postTransaction(url, bytes, WAIT_SECONDS);
      const { data } = outcomeSchema.safeParse(body);
      if (data === undefined || data.outcome === 'pending') return undefined;
      if (data.outcome === 'committed') return defined(data.height, 'a height');
      throw new RefusedError(`${name} of ${alias}: ${JSON.stringify(body)}`);
    });
  }

  /** Asks one node after another; only an answer that is final ends it. */
  async #untilAnswered<T>(what: string, ask: (url: string) => Promise<T | undefined>): Promise<T> {
    const { urls } = this.#net;
    const deadlineMs = performance.now() + LIMIT_MS;
    let last: unknown = 'no answer';
    while (performance.now() < deadlineMs) {
      const url = defined(urls[this.#turn % urls.length], 'a node');
      try {
        const answer = await ask(url);
        if (answer !== undefined) return answer;
      } catch (error) {
        if (error instanceof RefusedError) throw error;
        last = error;
      }
      this.#turn += 1;
      await pause(PAUSE_MS);
    }
    throw new Error(`governance: ${what} has no final answer: ${String(last)}`);
  }

  #aliasOf(party: string): string {
    const found = demoParties.find(({ id }) => id === party);
    return defined(found, `the demo party ${party}`).alias;
  }
}

class RefusedError extends Error {}

function publicKey(label: string): Uint8Array {
  return publicKeyFromSeed(demoSeed(label));
}

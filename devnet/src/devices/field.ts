import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoSeed, genesisHashOf } from '@triflow/crypto';
import type { Gateway } from '@triflow/gateway';
import { CodedError, type Genesis, type Logger, textFromHash } from '@triflow/protocol';
import { accountFromSeed } from '@triflow/sdk';
import { z } from 'zod';
import { DEMO_KEY_ID, type DemoParty, demoParty } from '../demoParties.js';
import { type SimulatedDevice, simulateDevice } from './simulateDevice.js';
import { type Broker, startBroker } from './startBroker.js';

/** Quick enough to watch: a reading waits this long for others of its batch, and behind a gap. */
const MAX_DELAY_MS = 100;
const GAP_WAIT_MS = 500;

const intakeSchema = z.object({ messages: z.number(), taken: z.number() }).catchall(z.number());
/** Until a gateway has dealt with what the broker has for it. */
const HANDLED_MS = 30_000;
const POLL_MS = 20;

/** What a simulated device sends, to the gateway of a party. */
export type Simulation = Omit<SimulatedDevice, 'keyId' | 'keySeed'> & {
  /** Alias of the party whose gateway takes the readings. */
  readonly gateway: string;
  /** Alias of the device's own party, whose key signs. */
  readonly party: string;
  /** What the device is put on first, if it is not there yet. */
  readonly asset?: string;
};

/** What became of a simulation at the gateway; what else came there meanwhile is counted, too. */
export interface Simulated {
  readonly messages: number;
  /** Readings that are on the gateway's disk. */
  readonly taken: number;
  /** Messages that never will be, by reason. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface FieldOptions {
  /** Where the gateways keep their homes. */
  readonly dir: string;
  readonly genesis: Genesis;
  readonly urls: readonly string[];
  /** The network's time. */
  readonly nowMs: () => number;
}

/** What stands beside a devnet's nodes: one broker, a gateway a party, devices that send. */
export class Field {
  readonly #options: FieldOptions;
  readonly #gateways = new Map<string, Promise<Gateway>>();
  #broker: Promise<Broker> | undefined;
  #isStopped = false;

  constructor(options: FieldOptions) {
    this.#options = options;
  }

  /** HTTP address of the gateway that signs for a demo party; started when first asked for. */
  async gateway(alias: string): Promise<string> {
    const party = partyOf(alias);
    if (this.#isStopped) throw new CodedError('ABORTED', 'the devnet is stopping');
    let started = this.#gateways.get(alias);
    if (started === undefined) {
      started = this.#start(party);
      this.#gateways.set(alias, started);
      // One that did not start is started anew by the next who asks.
      started.catch(() => this.#gateways.delete(alias));
    }
    return (await started).url;
  }

  /** Sends what a device measures over the broker; resolves when the gateway has dealt with it. */
  async simulate(simulation: Simulation): Promise<Simulated> {
    const { gateway, party, ...device } = simulation;
    const url = await this.gateway(gateway);
    const before = await readIntake(url);
    const broker = await this.#openBroker();
    const keySeed = demoSeed(partyOf(party).alias);
    let messages = 0;
    for await (const { topic, text } of simulateDevice({
      ...device,
      keyId: DEMO_KEY_ID,
      keySeed,
    })) {
      await broker.publish(`${gateway}/${topic}`, text);
      messages += 1;
    }
    const after = await untilHandled(url, before.messages + messages);
    const gained = Object.entries(after).flatMap(([name, count]) => {
      const more = count - (before[name] ?? 0);
      return more > 0 && name !== 'messages' && name !== 'taken' ? [[name, more] as const] : [];
    });
    const refused = Object.fromEntries(gained);
    return { messages, taken: after.taken - before.taken, refused };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const gateways = await Promise.allSettled(this.#gateways.values());
    for (const one of gateways) if (one.status === 'fulfilled') await one.value.stop();
    await (await this.#broker)?.stop();
  }

  async #start({ alias, id }: DemoParty): Promise<Gateway> {
    const { dir, genesis, urls, nowMs } = this.#options;
    // Loaded when it is needed: most networks run without one.
    const { parseConfig, startGateway } = await import('@triflow/gateway');
    const broker = await this.#openBroker();
    const clientId = `gateway-${alias}`;
    const document = gatewayToml({ alias, clientId, urls, genesis, broker });
    const gateway = await startGateway({
      home: join(dir, alias),
      config: parseConfig(document, `the gateway of ${alias}`),
      account: accountFromSeed({ party: id, keyId: DEMO_KEY_ID, seed: demoSeed(alias) }),
      logger: silent,
      now: nowMs,
    });
    await broker.untilSubscribed(clientId);
    return gateway;
  }

  #openBroker(): Promise<Broker> {
    this.#broker ??= startBroker();
    return this.#broker;
  }
}

type Intake = z.infer<typeof intakeSchema>;

async function readIntake(url: string): Promise<Intake> {
  const answer = await fetch(`${url}/v1/devices`);
  return z.object({ intake: intakeSchema }).parse(await answer.json()).intake;
}

/** Messages that wait for a ledger or for room are left to the gateway after a while. */
async function untilHandled(url: string, messages: number): Promise<Intake> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const intake = await readIntake(url);
    if (intake.messages >= messages || waitedMs >= HANDLED_MS) return intake;
    await sleep(POLL_MS);
  }
}

function partyOf(alias: string): DemoParty {
  const party = demoParty(alias);
  if (party === undefined) throw new CodedError('REQUEST_INVALID', `there is no party ${alias}`);
  return party;
}

/** A gateway's configuration; its key is published, so no key file is needed. */
function gatewayToml(home: {
  readonly alias: string;
  readonly clientId: string;
  readonly urls: readonly string[];
  readonly genesis: Genesis;
  readonly broker: Broker;
}): string {
  const { alias, clientId, urls, genesis, broker } = home;
  return `[chain]
nodes = ${JSON.stringify(urls)}
genesisHash = "${textFromHash(genesisHashOf(genesis))}"
[account]
keystore = "published"
[http]
port = 0
[devices]
enabled = true
maxDelayMs = ${MAX_DELAY_MS}
gapWaitMs = ${GAP_WAIT_MS}
[devices.mqtt]
url = "${broker.url}"
topic = "${alias}/triflow/devices/+/readings"
clientId = "${clientId}"
version = 4
`;
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

import { join } from 'node:path';
import { demoSeed, genesisHashOf } from '@triflow/crypto';
import type { Gateway } from '@triflow/gateway';
import { CodedError, type Genesis, type Logger, textFromHash } from '@triflow/protocol';
import { accountFromSeed } from '@triflow/sdk';
import { DEMO_KEY_ID, type DemoParty, demoParty } from '../demoParties.js';
import { type SimulatedDevice, simulateDevice } from './simulateDevice.js';
import { type Broker, startBroker } from './startBroker.js';

/** Quick enough to watch: a reading waits this long for others of its batch, and behind a gap. */
const MAX_DELAY_MS = 100;
const GAP_WAIT_MS = 500;

/** What a simulated device sends, to the gateway of a party. */
export type Simulation = Omit<SimulatedDevice, 'keyId' | 'keySeed'> & {
  /** Alias of the party whose gateway takes the readings. */
  readonly gateway: string;
  /** Alias of the device's own party, whose key signs. */
  readonly party: string;
};

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

  /** Sends what a device measures over the broker; resolves when the broker has all of it. */
  async simulate(simulation: Simulation): Promise<{ readonly messages: number }> {
    const { gateway, party, ...device } = simulation;
    await this.gateway(gateway);
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
    return { messages };
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

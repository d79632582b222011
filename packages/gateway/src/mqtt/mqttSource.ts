import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, limits } from '@triflow/protocol';
import { connect, type MqttClient } from 'mqtt';
import type { DevicesConfig } from '../config.js';
import type { Intake } from '../devices/takeReadings.js';

/** For ever; and a broker need not send what would be refused for its size anyway. */
const SESSION = {
  sessionExpiryInterval: 0xffff_ffff,
  maximumPacketSize: limits.deviceMessageBytesMax + limits.mqttPacketExtraBytesMax,
};
const RETRY_MS = 1_000;
const RECONNECT_MS = 1_000;

export interface MqttSourceOptions {
  readonly options: NonNullable<DevicesConfig['mqtt']>;
  readonly home: string;
  readonly intake: Intake;
  readonly logger: Logger;
}

export interface MqttSource {
  readonly connected: boolean;
  stop(): Promise<void>;
}

/**
 * Listens to a broker under a name that the broker remembers, so that it keeps messages (QoS 1)
 * while the gateway is away. A message is acknowledged when it is durable or can never be taken;
 * while there is no room for it, it waits and with it all after it: the broker keeps them.
 */
export async function createMqttSource(source: MqttSourceOptions): Promise<MqttSource> {
  const { options, intake, logger } = source;
  const { url, topic, clientId, version, username, passwordFile } = options;
  const password =
    passwordFile === undefined
      ? undefined
      : (await readFile(resolve(source.home, passwordFile), 'utf8')).trimEnd();
  const client = connect(url, {
    clientId,
    protocolVersion: version,
    clean: false,
    ...(version === 5 ? { properties: SESSION } : {}),
    reconnectPeriod: RECONNECT_MS,
    resubscribe: true,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
  const stopped = new AbortController();
  client.handleMessage = (packet, done) => {
    const text = Buffer.from(packet.payload).toString('utf8');
    takeUntilTaken(intake, text, stopped.signal).then(
      (isTaken) => (isTaken ? done() : undefined),
      (error: unknown) => {
        logger.error('gateway.reading_failed', { error: String(error) });
        done();
      },
    );
  };
  client.on('error', (error) => logger.warn('gateway.broker', { error: error.message }));
  client.on('connect', () => {
    logger.info('gateway.broker_connected', { url, topic });
    client.subscribe(topic, { qos: 1 });
  });
  return {
    get connected() {
      return client.connected;
    },
    async stop() {
      stopped.abort();
      await close(client);
    },
  };
}

/** Tries until the message is stored or refused for good; false when the gateway stops first. */
async function takeUntilTaken(intake: Intake, text: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    try {
      await intake.take(text);
      return true;
    } catch {
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return false;
}

/** Without waiting for messages under way: those that were not acknowledged come again. */
async function close(client: MqttClient): Promise<void> {
  await client.endAsync(true);
}

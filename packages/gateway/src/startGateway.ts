import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CodedError, type Logger } from '@triflow/protocol';
import { type Account, createClient, createReadTokens, http } from '@triflow/sdk';
import { openKeystoreFile } from '@triflow/sdk/node';
import { fastify } from 'fastify';
import { type GatewayConfig, loadConfig } from './config.js';
import { createDevicesPart } from './devices/devicesPart.js';
import { createEpcisPart } from './epcis/epcisPart.js';
import type { GatewayContext, GatewayPart } from './gatewayPart.js';
import { createLogger } from './logger.js';
import { createSubmitQueue } from './submitQueue.js';

export interface GatewayOptions {
  readonly home: string;
  readonly config: GatewayConfig;
  readonly account: Account;
  readonly logger: Logger;
  /** The time that devices' clocks are held against; the machine's unless the chain has another. */
  readonly now?: () => number;
}

export interface Gateway {
  readonly url: string;
  readonly party: string;
  /** Takes no more, lets what is under way end, keeps the rest for the next run. */
  stop(): Promise<void>;
}

/** Starts the gateway of a home directory: `gateway.toml`, the key file it names, its data. */
export async function startHome(home: string): Promise<Gateway> {
  const config = await loadConfig(home);
  const account = await openAccount(home, config);
  const logger = createLogger(config.gateway.logLevel, { party: account.party });
  return startGateway({ home, config, account, logger });
}

/** Starts a gateway. Throws CONFIG_INVALID, GENESIS_INVALID, PORT_IN_USE. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, account, logger, now = Date.now } = options;
  const home = resolve(options.home);
  const data = resolve(home, config.gateway.data);
  await mkdir(data, { recursive: true });
  const trust = await readTrust(home, config);
  const client = createClient({ transport: http(config.chain.nodes), trust, account });
  const { parallel, queue: waitingMax, deadlineMs } = config.submit;
  const queue = createSubmitQueue({ client, parallel, waitingMax, deadlineMs });
  const { party } = account;
  const tokens = createReadTokens(account);
  const shared = { config, home, data, party, client, tokens, queue, logger };
  const context: GatewayContext = { ...shared, now };
  const parts = await gatewayParts(context);
  const app = fastify({ logger: false, return503OnClosing: false, exposeHeadRoutes: false });
  app.get('/livez', async () => ({ live: true }));
  app.get('/readyz', async () => ({ ready: true, pending: queue.pending }));
  for (const part of parts) part.routes?.(app);
  const stop = async (): Promise<void> => {
    await app.close();
    const parting = Promise.all(parts.map((part) => part.stop()));
    await queue.stop();
    await parting;
  };
  try {
    for (const part of parts) await part.start();
    const url = await listen(app, config.http);
    logger.info('gateway.listening', { url, parts: parts.map(({ name }) => name) });
    return { url, party, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The parts that the configuration asks for. */
async function gatewayParts(context: GatewayContext): Promise<readonly GatewayPart[]> {
  const parts: GatewayPart[] = [];
  const { devices, epcis } = context.config;
  if (devices.enabled) parts.push(await createDevicesPart(context));
  if (epcis.enabled) parts.push(await createEpcisPart(context));
  return parts;
}

async function openAccount(home: string, { account }: GatewayConfig): Promise<Account> {
  const { keystore, passwordFile, party, keyId } = account;
  const password = process.env.TRIFLOW_PASSWORD;
  if (passwordFile === undefined && password === undefined) {
    throw new CodedError('KEYSTORE_PASSWORD', 'set account.passwordFile or TRIFLOW_PASSWORD');
  }
  return openKeystoreFile(resolve(home, keystore), {
    ...(passwordFile === undefined
      ? { password: password ?? '' }
      : { passwordFile: resolve(home, passwordFile) }),
    ...(party !== undefined && { party }),
    ...(keyId !== undefined && { keyId }),
  });
}

async function readTrust(
  home: string,
  { chain }: GatewayConfig,
): Promise<{ genesis: unknown } | { genesisHash: string }> {
  if (chain.genesisHash !== undefined) return { genesisHash: chain.genesisHash };
  const path = join(home, chain.genesis ?? '');
  try {
    const genesis: unknown = JSON.parse(await readFile(resolve(home, chain.genesis ?? ''), 'utf8'));
    return { genesis };
  } catch (cause) {
    throw new CodedError('GENESIS_INVALID', `${path} cannot be read as JSON`, { cause });
  }
}

async function listen(
  app: { listen(options: { host: string; port: number }): Promise<string> },
  { host, port }: GatewayConfig['http'],
): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    throw new CodedError('PORT_IN_USE', `${host}:${port} is taken by another program`, { cause });
  }
}

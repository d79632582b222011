import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CodedError,
  type ErrorCode,
  errorCodes,
  hexFromBytes,
  isCodedError,
  limits,
} from '@triflow/protocol';
import { batchKey, proveReading, type ReadingProof } from '@triflow/sdk';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { GatewayContext, GatewayPart } from '../gatewayPart.js';
import { createMqttSource, type MqttSource } from '../mqtt/mqttSource.js';
import { openArchive } from '../store/archive.js';
import { openQuarantine } from '../store/quarantine.js';
import { openSpool } from '../store/spool.js';
import { createForwarder } from './createForwarder.js';
import { openDirectory } from './deviceDirectory.js';
import { recordStocktake } from './recordStocktake.js';
import { createIntake, type Intake, type Refusal } from './takeReadings.js';

const RETRY_SECONDS = 5;

const httpStatus: Readonly<Record<Refusal, number>> = {
  malformed: 400,
  forged: 401,
  not_our_device: 403,
  device_unknown: 404,
  device_not_bound: 409,
  kind_not_bound: 422,
  clock_skew: 422,
};

/** A proof of one reading, and the state key of the batch that it belongs to. */
interface ProofAnswer {
  readonly proof: ReadingProof;
  readonly batch: { readonly device: string; readonly toSeq: number; readonly height: number };
}

/** Devices' readings: MQTT and HTTP in, batches out, proofs on request. */
export async function createDevicesPart(context: GatewayContext): Promise<GatewayPart> {
  const { config, logger, party, client, queue, now } = context;
  const rules = config.devices;
  const folder = join(context.data, 'devices');
  await mkdir(folder, { recursive: true });
  const spool = await openSpool({
    folder: join(folder, 'spool'),
    bytesMax: rules.spoolBytesMax,
    onDamage: (damage) => logger.error('gateway.spool_damaged', { ...damage }),
  });
  if (spool.cutBytes > 0) logger.warn('gateway.spool_cut', { bytes: spool.cutBytes });
  const archive = await openArchive(join(folder, 'archive'), rules.archiveBytesMax);
  const quarantine = openQuarantine(join(folder, 'quarantine.jsonl'), rules.spoolBytesMax);
  const directory = await openDirectory(client, join(folder, 'devices.json'), now);
  const forwarder = createForwarder({
    spool,
    archive,
    quarantine,
    directory,
    queue,
    logger,
    now,
    sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
    rules: {
      maxDelayMs: rules.maxDelayMs,
      gapWaitMs: rules.gapWaitMs,
      anchor: new Set(rules.anchor),
      anchorReadings: rules.anchorReadings,
      groupsMax: config.submit.parallel,
    },
  });
  const onTaken = (): void => forwarder.wake();
  const intake = createIntake({ directory, spool, logger, party, now, onTaken });
  let mqtt: MqttSource | undefined;

  const prove = async (device: string, seq: number): Promise<ProofAnswer | undefined> => {
    for (const { readings, toSeq } of await archive.find(device, seq)) {
      const proof = proveReading(device, readings, seq);
      const { data } = await client.devices.getBatch({ device, toSeq });
      if (proof === undefined || data === null) continue;
      if (hexFromBytes(data.root) !== proof.root) continue;
      return { proof, batch: { device, toSeq: data.toSeq, height: data.height } };
    }
    return undefined;
  };

  return {
    name: 'devices',
    routes(app) {
      app.register(async (scope) => {
        addStocktakeRoute(scope, (csv) => recordStocktake(csv, { party, queue }));
      });
      addEvidenceRoute(app, async (device, seq) => {
        const found = await prove(device, seq);
        if (found === undefined) return undefined;
        const key = batchKey(device, found.batch.toSeq);
        return (await client.evidence.create(key)).bytes;
      });
      addRoutes(app, intake, prove, () => ({
        party,
        intake: intake.counts,
        forwarded: forwarder.counts,
        quarantined: quarantine.count,
        spoolBytes: spool.bytes,
        archiveBytes: archive.bytes,
        broker: mqtt?.connected ?? null,
      }));
    },
    async start() {
      forwarder.start();
      if (rules.mqtt === undefined) return;
      mqtt = await createMqttSource({ options: rules.mqtt, home: context.home, intake, logger });
    },
    async stop() {
      await mqtt?.stop();
      await forwarder.stop();
      await spool.close();
    },
  };
}

function addRoutes(
  app: FastifyInstance,
  intake: Intake,
  prove: (device: string, seq: number) => Promise<ProofAnswer | undefined>,
  status: () => unknown,
): void {
  app.get('/v1/devices', async () => status());
  app.post('/v1/readings', { bodyLimit: limits.deviceMessageBytesMax }, async (request, reply) => {
    try {
      const { refused, readings } = await intake.take(JSON.stringify(request.body));
      if (refused === undefined) return reply.code(202).send({ readings });
      return problem(reply, httpStatus[refused], refused);
    } catch (error) {
      return later(reply, error);
    }
  });
  app.get('/v1/readings/:device/:seq/proof', async (request, reply) => {
    const found = await ofReading(request.params, prove);
    return found === undefined ? problem(reply, 404, 'reading_unknown') : reply.send(found);
  });
}

/** An evidence file of the batch that a reading is in: with its proof it is checked offline. */
function addEvidenceRoute(
  app: FastifyInstance,
  make: (device: string, seq: number) => Promise<Uint8Array | undefined>,
): void {
  app.get('/v1/readings/:device/:seq/evidence', async (request, reply) => {
    const found = await ofReading(request.params, make);
    if (found === undefined) return problem(reply, 404, 'reading_unknown');
    return reply.type('application/json').send(Buffer.from(found));
  });
}

/** What there is of the reading that a path names. */
async function ofReading<T>(
  params: unknown,
  find: (device: string, seq: number) => Promise<T | undefined>,
): Promise<T | undefined> {
  const { device, seq } = params as { device: string; seq: string };
  const known = /^dv_[a-z0-9-]{1,60}$/.test(device) && /^[1-9]\d{0,15}$/.test(seq);
  return known ? await find(device, Number(seq)) : undefined;
}

/** A stocktake by RFID reader as CSV; its events are on the chain when it answers. */
function addStocktakeRoute(
  app: FastifyInstance,
  record: (csv: string) => Promise<readonly string[]>,
): void {
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, async (_: unknown, body: string) => {
    return body;
  });
  app.post('/v1/stocktakes', { bodyLimit: limits.httpBodyBytesMax }, async (request, reply) => {
    if (typeof request.body !== 'string') return problem(reply, 415, 'REQUEST_MEDIA_TYPE');
    try {
      return await reply.code(201).send({ events: await record(request.body) });
    } catch (error) {
      if (!isCodedError(error)) throw error;
      const { code, message, details } = error;
      const status = Object.hasOwn(errorCodes, code)
        ? errorCodes[code as ErrorCode].httpStatus
        : 409;
      const type = `urn:triflow:error:${code}`;
      reply.type('application/problem+json');
      return reply.code(status).send({ type, status, code, detail: message, details });
    }
  });
}

/** Not now: the disk is full, or a device is new and no node can be asked. */
function later(reply: FastifyReply, error: unknown): FastifyReply {
  const code = isCodedError(error) ? error.code : 'INTERNAL';
  if (error instanceof CodedError && code === 'REQUEST_TOO_LARGE') return problem(reply, 413, code);
  reply.header('retry-after', RETRY_SECONDS);
  return problem(reply, 503, code);
}

function problem(reply: FastifyReply, status: number, code: string): FastifyReply {
  const type = `urn:triflow:error:${code.toUpperCase()}`;
  reply.type('application/problem+json');
  return reply.code(status).send({ type, status, code: code.toUpperCase() });
}

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { assert, CodedError, isCodedError, limits } from '@triflow/protocol';
import { z } from 'zod';
import { deviceFaults, deviceModels } from './devices/simulateDevice.js';
import type { Devnet } from './devnet.js';
import type { DevnetNode } from './devnetNode.js';
import type { DevnetHome } from './home.js';
import { type DevnetLock, isAlive, readLock } from './lockFile.js';
import { HOST } from './ports.js';

const TOKEN_BYTES = 16;
const CALL_MS = 90_000;

const node = z.number().int();

const stepsSchema = z.number().int().min(0).max(limits.simulatedStepsMax);

const simulationSchema = z.strictObject({
  gateway: z.string(),
  party: z.string(),
  model: z.enum(deviceModels),
  device: z.string(),
  seed: z.number().int(),
  startMs: z.number().int(),
  stepMs: z.number().int().min(1),
  steps: stepsSchema.min(1),
  firstSeq: z.number().int().min(1).exactOptional(),
  asset: z.string().exactOptional(),
  home: z.strictObject({ x: z.number().int(), y: z.number().int() }).exactOptional(),
  faults: z
    .array(
      z.strictObject({ kind: z.enum(deviceFaults), fromStep: stepsSchema, steps: stepsSchema }),
    )
    .max(deviceFaults.length)
    .exactOptional(),
});

const controlRequestSchema = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.enum(['kill', 'stop', 'start', 'pause', 'resume']), node }),
  z.strictObject({ verb: z.literal('partition'), groups: z.array(z.array(node)) }),
  z.strictObject({ verb: z.literal('slow'), node, latencyMs: z.number() }),
  z.strictObject({ verb: z.literal('heal') }),
  z.strictObject({ verb: z.literal('advance'), ms: z.number() }),
  z.strictObject({ verb: z.literal('splits') }),
  z.strictObject({ verb: z.literal('gateway'), party: z.string() }),
  z.strictObject({ verb: z.literal('simulate'), simulation: simulationSchema }),
  z.strictObject({ verb: z.literal('down') }),
]);

/** What another terminal may ask of the process that owns the nodes. */
export type ControlRequest = z.infer<typeof controlRequestSchema>;

const answerSchema = z.union([
  z.object({ done: z.unknown() }),
  z.object({ code: z.string(), message: z.string() }),
]);

/** Listens on loopback for whoever can read the lock file, which is the same user. */
export async function startControl(
  devnet: Devnet,
  lock: DevnetLock,
): Promise<{ stop(): Promise<void> }> {
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  const server = createServer((request, response) => {
    void answer(devnet, token, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: HOST, port: 0 }, resolve);
  });
  const address = server.address();
  assert(address !== null && typeof address === 'object', 'control: its port');
  await lock.describe({ portBase: devnet.portBase, control: { port: address.port, token } });
  server.unref();
  return {
    stop: async () => {
      server.close();
      server.closeIdleConnections();
    },
  };
}

/**
 * Asks the owner of a running devnet. Throws OBJECT_NOT_FOUND when none runs there, and what the
 * owner's call threw.
 */
export async function callControl(home: DevnetHome, request: ControlRequest): Promise<unknown> {
  const lock = await readLock(home);
  if (lock === undefined || !isAlive(lock.pid)) {
    throw new CodedError('OBJECT_NOT_FOUND', `no devnet is running in ${home.dir}`);
  }
  if (lock.control === undefined) {
    throw new CodedError('NODE_SYNCING', `the devnet in ${home.dir} is still starting`);
  }
  const { port, token } = lock.control;
  let text: string;
  try {
    const response = await fetch(`http://${HOST}:${port}/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(CALL_MS),
    });
    text = await response.text();
  } catch (cause) {
    const message = `the owner of ${home.dir} (pid ${lock.pid}) does not answer`;
    throw new CodedError('TRANSPORT_FAILED', message, { cause });
  }
  const parsed = answerSchema.parse(JSON.parse(text));
  if ('code' in parsed) throw new CodedError(parsed.code, parsed.message);
  return parsed.done;
}

async function answer(
  devnet: Devnet,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const give = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify(body));
  };
  try {
    if (!isAllowed(request, token)) throw new CodedError('SIGNATURE_INVALID', 'wrong token');
    const parsed = controlRequestSchema.safeParse(JSON.parse(await readBody(request)));
    if (!parsed.success) throw new CodedError('REQUEST_INVALID', 'not a request of the devnet');
    give(200, { done: (await perform(devnet, parsed.data)) ?? null });
  } catch (error) {
    const code = isCodedError(error) ? error.code : 'INTERNAL';
    give(422, { code, message: error instanceof Error ? error.message : String(error) });
  }
}

function isAllowed({ headers }: IncomingMessage, token: string): boolean {
  const given = Buffer.from(headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > limits.devnetRequestBytesMax)
      throw new CodedError('REQUEST_TOO_LARGE', 'too long');
  }
  return text;
}

async function perform(devnet: Devnet, request: ControlRequest): Promise<unknown> {
  switch (request.verb) {
    case 'partition':
      return devnet.partition(request.groups);
    case 'slow':
      return devnet.slow(request.node, { latencyMs: request.latencyMs });
    case 'heal':
      return devnet.heal();
    case 'advance':
      return devnet.advanceClock(request.ms);
    case 'splits':
      return devnet.splits();
    case 'gateway':
      return devnet.gateway(request.party);
    case 'simulate':
      return devnet.simulate(request.simulation);
    case 'down':
      return devnet.stop();
    default:
      return nodeAt(devnet, request.node)[request.verb]();
  }
}

function nodeAt({ nodes }: Devnet, index: number): DevnetNode {
  const found = nodes[index];
  if (found !== undefined) return found;
  throw new CodedError('REQUEST_INVALID', `there is no node ${index}: 0 to ${nodes.length - 1}`);
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, limits } from '@triflow/protocol';
import { parse as parseToml, TomlError } from 'smol-toml';
import { z } from 'zod';

const text = z.string().min(1).max(1_024);
const DEADLINE_MS = 120_000;

const chainSchema = z
  .strictObject({
    /** Nodes to ask, the first that answers. */
    nodes: z
      .array(z.url({ protocol: /^https?$/ }))
      .min(1)
      .max(16),
    /** The genesis document, or its hash: what is believed without proof. */
    genesis: text.optional(),
    genesisHash: z
      .string()
      .regex(/^(sha256:)?[0-9a-f]{64}$/)
      .optional(),
  })
  .refine((chain) => (chain.genesis === undefined) !== (chain.genesisHash === undefined), {
    message: 'give genesis or genesisHash',
  });

const submitSchema = z.strictObject({
  /** Transactions under way at once. */
  parallel: z.number().int().min(1).max(64).default(4),
  /** Transactions waiting; more are refused. */
  queue: z.number().int().min(1).max(10_000).default(1_000),
  /** How long one may take until its outcome is known. */
  deadlineMs: z.number().int().min(1_000).max(3_600_000).default(DEADLINE_MS),
});

const epcisSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** What a capture is held against when its request does not say. */
  validationLevel: z.enum(['conformance', 'schema']).default('conformance'),
  /** Writes `triflow:submitter` into events in which the party does not stand otherwise. */
  declareSubmitter: z.boolean().default(true),
});

const devicesSchema = z.strictObject({
  /** Takes readings at all: over HTTP, and by MQTT where `mqtt` says where. */
  enabled: z.boolean().default(false),
  mqtt: z
    .strictObject({
      url: z.url({ protocol: /^(mqtts?|wss?)$/ }),
      topic: text.default('triflow/devices/+/readings'),
      clientId: z
        .string()
        .regex(/^[0-9A-Za-z-]{1,64}$/)
        .default('triflow-gateway'),
      version: z.union([z.literal(4), z.literal(5)]).default(5),
      username: text.optional(),
      passwordFile: text.optional(),
    })
    .optional(),
  /** Devices whose readings are anchored: the gateway keeps them, the chain their root. */
  anchor: z
    .array(z.string().regex(/^dv_[a-z0-9-]{1,60}$/))
    .max(limits.gatewayDevicesKnownMax)
    .default([]),
  /** Readings of one anchored batch. */
  anchorReadings: z.number().int().min(1).max(16_384).default(4_096),
  /** How long a reading waits for others of its batch, and for one that is missing before it. */
  maxDelayMs: z.number().int().min(0).max(3_600_000).default(5_000),
  gapWaitMs: z.number().int().min(0).max(3_600_000).default(10_000),
  /** Readings that wait for the chain; over it no more are taken. */
  spoolBytesMax: z
    .number()
    .int()
    .min(1_048_576)
    .default(4 * 1_024 ** 3),
  /** Readings kept to prove them; anchored ones are never deleted. */
  archiveBytesMax: z
    .number()
    .int()
    .min(1_048_576)
    .default(16 * 1_024 ** 3),
});

export type DevicesConfig = z.infer<typeof devicesSchema>;

const configSchema = z.strictObject({
  gateway: z
    .strictObject({
      data: text.default('data'),
      logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    })
    .prefault({}),
  chain: chainSchema,
  account: z.strictObject({
    /** Encrypted key file of the party that signs. */
    keystore: text,
    /** File that holds its password; else TRIFLOW_PASSWORD. */
    passwordFile: text.optional(),
    party: text.optional(),
    keyId: text.optional(),
  }),
  http: z
    .strictObject({
      host: z.string().min(1).max(255).default('127.0.0.1'),
      port: z.number().int().min(0).max(65_535).default(9_780),
      /** Needed to listen beyond loopback: whoever reaches the port signs as the party. */
      insecure: z.boolean().default(false),
    })
    .prefault({}),
  submit: submitSchema.prefault({}),
  epcis: epcisSchema.prefault({}),
  devices: devicesSchema.prefault({}),
});

export type GatewayConfig = z.infer<typeof configSchema>;

/** Reads `gateway.toml` in a gateway's home. Throws CONFIG_INVALID naming the value. */
export async function loadConfig(home: string): Promise<GatewayConfig> {
  const path = join(home, 'gateway.toml');
  let found: string;
  try {
    found = await readFile(path, 'utf8');
  } catch (cause) {
    throw new CodedError('CONFIG_INVALID', `${path} cannot be read`, { cause });
  }
  return parseConfig(found, path);
}

/** Checks configuration text. */
export function parseConfig(source: string, path: string): GatewayConfig {
  let document: unknown;
  try {
    document = parseToml(source);
  } catch (cause) {
    throw new CodedError('CONFIG_INVALID', `${path}: ${tomlProblem(cause)}`, { cause });
  }
  const parsed = configSchema.safeParse(document);
  if (!parsed.success) throw configProblem(path, parsed.error);
  const { http } = parsed.data;
  if (!isLoopback(http.host) && !http.insecure) {
    const message = `${path}: http.host ${http.host} is not loopback: put TLS and a login in front`;
    throw new CodedError('CONFIG_INVALID', `${message} and set http.insecure`);
  }
  return parsed.data;
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/** The parser's message goes on with a drawing of the place; its line says the same in a word. */
function tomlProblem(cause: unknown): string {
  const message = String(cause instanceof Error ? cause.message : cause);
  const [sentence = 'is no TOML'] = message.split('\n');
  return cause instanceof TomlError ? `line ${cause.line}: ${sentence}` : sentence;
}

function configProblem(path: string, error: z.ZodError): CodedError {
  const [issue] = error.issues;
  const at = issue?.path.join('.') ?? '';
  const unknown = issue?.code === 'unrecognized_keys' ? ` ${issue.keys.join(', ')}` : '';
  const where = at === '' ? path : `${path}: ${at}`;
  return new CodedError('CONFIG_INVALID', `${where} ${issue?.message ?? 'is wrong'}${unknown}`, {
    details: { path: at },
  });
}

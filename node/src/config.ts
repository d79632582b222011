import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, type Genesis, isPartyId, type PartyId, parseGenesis } from '@triflow/protocol';
import { parse as parseToml, TomlError } from 'smol-toml';
import { z } from 'zod';
import { clientSections } from './clientSections.js';
import { retentionSchema } from './retention.js';

const port = z.number().int().min(0).max(65_535);
const host = z.string().min(1).max(255);

const demoLabel = z.string().regex(/^v[0-9]{1,2}$/);

const partyField = z.custom<PartyId>((value) => typeof value === 'string' && isPartyId(value), {
  message: 'must be a party id',
});

const CLOCK_AHEAD_MS_MAX = 10 * 366 * 86_400_000;

/** Everything that a node's `triflow.toml` may say. */
export const configSchema = z.strictObject({
  ...clientSections,
  node: z.strictObject({
    /** Validator id in the genesis; absent for an observer. */
    validator: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/)
      .optional(),
    /** The validator's key was changed by vote: it is not the one in the genesis. */
    rekeyed: z.boolean().default(false),
    genesis: z.string().min(1).default('genesis.json'),
    data: z.string().min(1).default('data'),
    storage: z.enum(['level', 'memory']).default('level'),
    /** A devnet's clock may be moved ahead, so that days pass; refused on any other chain. */
    clockAheadMs: z.number().int().min(0).max(CLOCK_AHEAD_MS_MAX).default(0),
    logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  }),
  keys: z
    .strictObject({
      consensus: z.string().min(1).optional(),
      /** The key that a vote gives to this validator: used from the height where it counts. */
      nextConsensus: z.string().min(1).optional(),
      node: z.string().min(1),
      /** File that holds the key files' password; else TRIFLOW_PASSWORD or a prompt. */
      passwordFile: z.string().min(1).optional(),
    })
    .optional(),
  /** Published keys by label: refused unless the genesis is a devnet's. */
  demoKeys: z.strictObject({ label: demoLabel, next: demoLabel.optional() }).optional(),
  p2p: z.strictObject({
    host: host.default('127.0.0.1'),
    port,
    /** Addresses by validator id or peer id, `host:port`. */
    peers: z.record(z.string().min(1), host).default({}),
  }),
  http: z.strictObject({
    host: host.default('127.0.0.1'),
    port,
    /** Needed to listen beyond loopback without TLS of its own: something in front has it. */
    insecure: z.boolean().default(false),
    /** PEM files, read at the start. */
    tls: z
      .strictObject({
        key: z.string().min(1),
        cert: z.string().min(1),
        /** Who signs client certificates; without it none are asked for. */
        clientCa: z.string().min(1).optional(),
      })
      .optional(),
    /** From one address, in a minute; beyond loopback `limits.httpRequestsPerMinute` at first. */
    requestsPerMinute: z.number().int().min(60).max(10_000_000).optional(),
  }),
  access: z
    .strictObject({
      /** `open`: everybody reads everything; only a devnet may. */
      reads: z.enum(['roles', 'open']).default('roles'),
      /** Parties by SHA-256 of their client certificates, lower-case hexadecimal. */
      certificates: z.record(z.string().regex(/^[0-9a-f]{64}$/), partyField).default({}),
      /** The node's party anchors its access log on chain with this account key file. */
      anchorKey: z.string().min(1).optional(),
    })
    .default({ reads: 'roles', certificates: {} }),
  ops: z.strictObject({ host: host.default('127.0.0.1'), port }),
  retention: retentionSchema.default(retentionSchema.parse({})),
  epcis: z
    .strictObject({
      /** Where EPCIS subscriptions may send reports, such as `https://hub.example`. */
      webhookOrigins: z
        .array(z.url({ protocol: /^https?$/ }))
        .max(64)
        .default([]),
    })
    .default({ webhookOrigins: [] }),
  consensus: z
    .strictObject({
      rebroadcastMs: z.number().int().min(50).max(60_000).default(1_000),
      syncGraceMs: z.number().int().min(50).max(60_000).default(500),
    })
    .default({ rebroadcastMs: 1_000, syncGraceMs: 500 }),
});

export interface ConfigOptions {
  /** The operator's word that something in front of the node has TLS. */
  readonly insecureHttp?: boolean;
}

export type NodeConfig = z.infer<typeof configSchema>;

/** Reads `triflow.toml` in a node's home. Throws CONFIG_INVALID naming the value. */
export async function loadConfig(home: string, options: ConfigOptions = {}): Promise<NodeConfig> {
  const path = join(home, 'triflow.toml');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new CodedError('CONFIG_INVALID', `${path} cannot be read: run triflow init first`, {
      cause,
    });
  }
  return parseConfig(text, path, options);
}

/** Checks configuration text. */
export function parseConfig(
  text: string,
  path: string,
  { insecureHttp = false }: ConfigOptions = {},
): NodeConfig {
  let document: unknown;
  try {
    document = parseToml(text);
  } catch (cause) {
    throw new CodedError('CONFIG_INVALID', `${path}: ${tomlProblem(cause)}`, { cause });
  }
  const parsed = configSchema.safeParse(document);
  if (!parsed.success) throw configProblem(path, parsed.error);
  const config = parsed.data;
  const { http } = config;
  const isProtected = isLoopback(http.host) || http.tls !== undefined;
  if (!isProtected && !http.insecure && !insecureHttp) {
    throw new CodedError(
      'CONFIG_INVALID',
      `${path}: http.host ${http.host} is not loopback: set http.tls, or put TLS in front and ` +
        'start with --insecure-http',
    );
  }
  if (!isLoopback(config.ops.host)) {
    throw new CodedError('CONFIG_INVALID', `${path}: ops.host must be a loopback address`);
  }
  if (config.keys === undefined && config.demoKeys === undefined) {
    throw new CodedError('CONFIG_INVALID', `${path}: keys is missing`);
  }
  return config;
}

/** Reads a genesis document from a file. Throws GENESIS_INVALID naming the member. */
export async function loadGenesis(path: string): Promise<Genesis> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new CodedError('GENESIS_INVALID', `${path} cannot be read as JSON`, { cause });
  }
  const parsed = parseGenesis(document);
  if (!parsed.ok) throw new CodedError('GENESIS_INVALID', `${path}: ${parsed.fault.message}`);
  return parsed.value;
}

/** Whether a host name means this machine only. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

/** The parser's message goes on with a drawing of the place; its line says the same in a word. */
function tomlProblem(cause: unknown): string {
  const [sentence = 'is no TOML'] = String(cause instanceof Error ? cause.message : cause).split(
    '\n',
  );
  return cause instanceof TomlError ? `line ${cause.line}: ${sentence}` : sentence;
}

function configProblem(path: string, error: z.ZodError): CodedError {
  const [issue] = error.issues;
  const at = issue?.path.join('.') ?? '';
  const where = at === '' ? path : `${path}: ${at}`;
  const text = issue?.code === 'unrecognized_keys' ? unknownText(issue) : issue?.message;
  return new CodedError('CONFIG_INVALID', `${where} ${text ?? 'is wrong'}`, {
    details: { path: at },
  });
}

/** An unknown key, with the known one that it resembles. */
function unknownText({ keys, path }: z.core.$ZodIssueUnrecognizedKeys): string {
  const [key = ''] = keys;
  const known = keysAt(path);
  const near = known.find((one) => distance(one, key) <= Math.max(1, Math.floor(one.length / 3)));
  const hint = near === undefined ? `known are ${known.join(', ')}` : `do you mean ${near}?`;
  return `Unrecognized key: ${key}; ${hint}`;
}

function keysAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = configSchema;
  for (const part of path) schema = memberOf(schema, String(part));
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function memberOf(schema: unknown, name: string): unknown {
  let member = schema instanceof z.ZodObject ? schema.shape[name] : undefined;
  if (schema instanceof z.ZodRecord) member = schema.valueType;
  while (member instanceof z.ZodOptional || member instanceof z.ZodDefault)
    member = member.unwrap();
  return member;
}

/** How many letters must be changed, added or taken away (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

import {
  type CborMap,
  CodedError,
  type Command,
  commonStatus,
  decodeCanonical,
  decodeTransaction,
  errorFromStatusCode,
  isOk,
  isPartyId,
  limits,
  memoryFromCbor,
  memoryFromJson,
  NONCE_BYTES,
  SIGNATURE_BYTES,
  signedTransactionBytes,
  transactionSignBytes,
} from '@triflow/protocol';
import {
  type DryRunBody,
  dryRunBodySchema,
  type SimulationAnswer,
  type transactionRoutes,
} from '../../routes/transactions.js';
import { isChainKey, tableByName } from '../access/recordPlace.js';
import type { RequestAccess } from '../access/requestAccess.js';
import type { NodeBackend, SimulationOutcome } from '../backend.js';
import { problemAnswer, type RouteHandler } from '../call.js';
import { commandParams } from '../contractDefinition.js';
import { base64Url, jsonFromEvent } from '../plainJson.js';
import {
  errorFromFault,
  invalidBySchema,
  invalidRequest,
  problemFromFault,
  problemFromStatus,
} from '../problems.js';
import { recordFromBytes } from '../recordFromBytes.js';
import type { ServerContext } from '../serverContext.js';
import { signedBytes } from './transactions.js';

type Routes = typeof transactionRoutes;

const DRY_RUN_KEY = 'dry-run';

/** Runs commands over the head: a signed transaction, or commands in JSON that nobody signed. */
export function simulateTransaction({
  backend,
}: ServerContext): RouteHandler<Routes['simulateTransaction']> {
  return async ({ body, request, access }) => {
    const bytes = isDryRun(body) ? dryRunBytes(backend, body) : signedBytes(body);
    requireSender(bytes, access);
    const outcome = await backend.simulate(bytes);
    if (!outcome.ok) return problemAnswer(problemFromFault(outcome.fault), request.id);
    const answer = await simulationJson(backend, outcome.value, access);
    return { status: 200, body: answer, height: answer.height };
  };
}

/** A dry run shows the state as its sender meets it, so only that party may ask for it. */
function requireSender(bytes: Uint8Array, access: RequestAccess): void {
  if (access.isOpen) return;
  const decoded = decodeTransaction(bytes);
  if (!decoded.ok) throw errorFromFault(decoded.fault);
  const { sender } = decoded.value;
  if (access.reader.party !== sender) throw access.refuse(`a dry run as ${sender}`);
}

/** What it would write, as far as the sender could read it once it stood. */
async function simulationJson(
  backend: NodeBackend,
  outcome: SimulationOutcome,
  access: RequestAccess,
): Promise<SimulationAnswer> {
  const { height, status, failedCommand, events } = outcome;
  const writes: SimulationOutcome['writes'][number][] = [];
  for (const write of outcome.writes) {
    if (await seesWrite(backend, write, access)) writes.push(write);
  }
  const redacted = outcome.writes.length - writes.length;
  const { contract, number, code } = status;
  const refused = !isOk(status);
  return {
    height,
    status: { contract, number, code },
    ...(refused && { failedCommand }),
    ...(refused && { error: problemFromStatus(status, `Command ${failedCommand} gave ${code}.`) }),
    writes: writes.map(({ key, value }) => ({
      key,
      value: value === null ? null : base64Url(value),
      ...(value !== null && { record: recordFromBytes(backend.registry, key, value) }),
    })),
    events: events.map(jsonFromEvent),
    ...(redacted > 0 && { redacted }),
  };
}

async function seesWrite(
  backend: NodeBackend,
  { key, value }: SimulationOutcome['writes'][number],
  access: RequestAccess,
): Promise<boolean> {
  if (access.isOpen || isChainKey(key)) return true;
  const reader = await backend.reader();
  if (!reader.ok) throw errorFromFault(reader.fault);
  const [contract = '', name = '', ...parts] = key.split('/');
  const table = tableByName(backend.registry, `${contract}/${name}`);
  const decoded = value === null ? undefined : decodeCanonical(value);
  if (table === undefined || decoded?.ok !== true) return access.mayReadKey(reader.value, key);
  const record = memoryFromCbor(table.schema, decoded.value);
  return access.mayRead(reader.value, { table, parts, record });
}

function isDryRun(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'commands' in body;
}

/** A transaction with an empty signature, which `simulate` does not look at. */
function dryRunBytes(backend: NodeBackend, body: unknown): Uint8Array {
  const parsed = dryRunBodySchema.safeParse(body);
  if (!parsed.success) throw invalidBySchema(parsed.error);
  const { sender, commands } = parsed.data;
  if (!isPartyId(sender)) throw invalidRequest('/sender', 'is no party id');
  const { chainId, genesisHash, height } = backend.info();
  const signBytes = transactionSignBytes({
    chainId,
    genesisHash,
    sender,
    keyId: DRY_RUN_KEY,
    nonce: new Uint8Array(NONCE_BYTES),
    validUntilHeight: height + 1,
    commands: commands.map((command, index) => readCommand(backend, command, index)),
  });
  const bytes = signedTransactionBytes(signBytes, new Uint8Array(SIGNATURE_BYTES));
  if (bytes.length > limits.transactionBytesMax) {
    throw new CodedError('TRANSACTION_TOO_LARGE', `${bytes.length} bytes`);
  }
  return bytes;
}

function readCommand(
  { registry }: NodeBackend,
  command: DryRunBody['commands'][number],
  index: number,
): Command {
  const { contract, name, params } = command;
  const found = registry.contracts.get(contract);
  if (found === undefined) throw unknown('contract_not_found', `no contract ${contract}`);
  if (!found.commands.has(name)) {
    throw unknown('command_not_found', `contract ${contract} has no command ${name}`);
  }
  const schema = commandParams(found, name);
  if (schema === undefined) return { contract, name, params: params as CborMap };
  const parsed = schema.safeParse(memoryFromJson(schema, params));
  if (!parsed.success) throw invalidBySchema(parsed.error, `/commands/${index}/params`);
  return { contract, name, params: parsed.data as CborMap };
}

function unknown(code: Parameters<typeof commonStatus>[0], message: string): CodedError {
  return new CodedError(errorFromStatusCode(commonStatus(code).code).code, message);
}

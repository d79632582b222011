import { isAbsolute, resolve } from 'node:path';
import { eventPageSchema, listAnswerSchema, objectRoutes } from '@triflow/api/routes';
import type { ContractName } from '@triflow/contracts/schemas';
import { CodedError } from '@triflow/protocol';
import type { ProvedRecord } from '@triflow/sdk';
import { saveEvidence } from '@triflow/sdk/node';
import { Command } from 'commander';
import { type ClientOptions, connect, verb } from './connect.js';
import { linesOf, print } from './output.js';
import { commandNames, commandSchema, memberValue, parametersOf, readJson } from './parameters.js';
import { kebab } from './settings.js';
import { type WriteOptions, write } from './writing.js';

/** A noun of the command line: a contract's commands and the objects that they are about. */
export interface Noun {
  readonly name: string;
  readonly about: string;
  readonly contract: ContractName;
  /** The URL segment of its objects. */
  readonly objects: string;
  /** The commands meant; all of the contract when left out. */
  readonly commands?: readonly string[];
  /** Words that people use, for the contract's. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Makes more of its `list`. */
  readonly list?: (list: Command, ordinary: (options: ListOptions) => Promise<void>) => Command;
}

export interface ShowOptions extends ClientOptions {
  readonly at?: string;
  readonly prove?: boolean;
  readonly evidence?: string;
}

export interface ListOptions extends ClientOptions {
  readonly where: readonly string[];
  readonly ltvAbove?: string;
  readonly sort?: string;
  readonly limit: string;
}

const BASIS_POINTS = 100;

/** A noun's verbs: reads that prove themselves, and its contract's commands from their schemas. */
export function nounCommand(noun: Noun): Command {
  const command = new Command(noun.name).description(noun.about);
  command.addCommand(showVerb('show', (id, options) => showRecord(id, options)));
  command.addCommand(
    verb('history', 'its earlier versions, as a node tells them')
      .argument('<id>')
      .action((id: string, options: ClientOptions) => history(noun, id, options)),
  );
  const list = listVerb(noun);
  command.addCommand(noun.list?.(list, (options) => listObjects(noun, options)) ?? list);
  const names = commandNames(noun.contract).filter((name) => noun.commands?.includes(name) ?? true);
  for (const name of names) {
    const flagged = writeVerb(noun.contract, name);
    const alias = Object.entries(noun.aliases ?? {}).find(([, meant]) => meant === name)?.[0];
    command.addCommand(alias === undefined ? flagged : flagged.alias(alias));
  }
  return command;
}

/**
 * A verb that signs one command: an option for each parameter of its schema. `send` gets what the
 * words meant.
 */
export function writeVerb(
  contract: ContractName,
  name: string,
  word = kebab(name),
  send: typeof write = write,
): Command {
  const command = verb(word, `sign ${contract}.${name}`)
    .option('--params <json>', 'all parameters as JSON, or @file')
    .option('--valid-for-blocks <n>', 'how many blocks it may wait');
  const taken = new Set(command.options.map(({ long }) => long));
  // A parameter named as one of the common options is given by --params.
  const members = parametersOf(commandSchema(contract, name)).filter(({ flag }) => {
    return !taken.has(`--${flag}`);
  });
  if (members.some((member) => member.name === 'id')) {
    command.argument('[id]', 'the object’s id');
  }
  for (const { flag, form, optional } of members) {
    const kind = form === 'text' ? 'value' : form;
    command.option(`--${flag} <${kind}>`, optional ? 'may be left out' : 'needed');
  }
  return command.action(async (...words: unknown[]) => {
    const options: WriteOptions & Record<string, unknown> = command.opts();
    const params = options.params === undefined ? {} : await readJson(options.params);
    const [id] = words;
    if (typeof id === 'string') params.id = id;
    for (const member of members) {
      const given = options[optionName(member.flag)];
      if (typeof given === 'string') params[member.name] = memberValue(member, given);
    }
    await send({ contract, name, params }, options);
  });
}

/** `show ID`: the record, decoded from bytes that a quorum of validators vouches for. */
export function showVerb(
  name: string,
  action: (id: string, options: ShowOptions) => Promise<void>,
): Command {
  return verb(name, 'one record, checked against the validators’ signatures')
    .argument('<id>')
    .option('--at <height>', 'as it stood at this height')
    .option('--prove', 'say who signed, and over which block')
    .option('--evidence <file>', 'keep the proof as a file that checks with no node')
    .action(action);
}

/** Shows a record by object id, party id or state key. `OBJECT_NOT_FOUND`, proved. */
export async function showRecord(id: string, options: ShowOptions): Promise<void> {
  const { client } = await connect(options);
  const at = options.at === undefined ? {} : { at: heightOf(options.at) };
  const record = await client.record(id, at);
  const file = options.evidence;
  if (file !== undefined) {
    await saveEvidence(client, id, isAbsolute(file) ? file : resolve(file), at);
  }
  if (record.kind === 'absence') {
    const who = `${record.signedBy.length} of ${record.of} validators`;
    const text = `there is no ${id} at height ${record.height}: proved by ${who}`;
    throw new CodedError('OBJECT_NOT_FOUND', text, { details: { ...proofOf(record) } });
  }
  const lines = [...linesOf(record.json), ...(options.prove === true ? proofLines(record) : [])];
  print(options, { id, data: record.json, verified: proofOf(record), evidence: file }, lines);
}

/** A height as typed. */
export function heightOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CodedError('REQUEST_INVALID', `${text} is no height`);
}

/** Joins `--where NAME=VALUE` given several times. */
export function collect(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}

function listVerb(noun: Noun): Command {
  const list = verb('list', 'what there is; each record’s id as the node lists it')
    .option('--where <name=value>', 'only with this value; may be repeated', collect, [])
    .option('--sort <measure>', 'by a measure; -measure for downwards')
    .option('--limit <n>', 'at most so many', '50');
  if (noun.name === 'pledge') {
    list.option('--ltv-above <percent>', 'only with a loan to value above, such as 70%');
  }
  return list.action((options: ListOptions) => listObjects(noun, options));
}

async function listObjects(noun: Noun, options: ListOptions): Promise<void> {
  const query: Record<string, string> = { limit: options.limit };
  for (const condition of options.where) {
    const at = condition.indexOf('=');
    if (at < 1) throw new CodedError('REQUEST_INVALID', `--where ${condition}: NAME=VALUE`);
    query[condition.slice(0, at)] = condition.slice(at + 1);
  }
  if (options.sort !== undefined) query.sort = options.sort;
  if (options.ltvAbove !== undefined) query.ltvBpsGte = `${basisPoints(options.ltvAbove) + 1}`;
  const { ask } = await connect(options);
  const call = { route: objectRoutes.listObjects, params: { objects: noun.objects }, query };
  const { data, page } = await ask(call, listAnswerSchema);
  print(options, { data, page }, [
    ...data.map(({ id, data: record }) => `${id}  ${stateOf(record)}`.trimEnd()),
    `${data.length} at height ${page.atHeight}${page.next === null ? '' : ', and more'}`,
  ]);
}

async function history(noun: Noun, id: string, options: ClientOptions): Promise<void> {
  const { ask } = await connect(options);
  const call = { route: objectRoutes.getHistory, params: { objects: noun.objects, id } };
  const page = await ask(call, eventPageSchema);
  const lines = page.data.map(({ height, type, time }) => `h ${height}  ${time}  ${type}`);
  print(options, page, lines);
}

/** `70%` or `70.5%` in basis points, without a float. */
export function basisPoints(text: string): number {
  const match = /^(\d{1,4})(?:\.(\d{1,2}))?%$/.exec(text);
  if (match === null) throw new CodedError('REQUEST_INVALID', `${text} is no share such as 70%`);
  return Number(match[1]) * BASIS_POINTS + Number((match[2] ?? '').padEnd(2, '0'));
}

function stateOf(record: unknown): string {
  if (typeof record !== 'object' || record === null || !('state' in record)) return '';
  return String(record.state);
}

function proofOf({ height, blockId, kind, signedBy, of }: ProvedRecord) {
  return { height, blockId, kind, signedBy, signers: signedBy.length, of };
}

function proofLines(record: ProvedRecord): string[] {
  const { height, blockId, signedBy, of, kind } = record;
  return [
    `proved    ${kind} at height ${height}, signed by ${signedBy.length} of ${of} validators`,
    `          ${signedBy.join(', ')} over block ${blockId}`,
  ];
}

/** How commander names an option's value. */
function optionName(flag: string): string {
  return flag.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

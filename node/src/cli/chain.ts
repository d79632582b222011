import { writeFile } from 'node:fs/promises';
import { blockAnswerSchema, blockRoutes, eventPageSchema, eventRoutes } from '@triflow/api/routes';
import { CodedError, limits } from '@triflow/protocol';
import { Command } from 'commander';
import { type ClientOptions, connect, verb } from './connect.js';
import { heightOf, nounCommand, showRecord, showVerb } from './objects.js';
import { linesOf, print, tableLines } from './output.js';
import { createProgress } from './progress.js';

interface EventOptions extends ClientOptions {
  readonly after?: string;
  readonly types?: string;
  readonly subject?: string;
  readonly count?: string;
  readonly out?: string;
}

/** `triflow party`: members of the chain, their keys and roles. */
export function partyCommand(): Command {
  const party = nounCommand({
    name: 'party',
    about: 'members of the chain',
    contract: 'party-registry',
    objects: 'parties',
  });
  return party
    .addCommand(showVerb('roles', showRecord))
    .addCommand(
      verb('keys', 'the keys that a party has had, each proved').argument('<id>').action(partyKeys),
    );
}

/** `triflow block`. */
export function blockCommand(): Command {
  const block = new Command('block').description('blocks');
  block.addCommand(
    verb('show', 'one block; latest is the newest').argument('<height>').action(showBlock),
  );
  block.addCommand(verb('range', 'headers of A..B').argument('<range>').action(rangeOfBlocks));
  return block.addCommand(
    verb('verify', 'check A..B against the validators’ signatures')
      .argument('<range>')
      .action(verifyBlocks),
  );
}

/** `triflow events`. */
export function eventsCommand(): Command {
  const events = new Command('events').description('what happened, from any cursor on');
  const filtered = (name: string, about: string): Command => {
    return verb(name, about)
      .option('--after <cursor>', 'begin after this cursor')
      .option('--types <list>', 'only these types, joined by commas')
      .option('--subject <id>', 'only about this object');
  };
  events.addCommand(
    filtered('tail', 'what happens from now on')
      .option('--count <n>', 'end after so many')
      .action(tail),
  );
  events.addCommand(filtered('replay', 'all that was, to the head').action(replay));
  return events.addCommand(
    filtered('export', 'all that was, as JSON lines in a file')
      .requiredOption('--out <file>', 'the file')
      .action(replay),
  );
}

async function partyKeys(id: string, options: ClientOptions): Promise<void> {
  const { client } = await connect(options);
  const { data } = await client.parties.get(id);
  if (data === null) throw new CodedError('OBJECT_NOT_FOUND', `there is no party ${id}`);
  const keys = await Promise.all(
    data.keyIds.map((keyId) => {
      return client.record(`party-registry/key/${id}/${keyId}`);
    }),
  );
  print(options, { id, keys: data.keyIds.map((keyId, at) => ({ keyId, data: keys[at]?.json })) });
}

async function showBlock(height: string, options: ClientOptions): Promise<void> {
  const { ask } = await connect(options);
  const at = height === 'latest' ? height : heightOf(height);
  const block = await ask(
    { route: blockRoutes.getBlock, params: { height: at } },
    blockAnswerSchema,
  );
  const { header, id, certificate, transactions } = block;
  print(options, block, [
    ...linesOf({ ...header, id, signatures: certificate.entries.length }),
    ...transactions.map(({ txId, outcome, sender }) => `${outcome}  ${txId}  ${sender ?? ''}`),
  ]);
}

async function rangeOfBlocks(range: string, options: ClientOptions): Promise<void> {
  const { client } = await connect(options);
  const headers = await client.headers(rangeOf(range));
  const rows = headers.map(({ height, builder, txCount, round, signers }) => {
    return [height, builder, txCount, round, signers.length];
  });
  print(options, headers, tableLines(['height', 'builder', 'txs', 'round', 'signers'], rows));
}

/** Each height's state is read with proof: its header must carry a quorum's signatures. */
async function verifyBlocks(range: string, options: ClientOptions): Promise<void> {
  const { client } = await connect(options);
  const { from, to } = rangeOf(range);
  let signersMin = Number.MAX_SAFE_INTEGER;
  let of = 0;
  const progress = createProgress(options, 'blocks');
  for (let at = from; at <= to; at += 1) {
    progress.at(at - from, to - from + 1);
    const { verified } = await client.head({ at });
    signersMin = Math.min(signersMin, verified?.signers ?? 0);
    of = verified?.of ?? of;
  }
  progress.end();
  const text = `blocks ${from} to ${to}: each signed by at least ${signersMin} of ${of} validators`;
  print(options, { from, to, blocks: to - from + 1, signersMin, of }, [text]);
}

async function tail(options: EventOptions): Promise<void> {
  const { client } = await connect(options);
  const most = options.count === undefined ? Number.POSITIVE_INFINITY : heightOf(options.count);
  const after = options.after ?? 'latest';
  let seen = 0;
  for await (const event of client.events.follow({ after, ...filterOf(options) })) {
    const { ack: _, ...shown } = event;
    print(options, shown, [`h ${event.height}  ${event.type}  ${event.subject ?? ''}`.trimEnd()]);
    seen += 1;
    if (seen >= most) return;
  }
}

async function replay(options: EventOptions): Promise<void> {
  const { ask } = await connect(options);
  const lines: string[] = [];
  const { types, subject } = options;
  let after = options.after;
  let isMore = true;
  let seen = 0;
  const progress = createProgress(options, 'events');
  while (isMore) {
    const call = { route: eventRoutes.getEvents, query: { after, types, subject } };
    const { data, page } = await ask(call, eventPageSchema);
    for (const event of data) {
      if (options.out !== undefined) lines.push(JSON.stringify(event));
      else print(options, event, [`h ${event.height}  ${event.type}`]);
    }
    after = page.next;
    isMore = page.more;
    seen += data.length;
    if (options.out !== undefined) progress.at(seen);
  }
  progress.end();
  if (options.out === undefined) return;
  await writeLines(options.out, lines);
  print(options, { out: options.out, events: lines.length });
}

async function writeLines(file: string, lines: readonly string[]): Promise<void> {
  try {
    await writeFile(file, lines.map((line) => `${line}\n`).join(''));
  } catch (cause) {
    throw new CodedError('REQUEST_INVALID', `${file} cannot be written`, { cause });
  }
}

function filterOf({ types, subject }: EventOptions): { types?: string[]; subject?: string } {
  return {
    ...(types === undefined ? {} : { types: types.split(',') }),
    ...(subject === undefined ? {} : { subject }),
  };
}

function rangeOf(text: string): { from: number; to: number } {
  const match = /^(\d{1,15})\.\.(\d{1,15})$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  if (match !== null && from <= to && to - from < limits.headersPageMax) return { from, to };
  throw new CodedError('REQUEST_INVALID', `${text} is no range A..B of at most 100 heights`);
}

import { randomBytes } from 'node:crypto';
import {
  blockRoutes,
  chainRoutes,
  readinessSchema,
  validatorsAnswerSchema,
} from '@triflow/api/routes';
import { CodedError, faultsMax, hexFromBytes, limits, quorum } from '@triflow/protocol';
import { Command } from 'commander';
import { confirm } from './confirm.js';
import { type ClientOptions, connect, verb } from './connect.js';
import { heightOf, nounCommand, showRecord, showVerb } from './objects.js';
import { print, tableLines } from './output.js';
import { readJson } from './parameters.js';
import { readyVerb } from './validatorReady.js';
import { type WriteOptions, write } from './writing.js';

const CONTRACT = 'governance';
const ID_BYTES = 8;

interface SimulateOptions extends ClientOptions {
  readonly add: string;
  readonly remove: string;
  readonly down: string;
}

interface ProposeOptions extends WriteOptions {
  readonly id?: string;
  readonly yes?: boolean;
  readonly activateAt?: string;
}

interface SeatOptions extends ProposeOptions {
  readonly party?: string;
  readonly publicKey?: string;
  readonly peerId?: string;
}

interface VoteOptions extends WriteOptions {
  readonly against?: boolean;
}

/** `triflow validator`: who signs blocks, and how that is changed by vote. */
export function validatorCommand(): Command {
  const command = new Command('validator').description('who signs blocks, and how that changes');
  command.addCommand(verb('list', 'the validators of the next block').action(list));
  command.addCommand(
    verb('simulate', 'what a change would do to the quorum, before anybody votes')
      .option('--add <n>', 'so many more', '0')
      .option('--remove <n>', 'so many fewer', '0')
      .option('--down <ids>', 'who is down then, joined by commas', '')
      .action(simulate),
  );
  command.addCommand(proposeCommand());
  command.addCommand(voteVerb());
  command.addCommand(readyVerb());
  return command.addCommand(showVerb('status', showRecord));
}

/** `triflow gov`: proposals about everything that concerns everybody. */
export function govCommand(): Command {
  const noun = nounCommand({
    name: 'gov',
    about: 'proposals and votes of the governors',
    contract: CONTRACT,
    objects: 'proposals',
    commands: ['expire_proposal', 'activate', 'anchor_access_log'],
  });
  noun.addCommand(
    verb('propose', 'open a proposal')
      .argument('<kind>', 'set_parameter, activate_feature, add_observer and others')
      .argument('<body>', 'its body as JSON, or @file')
      .option('--id <id>', 'the proposal’s id; made up when left out')
      .option('--activate-at <height>', 'not before this height')
      .action(async (kind: string, body: string, options: ProposeOptions) => {
        await propose(kind, await readJson(body), options);
      }),
  );
  return noun.addCommand(voteVerb());
}

/** "4 -> 5 validators: quorum 3 -> 4, tolerates 1 -> 1; with node 2 down the margin is 0". */
export function simulationText(before: number, after: number, down: readonly string[]): string {
  const change = (of: (n: number) => number): string => `${of(before)} -> ${of(after)}`;
  const counts = `${before} -> ${after} validators: quorum ${change(quorum)}`;
  const text = `${counts}, tolerates ${change(faultsMax)}`;
  if (down.length === 0) return `${text}; with all up the margin is ${marginOf(after, 0)}`;
  const nodes = `node${down.length === 1 ? '' : 's'} ${down.join(', ')}`;
  return `${text}; with ${nodes} down the margin is ${marginOf(after, down.length)}`;
}

function proposeCommand(): Command {
  const command = new Command('propose').description('propose a change of the validators');
  const seat = (name: string, about: string): Command => {
    return verb(name, about)
      .argument('<validator>')
      .option('--id <id>', 'the proposal’s id; made up when left out')
      .option('--activate-at <height>', 'not before this height');
  };
  const key = ['--public-key <hex>', 'the consensus key, from triflow key show'] as const;
  command.addCommand(
    seat('add', 'a new seat; refused while too few are reachable')
      .requiredOption('--party <id>', 'whose node it is')
      .requiredOption('--peer-id <id>', 'its node key’s peer id')
      .requiredOption(...key)
      .action(proposeAdd),
  );
  command.addCommand(
    seat('remove', 'take a seat')
      .option('--yes', 'do not ask: a seat, once removed, needs a new key to come back')
      .action(async (validator: string, options: SeatOptions) => {
        await confirm(options, { what: `removing ${validator}`, word: await chainIdOf(options) });
        await propose('remove_validator', { validator }, options);
      }),
  );
  command.addCommand(
    seat('rotate', 'a new key for a seat; triflow key rotate makes one')
      .requiredOption(...key)
      .action(async (validator: string, options: SeatOptions) => {
        await propose('rekey_validator', { validator, ...keyOf(options) }, options);
      }),
  );
  return command;
}

function voteVerb(): Command {
  return verb('vote', 'vote on a proposal: yes, or --against')
    .argument('<proposal>')
    .option('--against', 'against it')
    .action(async (id: string, options: VoteOptions) => {
      const params = { id, yes: options.against !== true };
      await write({ contract: CONTRACT, name: 'vote', params }, options);
    });
}

async function list(options: ClientOptions): Promise<void> {
  const { ask } = await connect(options);
  const { height, validators } = await ask(
    { route: blockRoutes.getValidators },
    validatorsAnswerSchema,
  );
  const rows = validators.map(({ index, id, party, peerId }) => [index, id, party, peerId]);
  print(options, { height, validators }, tableLines(['index', 'id', 'party', 'peer id'], rows));
}

async function simulate(options: SimulateOptions): Promise<void> {
  const { ask } = await connect(options);
  const { validators } = await ask({ route: blockRoutes.getValidators }, validatorsAnswerSchema);
  const down = options.down.split(',').filter((id) => id !== '');
  const before = validators.length;
  const after = before + heightOf(options.add) - heightOf(options.remove);
  if (after < 1 || after > limits.validatorsMax) {
    throw new CodedError('REQUEST_INVALID', `there cannot be ${after} validators`);
  }
  const margin = marginOf(after, down.length);
  const facts = { before, after, quorumBefore: quorum(before), quorumAfter: quorum(after) };
  const tolerates = { toleratesBefore: faultsMax(before), toleratesAfter: faultsMax(after) };
  print(options, { ...facts, ...tolerates, down, margin }, [simulationText(before, after, down)]);
}

/** A new seat raises the quorum: it waits until the validators that there are do well. */
async function proposeAdd(validator: string, options: SeatOptions): Promise<void> {
  const { ask } = await connect(options);
  const { ready: isReady, checks } = await ask({ route: chainRoutes.getHealth }, readinessSchema);
  if (!isReady) {
    const reasons = Object.values(checks).flatMap(({ reason }) => reason ?? []);
    const why = reasons.join('; ') || 'it is not ready';
    throw new CodedError('QUORUM_UNAVAILABLE', `the node asked is not well: ${why}`);
  }
  const { party, peerId } = options;
  await propose('add_validator', { validator, party, peerId, ...keyOf(options) }, options);
}

async function propose(
  kind: string,
  body: Readonly<Record<string, unknown>>,
  options: ProposeOptions,
): Promise<void> {
  const id = options.id ?? `gp_${hexFromBytes(new Uint8Array(randomBytes(ID_BYTES)))}`;
  const at = options.activateAt;
  const wish = at === undefined ? {} : { activateAt: heightOf(at) };
  const params = { id, change: { kind, body }, ...wish };
  await write({ contract: CONTRACT, name: 'propose', params }, options);
}

/** What an operator types in full before something goes that does not come back. */
async function chainIdOf(options: SeatOptions): Promise<string> {
  if (options.yes === true) return '';
  const { client } = await connect(options);
  return (await client.info()).chainId;
}

function keyOf({ publicKey }: SeatOptions): { suite: string; publicKey: string } {
  return { suite: 'ed25519', publicKey: `hex:${publicKey}` };
}

/** How many more may fail before blocks stop. */
function marginOf(count: number, down: number): number {
  return count - down - quorum(count);
}

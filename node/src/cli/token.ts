import { readScopes } from '@triflow/api/routes';
import { CodedError, isPartyId } from '@triflow/protocol';
import { Command } from 'commander';
import { TokenFile } from '../access/tokenFile.js';

const DAY_MS = 86_400_000;
const DAYS_DEFAULT = '90';

interface HomeOptions {
  readonly home: string;
  readonly json?: boolean;
}

interface CreateOptions extends HomeOptions {
  readonly party: string;
  readonly scope: string;
  readonly days: string;
  readonly note: string;
}

/** `triflow token`: read access for a party's page or program, made by the node's operator. */
export function tokenCommand(): Command {
  const token = new Command('token').description('read tokens for parties');
  homed(token.command('create'))
    .description('make a token; it is shown once')
    .requiredOption('--party <id>', 'whose eyes it reads with')
    .option('--scope <list>', `parts of the API, joined by commas`, readScopes.join(','))
    .option('--days <n>', 'how long it lasts', DAYS_DEFAULT)
    .option('--note <text>', 'what it is for', '')
    .action(create);
  homed(token.command('list')).description('the tokens that stand').action(list);
  homed(token.command('revoke')).description('end a token at once').argument('<id>').action(revoke);
  return token;
}

function homed(command: Command): Command {
  return command.option('--home <dir>', 'the node’s home', '.').option('--json', 'answer as JSON');
}

async function create(options: CreateOptions): Promise<void> {
  const { party, note } = options;
  if (!isPartyId(party)) throw new CodedError('REQUEST_INVALID', `${party} is no party id`);
  const scopes = options.scope.split(',').map((word) => {
    const scope = readScopes.find((one) => one === word);
    if (scope !== undefined) return scope;
    throw new CodedError('REQUEST_INVALID', `${word} is no scope: ${readScopes.join(', ')}`);
  });
  const days = Number(options.days);
  if (!Number.isInteger(days) || days < 1 || days > 3_660) {
    throw new CodedError('REQUEST_INVALID', '--days must be 1 to 3660');
  }
  const wanted = { party, scopes, note, nowMs: Date.now(), lifeMs: days * DAY_MS };
  const { token, stored } = await new TokenFile(options.home).create(wanted);
  const { id, expiresAt } = stored;
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ id, token, party, scopes, expiresAt })}\n`);
    return;
  }
  process.stdout.write(`${token}\n`);
  process.stderr.write(`token ${id} reads as ${party} until ${expiresAt}; it is not shown again\n`);
}

async function list(options: HomeOptions): Promise<void> {
  const tokens = await new TokenFile(options.home).list();
  const shown = tokens.map(({ sha256: _, ...rest }) => rest);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ tokens: shown })}\n`);
    return;
  }
  for (const { id, party, scopes, expiresAt, note } of shown) {
    process.stdout.write(`${id}  ${party}  ${scopes.join(',')}  until ${expiresAt}  ${note}\n`);
  }
}

async function revoke(id: string, options: HomeOptions): Promise<void> {
  await new TokenFile(options.home).revoke(id);
  if (options.json === true) process.stdout.write(`${JSON.stringify({ revoked: id })}\n`);
  else process.stderr.write(`token ${id} opens nothing from now on\n`);
}

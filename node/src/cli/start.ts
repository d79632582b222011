import { resolve } from 'node:path';
import { CodedError, isValidatorId, type ValidatorId } from '@triflow/protocol';
import { Command } from 'commander';
import { exitCodeOf } from '../exitCodeOf.js';
import { sentenceOf } from './failure.js';
import { readPassword } from './password.js';

interface StartOptions {
  readonly home: string;
  readonly json?: boolean;
  readonly fresh?: boolean;
  readonly insecureHttp?: boolean;
  readonly endQuarantine?: boolean;
  readonly lost?: readonly string[];
}

/** `triflow start`: runs until a signal, or until the parent's channel closes. */
export function startCommand(): Command {
  return new Command('start')
    .description('run the node of a home directory')
    .option('--home <dir>', 'the node’s home', '.')
    .option('--fresh', 'the first start of a new node: its key has never signed anything')
    .option('--insecure-http', 'listen beyond loopback without TLS: something in front has it')
    .option(
      '--end-quarantine',
      'your word that every validator which is not lost is up and says what this one has signed',
    )
    .option('--lost <validators...>', 'with --end-quarantine: validators that will never come back')
    .option('--json', 'say what happens as JSON lines on stdout')
    .action(async (options: StartOptions) => start(options));
}

async function start(options: StartOptions): Promise<void> {
  const say = (event: string, facts: Record<string, unknown> = {}): void => {
    if (options.json === true) process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);
  };
  let failed: unknown;
  const ended = new Promise<void>((resolveEnd) => {
    const stop = (): void => resolveEnd();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    if (process.channel !== undefined) process.once('disconnect', stop);
  });
  let fail: (error: unknown) => void = () => undefined;
  const fatal = new Promise<void>((resolveFatal) => {
    fail = (error) => {
      failed = error;
      resolveFatal();
    };
  });
  // Whatever escapes a callback ends the node in the same orderly way (P9).
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  // Only a node needs all of this: other verbs begin sooner without it.
  const { startHome } = await import('../startNode.js');
  const serving = await startHome(resolve(options.home), {
    password: readPassword,
    onFatal: fail,
    fresh: options.fresh === true,
    insecureHttp: options.insecureHttp === true,
    ...vouchOf(options),
  });
  const { node, url, opsUrl } = serving;
  const { height } = node.chain.head();
  const p2p = node.network.address();
  say('listening', { http: url, p2p, ops: opsUrl, pid: process.pid, height });
  if (options.json !== true) {
    process.stdout.write(`node ${node.self ?? 'observer'} at height ${height}\n`);
    process.stdout.write(`  HTTP ${url}   p2p ${p2p}   operations ${opsUrl}\n`);
  }
  // At a terminal the signal says that it was closed.
  if (process.stdin.isTTY !== true)
    process.on('SIGHUP', () => {
      const said = serving.renewTls().then(
        ({ validTo }) => say('tls_renewed', { validTo }),
        (error: unknown) => process.stderr.write(`${sentenceOf(error)}\n`),
      );
      void said;
    });
  await Promise.race([ended, fatal]);
  await serving.stop().catch(() => undefined);
  if (failed !== undefined) {
    const text = failed instanceof Error ? failed.message : String(failed);
    process.stderr.write(`triflow: the node stopped: ${text}\n`);
    process.exitCode = exitCodeOf(failed);
  }
  say('stopped');
  // The transport leaves a timer of a second behind; nothing is waiting for it.
  process.exit();
}

/** P11; a name that is none is refused before anything starts. */
function vouchOf({ endQuarantine, lost = [] }: StartOptions): {
  readonly endQuarantine?: { readonly lost: readonly ValidatorId[] };
} {
  const ids = lost.filter(isValidatorId);
  if (ids.length < lost.length || (endQuarantine !== true && lost.length > 0)) {
    throw new CodedError(
      'CONFIG_INVALID',
      '--lost goes with --end-quarantine and takes ids of validators: --lost v3 v4',
    );
  }
  return endQuarantine === true ? { endQuarantine: { lost: ids } } : {};
}

import { resolve } from 'node:path';
import { Command } from 'commander';
import { startHome } from '../startGateway.js';

interface StartOptions {
  readonly home: string;
  readonly json?: boolean;
}

/** `triflow-gateway start`: runs until a signal, or until the parent's channel closes. */
export function startCommand(): Command {
  return new Command('start')
    .description('run the gateway of a home directory')
    .option('--home <dir>', 'the gateway’s home', '.')
    .option('--json', 'say what happens as JSON lines on stdout')
    .action(async (options: StartOptions) => start(options));
}

async function start(options: StartOptions): Promise<void> {
  const say = (event: string, facts: Record<string, unknown> = {}): void => {
    if (options.json === true) process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);
  };
  const ended = new Promise<void>((resolveEnd) => {
    const stop = (): void => resolveEnd();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    if (process.channel !== undefined) process.once('disconnect', stop);
  });
  const gateway = await startHome(resolve(options.home));
  say('listening', { http: gateway.url, party: gateway.party, pid: process.pid });
  if (options.json !== true) {
    process.stdout.write(`gateway of ${gateway.party}   HTTP ${gateway.url}\n`);
  }
  await ended;
  await gateway.stop();
  say('stopped');
}

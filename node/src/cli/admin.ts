import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CodedError } from '@triflow/protocol';
import { Command } from 'commander';
import { z } from 'zod';
import { type AdminCall, logLevels } from '../admin/adminCalls.js';
import { askAdmin } from '../admin/askAdmin.js';
import { compactedText } from './dbParts.js';
import { type OutputOptions, print, remark, tableLines } from './output.js';
import { durationMs } from './settings.js';

const DRAIN_LOOK_MS = 200;

const drainSchema = z.object({ draining: z.boolean(), pending: z.number() });
const levelSchema = z.object({ level: z.string() });
const compactedSchema = z.object({ bytesBefore: z.number(), bytesAfter: z.number() });
const backupSchema = z.object({ out: z.string(), height: z.number(), blockId: z.string() });

export const consensusSchema = z.object({
  self: z.string().nullable(),
  mode: z.string(),
  height: z.number(),
  round: z.number().nullable(),
  step: z.string().nullable(),
  validators: z.array(
    z.object({ id: z.string(), peerId: z.string(), reached: z.boolean(), banned: z.boolean() }),
  ),
  reached: z.number(),
  quorum: z.number(),
  margin: z.number(),
  others: z.array(z.string()),
});

export interface AdminOptions extends OutputOptions {
  readonly home: string;
}

interface DrainOptions extends AdminOptions {
  readonly timeout: string;
}

/** `triflow admin`: what only the operator of a running node may ask of it, at its own socket. */
export function adminCommand(): Command {
  const admin = new Command('admin').description('a running node, by its own operator');
  admin.addCommand(homed('consensus', 'who signs, who is reached, what it waits for').action(look));
  admin.addCommand(
    homed('log-level', 'how much the node logs: shown, or changed until it stops')
      .argument('[level]', logLevels.join(', '))
      .action(logLevel),
  );
  admin.addCommand(
    homed('drain', 'take no more transactions, and wait until none is pending: before a stop')
      .option('--timeout <duration>', 'how long to wait', '60s')
      .action(drain),
  );
  admin.addCommand(
    homed('resume', 'take transactions again').action(async (options: AdminOptions) => {
      const done = await ask(options, 'DELETE /admin/drain', drainSchema);
      print(options, done, ['the node takes transactions again']);
    }),
  );
  admin.addCommand(
    homed('compact', 'give room of replaced records back to the disk').action(
      async (options: AdminOptions) => {
        const done = await ask(options, 'POST /admin/compact', compactedSchema);
        print(options, done, [compactedText(done)]);
      },
    ),
  );
  admin.addCommand(
    homed('backup', 'copy the database as it stands now into a new folder')
      .requiredOption('--out <folder>', 'the new folder')
      .action(async (options: AdminOptions & { readonly out: string }) => {
        const out = resolve(options.out);
        const done = await ask(options, 'POST /admin/backup', backupSchema, { out });
        print(options, done, [
          `height ${done.height}, block ${done.blockId}, in ${out}`,
          `next: triflow backup verify ${out} --trust genesis.json`,
        ]);
      }),
  );
  return admin.addCommand(
    homed('reload-tls', 'read the TLS files again, for new connections').action(
      async (options: AdminOptions) => {
        const done = await ask(options, 'POST /admin/tls', z.object({ validTo: z.string() }));
        print(options, done, [`in force; the certificate ends ${done.validTo}`]);
      },
    ),
  );
}

/** A verb that reaches the running node of a home. */
export function homed(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--home <dir>', 'the node’s home', '.')
    .option('--quiet', 'say nothing but errors')
    .option('--json', 'answer as JSON');
}

/** Asks the running node of `--home`. */
export function ask<T>(
  { home }: AdminOptions,
  call: AdminCall,
  schema: z.ZodType<T>,
  body?: Readonly<Record<string, unknown>>,
): Promise<T> {
  return askAdmin(resolve(home), call, schema, body);
}

async function look(options: AdminOptions): Promise<void> {
  const facts = await ask(options, 'GET /admin/consensus', consensusSchema);
  const { mode, height, round, step, validators, reached, quorum, margin } = facts;
  const rows = validators.map(({ id, peerId, reached: isReached, banned }) => {
    return [id, peerId, isReached ? 'reached' : 'NOT REACHED', banned ? 'banned here' : ''];
  });
  print(options, facts, [
    `${mode}, height ${height}, round ${round ?? '-'}, step ${step ?? '-'}`,
    `${reached} of ${validators.length} validators, ${quorum} are a quorum, margin ${margin}`,
    ...tableLines(['seat', 'peer id', '', ''], rows),
  ]);
}

async function logLevel(level: string | undefined, options: AdminOptions): Promise<void> {
  const done =
    level === undefined
      ? await ask(options, 'GET /admin/log-level', levelSchema)
      : await ask(options, 'PUT /admin/log-level', levelSchema, { level });
  print(options, done, [done.level]);
}

async function drain(options: DrainOptions): Promise<void> {
  const untilMs = Date.now() + durationMs(options.timeout);
  let facts = await ask(options, 'POST /admin/drain', drainSchema);
  while (facts.pending > 0) {
    if (Date.now() >= untilMs) {
      throw new CodedError('WAIT_TIMEOUT', `${facts.pending} transactions are still pending`, {
        details: { next: 'stop it all the same: other nodes hold them, too; or admin resume' },
      });
    }
    remark(options, `${facts.pending} pending ...`);
    await delay(DRAIN_LOOK_MS);
    facts = await ask(options, 'GET /admin/drain', drainSchema);
  }
  print(options, facts, ['drained: nothing is pending; it may be stopped (SIGTERM)']);
}

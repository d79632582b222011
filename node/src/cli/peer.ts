import {
  blockRoutes,
  chainRoutes,
  readinessSchema,
  validatorsAnswerSchema,
} from '@triflow/api/routes';
import { Command } from 'commander';
import { z } from 'zod';
import { type AdminOptions, ask, consensusSchema, homed } from './admin.js';
import { confirm } from './confirm.js';
import { type ClientOptions, connect, verb } from './connect.js';
import { print, tableLines } from './output.js';

const bansSchema = z.object({
  bans: z.array(z.object({ peerId: z.string(), since: z.string(), note: z.string() })),
});

interface BanOptions extends AdminOptions {
  readonly note: string;
  readonly yes?: boolean;
}

/** `triflow peer`: who this chain's nodes are, and whom the node of a home keeps out. */
export function peerCommand(): Command {
  const peer = new Command('peer').description('nodes of the chain, and whom this node keeps out');
  peer.addCommand(verb('list', 'validators and how many are reached').action(listPeers));
  peer.addCommand(
    homed('ban', 'keep a peer out of the running node of a home, also after its next start')
      .argument('<peer>', 'its peer id, or the id of its seat')
      .option('--note <text>', 'why', '')
      .option('--yes', 'do not ask, even if too few validators for a quorum are left')
      .action(ban),
  );
  peer.addCommand(
    homed('unban', 'let it in again')
      .argument('<peer>', 'its peer id, or the id of its seat')
      .action(unban),
  );
  return peer.addCommand(homed('bans', 'whom the node keeps out').action(bans));
}

async function listPeers(options: ClientOptions): Promise<void> {
  const { ask: askNode } = await connect(options);
  const set = await askNode({ route: blockRoutes.getValidators }, validatorsAnswerSchema);
  const { checks } = await askNode({ route: chainRoutes.getHealth }, readinessSchema);
  const rows = set.validators.map(({ id, peerId, party }) => [id, peerId, party]);
  const peers = set.validators.map(({ id, peerId, party }) => ({ id, peerId, party }));
  const { peers: reached } = checks;
  const note = `reached ${String(reached?.value)}; ${reached?.reason ?? 'enough for a quorum'}`;
  print(options, { peers, reached }, [...tableLines(['node', 'peer id', 'party'], rows), note]);
}

/** A ban that leaves the node without a quorum stops it, so it is asked for twice. */
async function ban(peer: string, options: BanOptions): Promise<void> {
  const facts = await ask(options, 'GET /admin/consensus', consensusSchema);
  const { validators, quorum } = facts;
  const left = validators.filter(({ id, peerId, reached, banned }) => {
    return reached && !banned && id !== peer && peerId !== peer;
  });
  const isSeated = validators.some(({ id, peerId }) => id === peer || peerId === peer);
  if (isSeated && left.length < quorum) {
    const what = `without ${peer} only ${left.length} of ${quorum} validators for a quorum are left`;
    await confirm(options, { what, word: peer });
  }
  const done = await ask(options, 'PUT /admin/bans', bansSchema.extend({ banned: z.string() }), {
    peer,
    note: options.note,
  });
  print(options, done, [`${done.banned} is kept out; triflow peer unban lets it in again`]);
}

async function unban(peer: string, options: AdminOptions): Promise<void> {
  const schema = bansSchema.extend({ unbanned: z.string() });
  const done = await ask(options, 'DELETE /admin/bans', schema, { peer });
  print(options, done, [`${done.unbanned} may connect again`]);
}

async function bans(options: AdminOptions): Promise<void> {
  const done = await ask(options, 'GET /admin/bans', bansSchema);
  const rows = done.bans.map(({ peerId, since, note }) => [peerId, since, note]);
  print(options, done, tableLines(['peer id', 'since', 'note'], rows));
}

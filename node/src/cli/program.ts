import type { Command } from 'commander';
import { completionCommand, versionCommand } from './about.js';
import { adminCommand } from './admin.js';
import { backupCommand } from './backup.js';
import { callCommand } from './call.js';
import { blockCommand, eventsCommand, partyCommand } from './chain.js';
import { configCommand } from './config.js';
import { dbCommand } from './db.js';
import { doctorCommand } from './doctor.js';
import { genesisCommand } from './genesis.js';
import { govCommand, validatorCommand } from './governance.js';
import { initCommand } from './init.js';
import { keyCommand } from './key.js';
import { nounCommands } from './nouns.js';
import { peerCommand } from './peer.js';
import { programOf } from './programOf.js';
import { startCommand } from './start.js';
import { statusCommand } from './status.js';
import { tokenCommand } from './token.js';
import { traceCommand } from './trace.js';
import { txCommand } from './tx.js';
import { verifyCommand } from './verify.js';

/** The whole command tree of `triflow`; each verb's help ends with an example. */
export function createProgram(): Command {
  return programOf(commands()).addHelpText('after', `\n${GROUPS}`);
}

const GROUPS = `Begin      triflow devnet up, or the demo: npx -y pnpm@12 demo
Look       triflow receipt show wr_0007 --prove      triflow trace wr_0007
A node     triflow init, genesis, start, status, doctor
Exit codes 0 ok, 1 failed, 2 usage, 3 not found, 4 rejected or expired, 5 outcome unknown,
           6 unreachable, 7 verification failed; start and doctor also 10 to 16`;

function commands(): Command[] {
  const all = [
    initCommand(),
    startCommand(),
    statusCommand(),
    doctorCommand(),
    configCommand(),
    keyCommand(),
    genesisCommand(),
    tokenCommand(),
    dbCommand(),
    backupCommand(),
    adminCommand(),
    peerCommand(),
    validatorCommand(),
    govCommand(),
    partyCommand(),
    ...nounCommands(),
    traceCommand(),
    txCommand(),
    callCommand(),
    blockCommand(),
    eventsCommand(),
    verifyCommand(),
    versionCommand(),
  ];
  return [...all, completionCommand(all)];
}

import { type DefinedContract, defineContract } from '../defineContract.js';
import { activate } from './commands/activate.js';
import { anchorAccessLog } from './commands/anchorAccessLog.js';
import { expireProposal } from './commands/expireProposal.js';
import { propose } from './commands/propose.js';
import { vote } from './commands/vote.js';
import { writeGenesisKeys } from './genesis.js';
import { tables } from './keys.js';
import type { GovernedContract } from './parameterChange.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

const DAY_MS = 86_400_000;
const PERIOD = { min: 60_000, max: 366 * DAY_MS };

const parameters = {
  /** How long a proposal may be voted upon. */
  votingPeriodMs: 30 * DAY_MS,
  /** How long a passed change of seats or observers may wait for its activation. */
  activationPeriodMs: 30 * DAY_MS,
};
const parameterBounds = { votingPeriodMs: PERIOD, activationPeriodMs: PERIOD };

/** Governance over the parameters of the other contracts of this program. */
export function governanceOf(others: readonly GovernedContract[]): DefinedContract {
  const own = { name: 'governance', parameters, parameterBounds };
  const governed = [...others, own];
  return defineContract({
    name: 'governance',
    version: 1,
    tables,
    commands: {
      propose: propose(governed),
      vote: vote(governed),
      expire_proposal: expireProposal,
      activate: activate(governed),
      anchor_access_log: anchorAccessLog,
    },
    statusCodes,
    parameters,
    parameterBounds,
    genesis: writeGenesisKeys,
    queries,
  });
}

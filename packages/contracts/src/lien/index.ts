import { defineContract } from '../defineContract.js';
import { create } from './commands/create.js';
import { createExclusive } from './commands/createExclusive.js';
import { move } from './commands/move.js';
import { recordControl } from './commands/recordControl.js';
import { recordPublicity } from './commands/recordPublicity.js';
import { recordRelease } from './commands/recordRelease.js';
import { release } from './commands/release.js';
import { tables } from './keys.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

export const lien = defineContract({
  name: 'lien',
  version: 1,
  tables,
  commands: { create, record_publicity: recordPublicity, release },
  internals: {
    create_exclusive: createExclusive,
    move,
    record_release: recordRelease,
    record_control: recordControl,
  },
  statusCodes,
  /** When a receipt pledge is effective: `endorsement`, `registration` or `both` (counsel). */
  parameters: { receiptPledgeBasis: 'both' },
  queries,
});

import { defineContract } from '../defineContract.js';
import { addGoods } from './commands/addGoods.js';
import { amend } from './commands/amend.js';
import { assertRetention } from './commands/assertRetention.js';
import { carryGoods } from './commands/carryGoods.js';
import { claimGoods } from './commands/claimGoods.js';
import { create } from './commands/create.js';
import { createExclusive } from './commands/createExclusive.js';
import { crystallise } from './commands/crystallise.js';
import { endGoods } from './commands/endGoods.js';
import { enforce } from './commands/enforce.js';
import { extend } from './commands/extend.js';
import { move } from './commands/move.js';
import { recordControl } from './commands/recordControl.js';
import { recordEnforced } from './commands/recordEnforced.js';
import { recordNotice } from './commands/recordNotice.js';
import { recordPublicity } from './commands/recordPublicity.js';
import { recordRegistration } from './commands/recordRegistration.js';
import { recordRelease } from './commands/recordRelease.js';
import { release } from './commands/release.js';
import { releaseGoods } from './commands/releaseGoods.js';
import { reportExternal } from './commands/reportExternal.js';
import { tables } from './keys.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

export const lien = defineContract({
  name: 'lien',
  version: 1,
  tables,
  commands: {
    create,
    record_publicity: recordPublicity,
    report_external: reportExternal,
    amend,
    extend,
    assert_retention: assertRetention,
    crystallise,
    release,
    enforce,
  },
  internals: {
    create_exclusive: createExclusive,
    move,
    record_release: recordRelease,
    record_enforced: recordEnforced,
    record_control: recordControl,
    record_registration: recordRegistration,
    record_notice: recordNotice,
    add_goods: addGoods,
    carry_goods: carryGoods,
    end_goods: endGoods,
    claim_goods: claimGoods,
    release_goods: releaseGoods,
  },
  statusCodes,
  /** When a receipt pledge is effective: `endorsement`, `registration` or `both` (counsel). */
  parameters: { receiptPledgeBasis: 'both' },
  parameterBounds: {
    receiptPledgeBasis: { oneOf: ['endorsement', 'registration', 'both'] },
  },
  queries,
});

import { defineContract } from '../defineContract.js';
import { bindTag } from './commands/bindTag.js';
import { cull } from './commands/cull.js';
import { deliverSold } from './commands/deliverSold.js';
import { freeze } from './commands/freeze.js';
import { mortgage } from './commands/mortgage.js';
import { openPen } from './commands/openPen.js';
import { place } from './commands/place.js';
import { recordCount } from './commands/recordCount.js';
import { register } from './commands/register.js';
import { reportDeath } from './commands/reportDeath.js';
import { reportFound } from './commands/reportFound.js';
import { reportMissing } from './commands/reportMissing.js';
import { retag } from './commands/retag.js';
import { sell } from './commands/sell.js';
import { setCurve } from './commands/setCurve.js';
import { substitute } from './commands/substitute.js';
import { unfreeze } from './commands/unfreeze.js';
import { tables } from './keys.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

export const livestock = defineContract({
  name: 'livestock',
  version: 1,
  tables,
  commands: {
    open_pen: openPen,
    register,
    bind_tag: bindTag,
    place,
    retag,
    mortgage,
    substitute,
    sell,
    cull,
    report_death: reportDeath,
    report_missing: reportMissing,
    report_found: reportFound,
    record_count: recordCount,
    set_curve: setCurve,
    freeze,
    unfreeze,
  },
  internals: { deliver_sold: deliverSold },
  statusCodes,
  queries,
});

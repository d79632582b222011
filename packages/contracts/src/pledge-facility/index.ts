import { defineContract } from '../defineContract.js';
import { addItem } from './commands/addItem.js';
import { apply } from './commands/apply.js';
import { attestControl } from './commands/attestControl.js';
import { cureCash } from './commands/cureCash.js';
import { cureGoods } from './commands/cureGoods.js';
import { declareDefault } from './commands/declareDefault.js';
import { draw } from './commands/draw.js';
import { failCure } from './commands/failCure.js';
import { recordCosts } from './commands/recordCosts.js';
import { releaseItem } from './commands/releaseItem.js';
import { repay } from './commands/repay.js';
import { repayAndRelease } from './commands/repayAndRelease.js';
import { revalue } from './commands/revalue.js';
import { signAgreement } from './commands/signAgreement.js';
import { substitute } from './commands/substitute.js';
import { tables } from './keys.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

export const pledgeFacility = defineContract({
  name: 'pledge-facility',
  version: 1,
  tables,
  commands: {
    apply,
    sign_agreement: signAgreement,
    attest_control: attestControl,
    draw,
    revalue,
    record_costs: recordCosts,
    repay,
    cure_cash: cureCash,
    add_item: addItem,
    cure_goods: cureGoods,
    release_item: releaseItem,
    substitute,
    fail_cure: failCure,
    declare_default: declareDefault,
    repay_and_release: repayAndRelease,
  },
  statusCodes,
  /** How long a pledgor has to cure once the disposal line is crossed. */
  parameters: { shortCureMs: 86_400_000 },
  queries,
});

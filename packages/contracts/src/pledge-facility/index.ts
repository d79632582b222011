import { defineContract } from '../defineContract.js';
import { addItem } from './commands/addItem.js';
import { apply } from './commands/apply.js';
import { attestControl } from './commands/attestControl.js';
import { cureCash } from './commands/cureCash.js';
import { cureGoods } from './commands/cureGoods.js';
import { declareDefault } from './commands/declareDefault.js';
import { distribute } from './commands/distribute.js';
import { draw } from './commands/draw.js';
import { earlySale } from './commands/earlySale.js';
import { failCure } from './commands/failCure.js';
import { openEnforcement } from './commands/openEnforcement.js';
import { recordCosts } from './commands/recordCosts.js';
import { recordSale } from './commands/recordSale.js';
import { releaseItem } from './commands/releaseItem.js';
import { repay } from './commands/repay.js';
import { repayAndRelease } from './commands/repayAndRelease.js';
import { revalue } from './commands/revalue.js';
import { signAgreement } from './commands/signAgreement.js';
import { stateClaim } from './commands/stateClaim.js';
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
    early_sale: earlySale,
    declare_default: declareDefault,
    open_enforcement: openEnforcement,
    state_claim: stateClaim,
    record_sale: recordSale,
    distribute,
    repay_and_release: repayAndRelease,
  },
  statusCodes,
  parameters: {
    /** How long a pledgor has to cure once the disposal line is crossed. */
    shortCureMs: 86_400_000,
    /** By how much value must have fallen for an early sale (433; counsel). */
    clearFallBps: 1_000,
  },
  parameterBounds: {
    shortCureMs: { min: 3_600_000, max: 30 * 86_400_000 },
    clearFallBps: { min: 1, max: 10_000 },
  },
  queries,
});

import { defineContract } from '../defineContract.js';
import { acknowledge } from './commands/acknowledge.js';
import { anchorBatch } from './commands/anchorBatch.js';
import { applyProfile } from './commands/applyProfile.js';
import { bindDevice } from './commands/bindDevice.js';
import { checkSilence } from './commands/checkSilence.js';
import { escalate } from './commands/escalate.js';
import { markFalse } from './commands/markFalse.js';
import { resolve } from './commands/resolve.js';
import { retireRule } from './commands/retireRule.js';
import { setRule } from './commands/setRule.js';
import { submitBatch } from './commands/submitBatch.js';
import { unbindDevice } from './commands/unbindDevice.js';
import { closeCover, openCover } from './coverWindows.js';
import { tables } from './keys.js';
import { parameterBounds, parameters } from './parameters.js';
import { queries } from './queries.js';
import { clearAlert, raiseAlert } from './recordAlerts.js';
import { beginShipment } from './shipment.js';
import { statusCodes } from './statusCodes.js';

export const monitoring = defineContract({
  name: 'monitoring',
  version: 1,
  tables,
  commands: {
    bind_device: bindDevice,
    unbind_device: unbindDevice,
    submit_batch: submitBatch,
    anchor_batch: anchorBatch,
    check_silence: checkSilence,
    set_rule: setRule,
    apply_profile: applyProfile,
    retire_rule: retireRule,
    acknowledge,
    escalate,
    resolve,
    mark_false: markFalse,
  },
  internals: {
    raise_alert: raiseAlert,
    clear_alert: clearAlert,
    open_cover: openCover,
    close_cover: closeCover,
    begin_shipment: beginShipment,
  },
  statusCodes,
  parameters,
  parameterBounds,
  queries,
});

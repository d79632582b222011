import { defineContract } from '../defineContract.js';
import { agreeSupply } from './commands/agreeSupply.js';
import { associate } from './commands/associate.js';
import { commission } from './commands/commission.js';
import { destroy } from './commands/destroy.js';
import { directSupply } from './commands/directSupply.js';
import { dispense } from './commands/dispense.js';
import { dissociate } from './commands/dissociate.js';
import { fileReport } from './commands/fileReport.js';
import { freeze } from './commands/freeze.js';
import { handOver } from './commands/handOver.js';
import { linkEventToLot } from './commands/linkEventToLot.js';
import { openLot } from './commands/openLot.js';
import { pack } from './commands/pack.js';
import { qaRelease } from './commands/qaRelease.js';
import { quarantine } from './commands/quarantine.js';
import { recall } from './commands/recall.js';
import { receive } from './commands/receive.js';
import { recordEvent } from './commands/recordEvent.js';
import { refuse } from './commands/refuse.js';
import { refuseLot } from './commands/refuseLot.js';
import { registerLocation } from './commands/registerLocation.js';
import { releaseLocation } from './commands/releaseLocation.js';
import { releaseLot } from './commands/releaseLot.js';
import { reportLost } from './commands/reportLost.js';
import { ship } from './commands/ship.js';
import { transform } from './commands/transform.js';
import { unfreeze } from './commands/unfreeze.js';
import { unpack } from './commands/unpack.js';
import { tables } from './keys.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

export const trace = defineContract({
  name: 'trace',
  version: 1,
  tables,
  commands: {
    record_event: recordEvent,
    link_event_to_lot: linkEventToLot,
    register_location: registerLocation,
    release_location: releaseLocation,
    hand_over: handOver,
    refuse,
    open_lot: openLot,
    commission,
    pack,
    unpack,
    associate,
    dissociate,
    transform,
    release_lot: releaseLot,
    refuse_lot: refuseLot,
    direct_supply: directSupply,
    ship,
    receive,
    dispense,
    quarantine,
    qa_release: qaRelease,
    destroy,
    report_lost: reportLost,
    recall,
    file_report: fileReport,
    agree_supply: agreeSupply,
    freeze,
    unfreeze,
  },
  statusCodes,
  queries,
});

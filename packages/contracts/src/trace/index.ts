import { defineContract } from '../defineContract.js';
import { handOver } from './commands/handOver.js';
import { linkEventToLot } from './commands/linkEventToLot.js';
import { recordEvent } from './commands/recordEvent.js';
import { refuse } from './commands/refuse.js';
import { registerLocation } from './commands/registerLocation.js';
import { releaseLocation } from './commands/releaseLocation.js';
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
  },
  statusCodes,
  queries,
});

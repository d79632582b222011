import { joinPointer } from '@triflow/protocol';
import { addFault } from '../faults.js';
import { commonRequired, contextMembers, ilmd, quantities, uniqueUris } from './members.js';
import { action, isFilled, missing, object, type Rule } from './rules.js';

/**
 * ObjectEvent: something happened to objects, or a sensor at a read point saw something.
 * Master data may be given only when the objects begin (ADD).
 */
export const objectEvent: Rule = object(
  {
    members: { ...contextMembers, action, epcList: uniqueUris, quantityList: quantities, ilmd },
    required: [...commonRequired, 'action'],
    others: 'prefixed',
  },
  (event, path, faults) => {
    const sensed = isFilled(event.sensorElementList) && event.readPoint !== undefined;
    if (event.epcList === undefined && !isFilled(event.quantityList) && !sensed) {
      missing(faults, 'identifier_list_missing', path, 'epcList');
    }
    if (event.ilmd !== undefined && event.action !== 'ADD') {
      addFault(faults, 'ilmd_only_with_add', joinPointer(path, 'ilmd'), 'ilmd goes with ADD only');
    }
  },
);

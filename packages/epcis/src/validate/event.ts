import { isJsonObject, type JsonValue, joinPointer } from '@triflow/protocol';
import { addFault, type EpcisFault } from '../faults.js';
import { aggregationEvent } from './aggregationEvent.js';
import { associationEvent } from './associationEvent.js';
import { commonMembers, commonRequired } from './members.js';
import { objectEvent } from './objectEvent.js';
import { missing, object, type Rule, uri } from './rules.js';
import { transactionEvent } from './transactionEvent.js';
import { transformationEvent } from './transformationEvent.js';

const standardEvents: ReadonlyMap<string, Rule> = new Map([
  ['ObjectEvent', objectEvent],
  ['AggregationEvent', aggregationEvent],
  ['AssociationEvent', associationEvent],
  ['TransactionEvent', transactionEvent],
  ['TransformationEvent', transformationEvent],
]);

/** An event whose type is a URI: the common members and extensions. */
const extensionEvent: Rule = object({
  members: { ...commonMembers, type: uri },
  required: commonRequired,
  others: 'prefixed',
});

/** An event of any type, by the rule of its type. */
export function eventRule(value: JsonValue, path: string, faults: EpcisFault[]): void {
  if (!isJsonObject(value)) {
    addFault(faults, 'value_has_wrong_type', path, 'an event is an object');
    return;
  }
  const { type } = value;
  if (type === undefined) {
    missing(faults, 'member_missing', path, 'type');
  } else if (typeof type === 'string' && (standardEvents.has(type) || type.includes(':'))) {
    (standardEvents.get(type) ?? extensionEvent)(value, path, faults);
  } else {
    addFault(faults, 'event_type_unknown', joinPointer(path, 'type'), 'no such type of event');
  }
}

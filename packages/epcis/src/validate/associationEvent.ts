import { commonRequired, contextMembers, quantities, uris } from './members.js';
import { action, isFilled, missing, object, type Rule, uri } from './rules.js';

/** AssociationEvent: a durable bond, such as a sensor on an asset or a tag on an animal. */
export const associationEvent: Rule = object(
  {
    members: {
      ...contextMembers,
      action,
      parentID: uri,
      childEPCs: uris,
      childQuantityList: quantities,
    },
    required: [...commonRequired, 'action'],
    others: 'prefixed',
  },
  (event, path, faults) => {
    if (event.parentID === undefined) missing(faults, 'parent_id_missing', path, 'parentID');
    if (event.action === 'DELETE') return;
    if (isFilled(event.childEPCs) || isFilled(event.childQuantityList)) return;
    missing(faults, 'children_missing', path, 'childEPCs');
  },
);

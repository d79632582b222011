import { commonRequired, contextMembers, quantities, uris } from './members.js';
import { action, isFilled, missing, object, type Rule, uri } from './rules.js';

/** AggregationEvent: children are put into a parent, seen there or taken out. */
export const aggregationEvent: Rule = object(
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
    if (event.action === 'DELETE') return;
    if (isFilled(event.childEPCs) || isFilled(event.childQuantityList)) return;
    missing(faults, 'children_missing', path, 'childEPCs');
  },
);

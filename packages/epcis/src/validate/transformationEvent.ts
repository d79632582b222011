import { commonRequired, contextMembers, ilmd, quantities, uniqueUris } from './members.js';
import { isFilled, missing, object, type Rule, uri } from './rules.js';

/**
 * TransformationEvent: inputs are used up and outputs made. Several events may share a
 * transformationID; then each may tell one side only.
 */
export const transformationEvent: Rule = object(
  {
    members: {
      ...contextMembers,
      inputEPCList: uniqueUris,
      inputQuantityList: quantities,
      outputEPCList: uniqueUris,
      outputQuantityList: quantities,
      transformationID: uri,
      ilmd,
    },
    required: commonRequired,
    others: 'prefixed',
  },
  (event, path, faults) => {
    const input = isFilled(event.inputEPCList) || isFilled(event.inputQuantityList);
    const output = isFilled(event.outputEPCList) || isFilled(event.outputQuantityList);
    const shared = event.transformationID !== undefined && (input || output);
    if (shared || (input && output)) return;
    if (!input) missing(faults, 'transformation_side_missing', path, 'inputEPCList');
    if (!output) missing(faults, 'transformation_side_missing', path, 'outputEPCList');
  },
);

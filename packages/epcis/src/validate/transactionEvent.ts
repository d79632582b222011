import {
  commonRequired,
  contextMembers,
  quantities,
  someBizTransactions,
  uris,
} from './members.js';
import { action, isFilled, missing, object, type Rule, uri } from './rules.js';

/** TransactionEvent: objects are tied to, or freed from, business transactions. */
export const transactionEvent: Rule = object(
  {
    members: {
      ...contextMembers,
      action,
      bizTransactionList: someBizTransactions,
      parentID: uri,
      epcList: uris,
      quantityList: quantities,
    },
    required: [...commonRequired, 'action', 'bizTransactionList'],
    others: 'prefixed',
  },
  (event, path, faults) => {
    if (event.action === 'DELETE' || event.epcList !== undefined) return;
    if (isFilled(event.quantityList)) return;
    missing(faults, 'identifier_list_missing', path, 'epcList');
  },
);

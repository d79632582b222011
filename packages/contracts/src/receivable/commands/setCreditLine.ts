import { limits, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { findParty } from '../../party-registry/internal.js';
import { creditLines } from '../keys.js';
import { grantedMinor, loadCreditLine } from '../records.js';
import { type CreditLine, commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A lender grants a debtor a line, or changes its own; never below what is used (D5). */
export const setCreditLine = command({
  who: ['LENDER'],
  params: commandSchemas.set_credit_line,
  verify: (context, { debtor, limit }) => {
    if (debtor === context.sender) return status('parties_must_differ');
    if (findParty(context, debtor) === undefined) return status('reference_not_found');
    if (limit.minor < 0n) return status('amount_must_be_positive');
    const line = loadCreditLine(context, { debtor, currency: limit.currency });
    const grants = grantsWith(line, context.sender, limit.minor);
    if (grants.length > limits.grantsPerCreditLineMax) return status('bound_exceeded');
    return grantedMinor({ grants }) < line.usedMinor ? status('below_used_credit') : OK;
  },
  execute: (context, { debtor, limit }) => {
    const { currency, minor } = limit;
    const line = loadCreditLine(context, { debtor, currency });
    const grants = grantsWith(line, context.sender, minor);
    const version = line.version + 1;
    context.put(creditLines, [debtor, currency], { ...line, grants, version });
    const total = grantedMinor({ grants });
    const data = { version, lender: context.sender, currency, minor, grantedMinor: total };
    context.emit('credit_line.set', debtor, data);
    return OK;
  },
});

function grantsWith(
  { grants }: CreditLine,
  lender: CreditLine['debtor'],
  minor: bigint,
): CreditLine['grants'] {
  const others = grants.filter((grant) => grant.lender !== lender);
  return minor === 0n ? others : [...others, { lender, minor }];
}

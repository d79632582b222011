import { isStorable, type Status } from '@triflow/protocol';
import { deliverable, grossMinor } from './amounts.js';
import type { LineTerms, OrderLine } from './schema.js';
import { status } from './statusCodes.js';

/** Why lines cannot be ordered: repeated numbers, other currency or unit, nothing, too much. */
export function linesProblem(lines: readonly LineTerms[], currency: string): Status | undefined {
  if (new Set(lines.map((line) => line.lineNo)).size !== lines.length) {
    return status('line_named_twice');
  }
  for (const line of lines) {
    const problem = lineProblem(line, currency);
    if (problem !== undefined) return problem;
  }
  const total = lines.reduce((sum, line) => sum + grossMinor(line, deliverable(line)), 0n);
  return isStorable(total) ? undefined : status('amount_out_of_range');
}

/** A line's terms with counters at zero. */
export function freshLine(terms: LineTerms): OrderLine {
  return {
    ...terms,
    shipped: 0n,
    accepted: 0n,
    rejected: 0n,
    lost: 0n,
    invoiced: 0n,
    invoicedMinor: 0n,
  };
}

function lineProblem({ ordered, unitPrice, ...line }: LineTerms, currency: string) {
  if (unitPrice.currency !== currency) return status('currency_does_not_match');
  if (unitPrice.unit !== ordered.unit) return status('unit_does_not_match');
  if (ordered.value <= 0n || unitPrice.value <= 0n) return status('amount_must_be_positive');
  const most = deliverable({ ordered, ...line });
  return isStorable(most) ? undefined : status('amount_out_of_range');
}

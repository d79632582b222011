import type { Day } from '@triflow/protocol';
import type { StatedItems, StatutoryItems } from './schema.js';

const BLANK = /^[ \u00a0\u3000]*$/;

/**
 * The eight items of Civil Code 909, complete, or undefined when one of them is missing or blank.
 * The eighth, who issues where and on which day, takes issuer and day from the act itself.
 */
export function completeItems(
  stated: StatedItems,
  act: { readonly issuer: string; readonly day: Day },
): StatutoryItems | undefined {
  const depositor = completeDepositor(stated);
  const goods = completeGoods(stated);
  const { lossStandardBps, storagePeriod, fee, insurance } = stated;
  const place = text(stated.place);
  const placeOfIssue = text(stated.placeOfIssue);
  if (depositor === undefined || goods === undefined) return undefined;
  if (lossStandardBps === undefined || storagePeriod === undefined) return undefined;
  if (fee === undefined || insurance === undefined) return undefined;
  if (place === undefined || placeOfIssue === undefined) return undefined;
  const issue = { issuer: act.issuer, place: placeOfIssue, day: act.day };
  return { depositor, goods, lossStandardBps, place, storagePeriod, fee, insurance, issue };
}

function completeDepositor(stated: StatedItems): StatutoryItems['depositor'] | undefined {
  const name = text(stated.depositor?.name);
  const address = text(stated.depositor?.address);
  return name === undefined || address === undefined ? undefined : { name, address };
}

function completeGoods(stated: StatedItems): StatutoryItems['goods'] | undefined {
  const variety = text(stated.goods?.variety);
  const quality = text(stated.goods?.quality);
  const packaging = text(stated.goods?.packaging);
  const marks = text(stated.goods?.marks);
  const pieces = stated.goods?.pieces;
  if (variety === undefined || quality === undefined || packaging === undefined) return undefined;
  if (marks === undefined || pieces === undefined) return undefined;
  return { variety, quality, packaging, pieces, marks };
}

function text(value: string | undefined): string | undefined {
  return value === undefined || BLANK.test(value) ? undefined : value;
}

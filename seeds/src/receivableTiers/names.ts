/** Ids of one run. */
export interface TierNames {
  readonly run: string;
  readonly order: string;
  readonly delivery: string;
  readonly invoice: string;
  readonly root: string;
  /** Orders of one tier from the next, which the transfers rest on. */
  readonly trades: readonly string[];
  readonly kept: readonly string[];
  readonly paid: readonly string[];
  readonly received: readonly string[];
  readonly disbursement: string;
  readonly redemptions: readonly string[];
  readonly code: string;
}

/** The ids of a run; the first one has no name. */
export function tierNames(run: string): TierNames {
  const id = (text: string): string => (run === '' ? text : `${text}-${run}`);
  const tiers = ['1', '2', '3'];
  return {
    run,
    order: id('po_tiers-1'),
    delivery: id('dl_tiers-1'),
    invoice: id('in_tiers-1'),
    root: id('rv_0042'),
    trades: tiers.map((tier) => id(`po_tiers-${Number(tier) + 1}`)),
    kept: tiers.map((tier) => id(`rv_0042-${tier}-kept`)),
    paid: tiers.map((tier) => id(`rv_0042-${tier}-paid`)),
    received: tiers.map((tier) => id(`rv_0042-t${Number(tier) + 1}`)),
    disbursement: id('pp_tiers-0'),
    redemptions: ['1', '2', '3', '4'].map((number) => id(`pp_tiers-${number}`)),
    code: (run === '' ? 'RT' : `RT-${run}`).toUpperCase(),
  };
}

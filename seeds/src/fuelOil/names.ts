/** Ids of one run: the same texts each time, with the run's name behind them from the second on. */
export interface Names {
  readonly run: string;
  readonly order: string;
  readonly delivery: string;
  readonly invoice: string;
  readonly lot: string;
  readonly secondLot: string;
  readonly receipt: string;
  readonly secondReceipt: string;
  readonly facility: string;
  readonly rivalFacility: string;
  readonly feed: string;
  readonly purchaseProof: string;
  readonly cureProof: string;
  readonly repaymentProof: string;
  /** Fit for references of banks, registers and tanks. */
  readonly code: string;
}

export const RUN_PATTERN = /^[a-z0-9-]{1,20}$/;

/** The ids of a run; the first one has no name. */
export function namesOfRun(run: string): Names {
  const id = (text: string): string => (run === '' ? text : `${text}-${run}`);
  return {
    run,
    order: id('po_0001'),
    delivery: id('dl_0001'),
    invoice: id('in_0001'),
    lot: id('lt_0003'),
    secondLot: id('lt_0005'),
    receipt: id('wr_0007'),
    secondReceipt: id('wr_0008'),
    facility: id('pl_0004'),
    rivalFacility: id('pl_0009'),
    feed: id('pf_brent'),
    purchaseProof: id('pp_0001'),
    cureProof: id('pp_0002'),
    repaymentProof: id('pp_0003'),
    code: (run === '' ? 'FO' : `FO-${run}`).toUpperCase(),
  };
}

import { digestOf } from '../papers.js';
import { HEADS } from './terms.js';

/** An animal, the tag that it wears first, and the digest of its muzzle. */
export interface AnimalName {
  readonly id: string;
  readonly tag: string;
  readonly lien: string;
  readonly biometricHash: string;
}

/** Ids and tags of one run. */
export interface LivestockNames {
  readonly run: string;
  readonly pen: string;
  readonly animals: readonly AnimalName[];
  /** An animal that comes later, and the tag that replaces one. */
  readonly late: AnimalName;
  readonly newTag: string;
  readonly facility: string;
  readonly rivalFacility: string;
  readonly feed: string;
  readonly buyerPayment: string;
  readonly saleRepayment: string;
  readonly insurancePayment: string;
  readonly insuranceRepayment: string;
  /** Fit for bank references, registers and tags. */
  readonly code: string;
}

/** The ids of a run; the first one has no name. */
export function livestockNames(run: string): LivestockNames {
  const id = (text: string): string => (run === '' ? text : `${text}-${run}`);
  const code = (run === '' ? 'LS' : `LS-${run}`).toUpperCase();
  const tag = (number: number): string => `CN-1525-${code}-${number}`;
  const animal = (number: number): AnimalName => ({
    id: id(`an_02${String(number).padStart(2, '0')}`),
    tag: tag(number),
    lien: id(`ln_02${String(number).padStart(2, '0')}`),
    biometricHash: digestOf(`muzzle of animal ${number} ${code}`),
  });
  return {
    run,
    pen: id('an_0200'),
    animals: Array.from({ length: HEADS }, (_, at) => animal(at + 1)),
    late: animal(HEADS + 1),
    newTag: tag(HEADS + 2),
    facility: id('pl_0201'),
    rivalFacility: id('pl_0202'),
    feed: id('pf_cattle'),
    buyerPayment: id('pp_0201'),
    saleRepayment: id('pp_0202'),
    insurancePayment: id('pp_0203'),
    insuranceRepayment: id('pp_0204'),
    code,
  };
}

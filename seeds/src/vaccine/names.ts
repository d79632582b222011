import { digestOf } from '../papers.js';
import { CASES, OTHER_PACKS, PACKS_PER_CASE } from './terms.js';

/** GS1's example prefix; the first digit says pack, case or pallet. */
const PACK_GTIN = '09521234100010';
const CASE_GTIN = '19521234100017';
const PALLET_GTIN = '29521234100014';
const DIGEST = 'sha256:'.length;
const SERIAL_PREFIX = 8;

/** A unit and the code that it wears. */
export interface UnitName {
  readonly id: string;
  readonly code: string;
}

/** Ids and serials of one run. */
export interface VaccineNames {
  readonly run: string;
  readonly bulk: string;
  readonly lot: string;
  readonly otherLot: string;
  readonly pallet: UnitName;
  readonly cases: readonly UnitName[];
  /** Packs of each case. */
  readonly packs: readonly (readonly UnitName[])[];
  readonly otherPacks: readonly UnitName[];
  readonly payment: string;
  /** Fit for bank references and papers. */
  readonly code: string;
}

/** The ids of a run; the first one has no name. */
export function vaccineNames(run: string): VaccineNames {
  const id = (text: string): string => (run === '' ? text : `${text}-${run}`);
  const prefix = digestOf(`serials ${run}`)
    .slice(DIGEST, DIGEST + SERIAL_PREFIX)
    .toUpperCase();
  const unit = (kind: string, gtin: string, number: number): UnitName => {
    const serial = `${prefix}${String(number).padStart(4, '0')}`;
    return { id: id(`vu_${kind}-${number}`), code: `https://id.gs1.org/01/${gtin}/21/${serial}` };
  };
  const from = (start: number, count: number, name: (number: number) => UnitName) => {
    return Array.from({ length: count }, (_, at) => name(start + at));
  };
  const pack = (number: number): UnitName => unit('pack', PACK_GTIN, number);
  return {
    run,
    bulk: id('lt_0101'),
    lot: id('lt_0102'),
    otherLot: id('lt_0103'),
    pallet: unit('pallet', PALLET_GTIN, 1),
    cases: from(1, CASES, (number) => unit('case', CASE_GTIN, number)),
    packs: Array.from({ length: CASES }, (_, at) => {
      return from(1 + at * PACKS_PER_CASE, PACKS_PER_CASE, pack);
    }),
    otherPacks: from(1 + CASES * PACKS_PER_CASE, OTHER_PACKS, pack),
    payment: id('pp_0101'),
    code: (run === '' ? 'VC' : `VC-${run}`).toUpperCase(),
  };
}

import type { CborMap } from '@triflow/protocol';

/** A lien's record as it lies in the state. */
export function fakeLien(id: string, holder: string): CborMap {
  return {
    id,
    asset: { kind: 'receipt', id: 'wr_0007' },
    class: 'PLEDGE_RECEIPT',
    grantor: 'dev:supplier',
    holder,
    securedMax: { minor: 100, currency: 'CNY' },
    debtRef: 'pl_0004',
    exclusive: true,
    state: 'PROPOSED',
    publicity: {},
    origin: id,
    children: [],
    createdAt: 1_000,
    version: 1,
  };
}

import type { CborMap } from '@triflow/protocol';

const quantity = { value: 25_000, unit: 'KGM', scale: 0 };
/** A receipt as it lies in the state: 25 t of a free lot, held by `dev:supplier`. */
export const fakeReceipt: CborMap = {
  id: 'wr_0007',
  lot: 'lt_1',
  warehouse: 'dev:warehouse',
  holder: 'dev:supplier',
  quantity,
  items: {
    depositor: { name: 'a', address: 'b' },
    goods: { variety: 'a', quality: 'b', packaging: 'c', pieces: 0, marks: 'd' },
    lossStandardBps: 10,
    place: 'Zhoushan',
    storagePeriod: { from: 20_000, to: 20_100 },
    fee: { amount: { minor: 1, currency: 'CNY' }, terms: 'monthly' },
    insurance: { insured: false },
    issue: { issuer: 'w', place: 'Zhoushan', day: 20_000 },
  },
  inspection: { hash: `sha256:${'0'.repeat(64)}`, mediaType: 'application/pdf' },
  state: 'FREE',
  tokensIssued: 0,
  parents: [],
  children: [],
  slots: [],
  requests: 0,
  issuedAt: 1,
  version: 1,
};

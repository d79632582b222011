/** What the contract states as fact. */
export const events = [
  'lien.created',
  'lien.publicity_recorded',
  'lien.effective',
  'lien.moved',
  'lien.released',
  'lien.amended',
  'lien.crystallised',
  'lien.enforced',
  'lien.contested',
] as const;

export type LienEvent = (typeof events)[number];

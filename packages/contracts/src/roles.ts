/** Business roles (domain section 1). PLATFORM runs software only: it is in no command table. */
export const roles = [
  'CORE',
  'SUPPLIER',
  'BUYER',
  'CARRIER',
  'WAREHOUSE',
  'SUPERVISOR',
  'INSPECTOR',
  'LENDER',
  'BANK',
  'REGISTRY',
  'ORACLE',
  'INSURER',
  'REGULATOR',
  'COURT',
  'DEVICE',
  'GOVERNOR',
  'MAH',
  'LOT_RELEASE',
  'CDC',
  'CLINIC',
  'FISCAL',
  'KEEPER',
  'APPROVER',
  'AUDITOR',
  'FARM',
  'VET',
  'PLATFORM',
] as const;

export type Role = (typeof roles)[number];
/** A role that may stand in a command table. */
export type BusinessRole = Exclude<Role, 'PLATFORM'>;

import type { BusinessRole } from './roles.js';

/** Who may sign: any ACTIVE business party, one with a role, or whom `verify` lets (a party to it). */
export type Signer = 'anyone' | 'verified' | readonly BusinessRole[];

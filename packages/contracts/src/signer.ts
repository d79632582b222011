import type { BusinessRole } from './roles.js';

/** Who may sign: any ACTIVE business party, one with a role, or whom `verify` lets. */
export type Signer = 'anyone' | 'verified' | readonly BusinessRole[];

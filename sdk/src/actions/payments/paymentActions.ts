import { allocate } from './allocate.js';
import { declarePayer } from './declarePayer.js';
import { flagLatePayment } from './flagLatePayment.js';
import { reverseProof } from './reverseProof.js';
import { submitProof } from './submitProof.js';

/** Proofs of payment and debts (contract payment). */
export const paymentActions = {
  submitProof,
  allocate,
  reverseProof,
  declarePayer,
  flagLatePayment,
} as const;

import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockRegisterParameters = CommandParams<'livestock', 'register'>;

/**
 * A farm registers an animal before it enters a pen. Its biometric hash is the animal: one that
 * lives, is missing or has died is not registered again; one that was sold may be, by its new
 * farm (A4).
 */
export const register = action('livestock', 'register');

import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LienCrystalliseParameters = CommandParams<'lien', 'crystallise'>;

/** An event of 411 fixes what a floating lien covers: stock that comes later stays outside. */
export const crystallise = action('lien', 'crystallise');

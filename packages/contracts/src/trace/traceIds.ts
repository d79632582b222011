import { z } from 'zod';
import { idSchema } from '../params.js';

export const lotIdSchema = idSchema('lt');
/** Hash in hexadecimal; for an error declaration a dot and its declaration time in ms. */
export const eventKeySchema = z.string().regex(/^[0-9a-f]{64}(\.[0-9]{1,16})?$/);

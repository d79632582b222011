import { endLiens } from '../endLiens.js';

/** Burdens end: their holder released them, or the goods left with its consent. */
export const recordRelease = endLiens('RELEASED');

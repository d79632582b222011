import { endLiens } from '../endLiens.js';

/** A case has sold the assets: the liens on them end, their holders take from the proceeds. */
export const recordEnforced = endLiens('ENFORCED');

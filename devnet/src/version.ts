/** The version of the devnet program. */
export const version = '0.1.0';

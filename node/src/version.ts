/** The version of this program, said in every info answer. */
export const version = '0.1.0';

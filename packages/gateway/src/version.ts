/** Of the program and its package. */
export const version = '0.1.0';

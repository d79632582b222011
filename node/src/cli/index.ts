export { createProgram } from './program.js';
export { runWords } from './runWords.js';

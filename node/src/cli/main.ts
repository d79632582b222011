import { exitCodes } from './failure.js';
import { runWords } from './runWords.js';

// Who reads through `head` has seen enough: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.failed);
});

process.exitCode = await runWords(process.argv.slice(2));
// A parent's open channel would keep a failed program alive.
if (process.exitCode !== exitCodes.ok && process.connected) process.disconnect?.();

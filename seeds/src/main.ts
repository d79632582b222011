import { runSeeds } from './runSeeds.js';

const code = await runSeeds(process.argv.slice(2), {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
});
// What still runs after a failure, and idle connections, must not keep the program alive.
process.exit(code);

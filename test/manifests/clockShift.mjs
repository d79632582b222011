/**
 * Loaded before a node's program by the harness: the wall clock of the process is off by what the
 * file `clock-shift` in its home says, in milliseconds, read anew all the time. Timers go on by the
 * monotonic clock, as they do when a machine's time is set.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const POLL_MS = 100;
const at = process.argv.indexOf('--home');
const home = process.argv[at + 1];

if (isMainThread && at >= 0 && home !== undefined) shiftClock(join(home, 'clock-shift'));

function shiftClock(file) {
  let shiftMs = 0;
  const look = () => {
    try {
      shiftMs = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      shiftMs = 0;
    }
  };
  look();
  setInterval(look, POLL_MS).unref();
  const RealDate = Date;
  const now = () => RealDate.now() + shiftMs;
  globalThis.Date = class extends RealDate {
    constructor(...values) {
      if (values.length === 0) super(now());
      else super(...values);
    }
    static now() {
      return now();
    }
  };
}

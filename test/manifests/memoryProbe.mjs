/**
 * Loaded before a node's program by the harness: every half minute a line with the memory of the
 * process goes to `memory.jsonl` in its home, every tenth after a full collection. The node itself
 * knows nothing of it.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const EVERY_MS = 30_000;
const COLLECT_EVERY = 10;
const KIB = 1_024;
const at = process.argv.indexOf('--home');
const home = process.argv[at + 1];

if (isMainThread && at >= 0 && home !== undefined) probeMemory(join(home, 'memory.jsonl'));

function probeMemory(file) {
  let turn = 0;
  const sample = () => {
    const collected = turn % COLLECT_EVERY === 0 && globalThis.gc !== undefined;
    if (collected) globalThis.gc();
    turn += 1;
    const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
    const atSeconds = Math.round(process.uptime());
    const line = { pid: process.pid, atSeconds, collected, heapUsed, external, arrayBuffers, rss };
    try {
      appendFileSync(file, `${JSON.stringify({ ...line, own: ownBytes() })}\n`);
    } catch {
      // A full disk is a fault of the manifest: this sample is not there.
    }
  };
  setInterval(sample, EVERY_MS).unref();
}

/** Without the pages of database files, which the kernel lends and takes back; Linux only. */
function ownBytes() {
  try {
    const match = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return match === null ? null : Number(match[1]) * KIB;
  } catch {
    return null;
  }
}

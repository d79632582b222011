import { setTimeout as pause } from 'node:timers/promises';

/** Catches hangs only; nothing is expected to take nearly as long. */
const LIMIT_MS = 60_000;
/** Seldom enough that a network under test is not busy with being asked. */
const POLL_MS = 100;

/** Asks again and again until an answer is there; past the one outer limit it says what was meant. */
export async function untilFound<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  limitMs = LIMIT_MS,
): Promise<T> {
  const lastMs = performance.now() + limitMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (performance.now() > lastMs) throw new Error(`it did not happen: ${what}`);
    await pause(POLL_MS);
  }
}

/** Asks until a condition holds. */
export async function untilTrue(
  what: string,
  holds: () => Promise<boolean> | boolean,
  limitMs = LIMIT_MS,
): Promise<void> {
  await untilFound(what, async () => ((await holds()) ? true : undefined), limitMs);
}

/** Asks a fixed number of times, a poll apart: to see that something does not happen. */
export async function observe<T>(times: number, ask: () => Promise<T>): Promise<T[]> {
  const seen: T[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    seen.push(await ask());
    await pause(POLL_MS);
  }
  return seen;
}

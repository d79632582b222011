import type { OutputOptions } from './output.js';

const BAR_WIDTH = 24;
const LINE_EVERY_MS = 5_000;
const DRAW_EVERY_MS = 100;

/** Says how far long work has come: on stderr, never on stdout. */
export interface Progress {
  /** So much is done; of so much, where that is known only now. */
  at(done: number, total?: number): void;
  /** Removes the bar. */
  end(): void;
}

interface Place {
  readonly isTerminal: boolean;
  readonly nowMs: () => number;
  readonly write: (text: string) => void;
}

/** A bar with rate and time left on a terminal, else a line every 5 s; JSON lines with `--json`. */
export function createProgress(
  options: OutputOptions,
  what: string,
  place: Place = machinePlace(),
): Progress {
  if (options.quiet === true) return { at: () => undefined, end: () => undefined };
  const startedMs = place.nowMs();
  let saidMs = startedMs;
  let isDrawn = false;
  const isBar = options.json !== true && place.isTerminal;
  const every = isBar ? DRAW_EVERY_MS : LINE_EVERY_MS;
  return {
    at(done, total) {
      const nowMs = place.nowMs();
      if (nowMs - saidMs < every) return;
      saidMs = nowMs;
      const text = progressText(what, done, total, nowMs - startedMs);
      if (options.json === true) {
        place.write(`${JSON.stringify({ event: 'progress', what, done, total: total ?? null })}\n`);
      } else if (isBar) {
        isDrawn = true;
        place.write(`\r\x1b[K${barOf(done, total)}${text}`);
      } else {
        place.write(`${text}\n`);
      }
    },
    end() {
      if (isDrawn) place.write('\r\x1b[K');
    },
  };
}

/** "blocks: 120 of 400, 60/s, 5 s left". */
export function progressText(
  what: string,
  done: number,
  total: number | undefined,
  elapsedMs: number,
): string {
  const perSecond = elapsedMs === 0 ? 0 : Math.round((done * 1_000) / elapsedMs);
  const known = total === undefined ? `${done}` : `${done} of ${total}`;
  const text = `${what}: ${known}, ${perSecond}/s`;
  if (total === undefined || perSecond === 0) return text;
  return `${text}, ${Math.ceil(Math.max(0, total - done) / perSecond)} s left`;
}

function barOf(done: number, total: number | undefined): string {
  if (total === undefined || total === 0) return '';
  const full = Math.min(BAR_WIDTH, Math.floor((done * BAR_WIDTH) / total));
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}] `;
}

function machinePlace(): Place {
  return {
    isTerminal: process.stderr.isTTY === true,
    nowMs: () => Date.now(),
    write: (text) => void process.stderr.write(text),
  };
}

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SourceCopy } from './sourceCopy.js';

/** A run that takes longer hangs, and a hang is nothing that a check has found. */
const RUN_TIMEOUT_MS = 300_000;
const PROGRAM = fileURLToPath(new URL('./runNamedTests.js', import.meta.url));

/** A named case of a test file. */
export interface TestCase {
  readonly file: string;
  /** Names of the blocks and of the case, joined by ` > `. */
  readonly name: string;
}

export interface TestReport extends TestCase {
  readonly status: 'passed' | 'failed' | 'missing';
  readonly message: string;
}

/** What the process of a copy is asked. */
export interface TestsRequest {
  readonly cases: readonly TestCase[];
  /** Sources that are not as they were the last time. */
  readonly changed: readonly string[];
}

type Answer = { readonly reports: readonly TestReport[] } | { readonly broken: string };

/** Runs named cases of the tests in a copy, from its sources, in one process that stays. */
export class TestRunner {
  readonly #copy: SourceCopy;
  #child: ChildProcess | undefined;

  constructor(copy: SourceCopy) {
    this.#copy = copy;
  }

  /** Throws when the run itself breaks. */
  async run(cases: readonly TestCase[]): Promise<readonly TestReport[]> {
    const request: TestsRequest = { cases, changed: this.#copy.takeChanged() };
    this.#child ??= fork(PROGRAM, {
      cwd: this.#copy.path,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const answer = await ask(this.#child, request).catch(async (error: unknown) => {
      await this.stop();
      throw error;
    });
    if ('broken' in answer) throw new Error(`vitest broke: ${answer.broken}`);
    return answer.reports;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}

function ask(child: ChildProcess, request: TestsRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let err = '';
    const heard = (chunk: unknown): void => {
      err = `${err}${String(chunk)}`.slice(-1_500);
    };
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      child.stderr?.off('data', heard);
      child.off('message', answered);
      child.off('exit', ended);
      settle();
    };
    const answered = (answer: unknown): void => end(() => resolve(answer as Answer));
    const ended = (): void => end(() => reject(new Error(`vitest ended: ${err}`)));
    const late = (): void => end(() => reject(new Error(`no end after ${RUN_TIMEOUT_MS} ms`)));
    const timer = setTimeout(late, RUN_TIMEOUT_MS);
    child.stderr?.on('data', heard);
    child.once('message', answered);
    child.once('exit', ended);
    child.send(request);
  });
}

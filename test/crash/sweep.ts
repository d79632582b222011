import { type CrashReport, crashModes, crashRun, errorModes, type Point } from './crashRun.js';

export interface SweepOptions {
  readonly nodes: number;
  readonly heights: number;
  readonly allNodes: boolean;
  /** After each point, once more at every step of the start that follows. */
  readonly recovery: boolean;
  readonly seed: number;
  /** This part of so many, for workers. */
  readonly part?: { readonly index: number; readonly of: number };
}

export interface SweepResult {
  /** Steps of the run without faults. */
  steps: number;
  readonly runs: Record<string, number>;
  readonly kinds: Record<string, number>;
  readonly failures: string[];
}

const modes = [...crashModes, ...errorModes];

/**
 * A counting run numbers every step of one node's disks; then the run is made once for each step
 * and mode, and with `recovery` again for each step of the start after it.
 */
export async function sweep(
  options: SweepOptions,
  onRun: () => void = () => undefined,
): Promise<SweepResult> {
  const { nodes, heights, allNodes, seed, recovery, part = { index: 0, of: 1 } } = options;
  const counted = await crashRun({ nodes, heights, points: [], seed });
  const result: SweepResult = { steps: counted.steps[0] ?? 0, runs: {}, kinds: {}, failures: [] };
  result.failures.push(...counted.failures);
  for (const kind of counted.kinds) result.kinds[kind] = (result.kinds[kind] ?? 0) + 1;
  const run = async (name: string, points: readonly Point[]): Promise<CrashReport> => {
    const report = await crashRun({ nodes, heights: heights + 2, points, allNodes, seed });
    result.runs[name] = (result.runs[name] ?? 0) + 1;
    onRun();
    const [first] = report.failures;
    if (first !== undefined) result.failures.push(`${sentence(options, points)}: ${first}`);
    else if (report.met < points.length)
      result.failures.push(`${sentence(options, points)}: unmet`);
    return report;
  };
  for (let step = part.index; step < result.steps; step += part.of) {
    for (const mode of modes) {
      const report = await run(mode, [{ step, mode }]);
      if (!recovery || report.failures.length > 0) continue;
      for (let again = 0; again < (report.startSteps[1] ?? 0); again += 1) {
        for (const second of modes) {
          await run(`${second} in recovery`, [
            { step, mode },
            { step: again, mode: second },
          ]);
        }
      }
    }
  }
  return result;
}

function sentence(
  { nodes, heights, allNodes, seed }: SweepOptions,
  points: readonly Point[],
): string {
  const list = points.map(({ step, mode }) => `${step}:${mode}`).join(' ');
  const all = allNodes ? ' --all-nodes' : '';
  return `--nodes ${nodes} --heights ${heights} --seed ${seed}${all} --points ${list}`;
}

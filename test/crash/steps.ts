import type { FileFault } from '@triflow/storage';
import type { SimMember } from '../simulation/world.js';

/** One step on a member's disks that changes something. */
export interface Step {
  /** From 0 over all of the member's lives. */
  readonly number: number;
  readonly kind: string;
  readonly path: string;
}

/** Numbers every write, sync, rename and batch of a member, and says what is to become of each. */
export function watchSteps(member: SimMember, decide: (step: Step) => FileFault): void {
  let count = 0;
  const next = (kind: string, path: string): FileFault => {
    const step = { number: count, kind, path };
    count += 1;
    return decide(step);
  };
  member.fs.onOperation = ({ kind, path }) => next(kind, path);
  member.disk.onWrite = () => next('batch', 'store');
}

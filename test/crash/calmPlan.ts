import type { Plan } from '../simulation/plan.js';
import { perfectLinks } from '../simulation/simNetwork.js';

/** A plan without faults: what goes wrong is up to who runs it. */
export function calmPlan(changes: Partial<Plan> & Pick<Plan, 'seed' | 'nodes'>): Plan {
  return {
    spares: 0,
    realSignatures: false,
    links: perfectLinks,
    faultMs: 0,
    byzantine: [],
    outages: [],
    splits: [],
    skews: [],
    diskFaults: [],
    setChanges: [],
    load: [],
    parameters: { blockIntervalMs: 50, maxBlockTransactions: 4 },
    ...changes,
  };
}

import { join } from 'node:path';
import { EPCIS_BASE } from '@triflow/api/routes';
import type { GatewayContext, GatewayPart } from '../gatewayPart.js';
import { CaptureJobs } from './captureJobs.js';
import { registerEpcis } from './epcisRoutes.js';
import { openJobFiles } from './jobFiles.js';
import { askNodes } from './passOn.js';

const FOLDER = 'captures';

/** The capture and query interface of EPCIS 2.0: captures are signed here, queries passed on. */
export async function createEpcisPart(context: GatewayContext): Promise<GatewayPart> {
  const { config, queue, logger, data, tokens } = context;
  const files = await openJobFiles(join(data, FOLDER));
  const jobs = new CaptureJobs({ files, queue, logger });
  const { nodes } = config.chain;
  const knownEvents = async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
    const known = new Set<string>();
    for (const id of ids) {
      const answer = await askNodes(
        { nodes, tokens },
        `${EPCIS_BASE}/events/${encodeURIComponent(id)}`,
      );
      await answer.body?.cancel();
      if (answer.ok) known.add(id);
    }
    return known;
  };
  return {
    name: 'epcis',
    routes: (app) => registerEpcis(app, { ...context, jobs, knownEvents }),
    start: () => jobs.start(),
    stop: () => jobs.stop(),
  };
}

import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { clearRecordAlert, raiseRecordAlert } from '../../monitoring/internal.js';
import { hasRole } from '../../party-registry/internal.js';
import { countVerdict } from '../countVerdict.js';
import { findPen } from '../internal.js';
import { pens } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

const kind = 'COUNT_MISMATCH';
/** Who counts pens that are not its own. */
const COUNTERS = ['VET', 'SUPERVISOR', 'LENDER', 'INSURER', 'DEVICE'] as const;

/**
 * Heads counted by video or RFID. Off the pen's tolerance: COUNT_MISMATCH is raised and the pen's
 * animals are worth less by the share that differs (A3). A farm counts its own pens only, and its
 * count never takes that back.
 */
export const recordCount = command({
  who: ['FARM', ...COUNTERS],
  params: commandSchemas.record_count,
  verify: (context, { pen: id }) => {
    const pen = findPen(context, id);
    if (pen === undefined) return status('object_not_found');
    const independent = COUNTERS.some((role) => hasRole(context, context.sender, role));
    const own = context.sender === pen.farm;
    return own || independent ? OK : status('signer_not_party_to_object');
  },
  execute: (context, { pen: id, heads, method, evidence }) => {
    const pen = findPen(context, id);
    if (pen === undefined) return status('object_not_found');
    const by = context.sender;
    const verdict = countVerdict(pen, heads);
    const book = pen.heads;
    const eases = by !== pen.farm || verdict.haircutBps >= pen.haircutBps;
    const haircutBps = eases ? verdict.haircutBps : pen.haircutBps;
    const version = pen.version + 1;
    const lastCount = { heads, book, method, by, evidence, at: context.timeMs };
    context.put(pens, [id], { ...pen, lastCount, haircutBps, version });
    context.emit('pen.counted', id, { version, heads, book, method, by, haircutBps });
    if (!verdict.isWithin) return raiseRecordAlert(context, { kind, asset: id, owner: pen.farm });
    return haircutBps > 0 ? OK : clearRecordAlert(context, kind, id);
  },
});

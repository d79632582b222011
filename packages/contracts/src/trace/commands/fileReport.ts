import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { reports, sequenceParts } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** Who refused goods says that it has reported so to the drug and health authorities (V 37). */
export const fileReport = command({
  who: 'anyone',
  params: commandSchemas.file_report,
  verify: (context, { id, number }) => {
    const found = context.get(reports, ...sequenceParts(id, number));
    if (found === undefined) return status('object_not_found');
    if (found.reporter !== context.sender) return status('signer_not_party_to_object');
    return found.filed === undefined ? OK : status('report_already_filed');
  },
  execute: (context, { id, number, report }) => {
    const parts = sequenceParts(id, number);
    const found = context.get(reports, ...parts);
    if (found === undefined) return status('object_not_found');
    const filed = { report, at: context.timeMs };
    context.put(reports, parts, { ...found, filed });
    context.emit('report.filed', id, { version: 2, number, report });
    return OK;
  },
});

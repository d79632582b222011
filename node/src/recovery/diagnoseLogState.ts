import { faultsMax } from '@triflow/protocol';
import type { LogDiagnosis } from '@triflow/storage';
import { isReadableRecord, logRecordTypes } from '../logRecords.js';
import type { DiagnoseOptions } from './diagnoseData.js';
import type { Finding } from './finding.js';

/**
 * What the consensus log means for a node whose newest block is `head` (P7, P10). One of fewer than
 * four validators is never let out of quarantine by the others (P11).
 */
export function logFindings(
  log: LogDiagnosis,
  head: number | undefined,
  { self, genesis }: Pick<DiagnoseOptions, 'self' | 'genesis'>,
): Finding[] {
  const next = faultsMax(genesis.validators.length) === 0 ? BY_WORD : BY_ITSELF;
  if (log.state === 'missing') return self === null ? [] : [logMissing(next)];
  if (log.state === 'torn') return [logTorn(), ...placeFindings(log, head)];
  const damaged = (why: string): Finding[] => [logDamaged(why, next)];
  if (log.state !== 'none') return damaged(damageNames[log.state]);
  if (!log.records.every(isReadableRecord)) return damaged('a record in it cannot be read');
  return placeFindings(log, head);
}

const BY_ITSELF = 'it votes again by itself as soon as that is safe';
const BY_WORD =
  'with fewer than four validators it never votes again by itself; once all others are up, stop it' +
  ' and say triflow start --end-quarantine';

const damageNames = {
  bad_record_before_good: 'a record in it that was durable is damaged',
  bad_last_record: 'its last record is damaged',
  bad_file_head: 'its head is damaged',
} as const;

function placeFindings({ height, records }: LogDiagnosis, head: number | undefined): Finding[] {
  if (height === undefined || head === undefined) return [];
  const isFinished = records.at(-1)?.type === logRecordTypes.end;
  if (height === head + 1 || (height === head && isFinished)) return [];
  return [
    {
      code: 'log_apart',
      severity: 'error',
      what:
        `the consensus log of height ${height} does not go on from the newest block, ${head}: one` +
        ' of them is from another time, so the node refuses to start (P7)',
      next:
        'put back the files that belong together, or triflow doctor --fix: the node then catches' +
        ' up and signs nothing at heights where it may have signed before',
    },
  ];
}

function logMissing(next: string): Finding {
  return {
    code: 'log_missing',
    severity: 'warning',
    what:
      'there is no consensus log: the node cannot know what it has signed, so it starts' +
      ' quarantined and signs nothing for a few heights (P10, P11)',
    next: `triflow start, without --fresh: ${next}`,
  };
}

function logTorn(): Finding {
  return {
    code: 'log_torn',
    severity: 'note',
    what: 'the consensus log ends in something that was never durable, as after a power loss',
    next: 'triflow start: it is cut off, and nothing that was sent is lost',
  };
}

function logDamaged(why: string, next: string): Finding {
  return {
    code: 'log_damaged',
    severity: 'warning',
    what:
      `the consensus log is damaged: ${why}; the node cannot know all that it has signed, so it` +
      ' starts quarantined and signs nothing for a few heights (P10, P11)',
    next: `triflow start, and look at the disk, as a whole log does not rot: ${next}`,
  };
}

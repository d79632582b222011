import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { dataPlaces, isRebuilt, isThere, readMark } from '../openStores.js';
import { type Finding, note, warning } from './finding.js';

const PUT_ASIDE = /^aside-\d{4}-/;

/**
 * What a crash, a rebuild or `doctor --fix` left in a data folder beside what is in use: what each
 * means, what happens to it at the next start, and when it may be deleted.
 */
export async function leftoverFindings(data: string): Promise<Finding[]> {
  const names = await readdir(join(data, 'consensus')).catch((): string[] => []);
  const text = 'consensus.log.new is left from a crash: harmless, the next start replaces it';
  const log = names.includes('consensus.log.new') ? [note('data', text)] : [];
  return [...log, ...(await rebuildFindings(data)), ...(await putAside(data))];
}

async function rebuildFindings(data: string): Promise<Finding[]> {
  const { db, rebuilding, aside } = dataPlaces(data);
  if (await isRebuilt(data)) return [named('rebuild_unfinished', rebuiltNotMoved())];
  const findings: Finding[] = [];
  const mark = await readMark(data);
  if (mark !== undefined) findings.push(named('marked_damaged', marked(mark)));
  if (await isThere(rebuilding)) findings.push(named('rebuild_unfinished', cutOff(rebuilding)));
  if ((await isThere(join(aside, 'db'))) && (await isThere(db))) {
    findings.push(named('aside_damaged', damagedAside(aside)));
  }
  return findings;
}

function named(finding: string, found: Finding): Finding {
  return { ...found, details: { finding } };
}

function rebuiltNotMoved(): Finding {
  const what =
    'a rebuild of the database was cut off in its last step: the new one is complete and not yet in' +
    ' its place';
  return note('data', what, 'triflow start: it finishes the step; delete nothing');
}

function marked(mark: string): Finding {
  const what = `the running node met damage and stopped using the database: ${mark}`;
  return warning('data', what, 'triflow start: it rebuilds the database from its blocks');
}

function cutOff(rebuilding: string): Finding {
  const what = `${basename(rebuilding)} is left from a rebuild that was cut off: it is not used`;
  return note('data', what, 'triflow start: a rebuild that is needed begins again, over it');
}

function damagedAside(aside: string): Finding {
  const what =
    `${aside} is a database that was damaged and has been rebuilt from its blocks; while it lies` +
    ' there, a second damage is not rebuilt: the start is refused (exit code 14)';
  const next =
    'look at the disk, which is the likely cause; delete the folder once nothing else here is named' +
    ' damaged and the node votes at the height of the others';
  return warning('data', what, next);
}

async function putAside(data: string): Promise<Finding[]> {
  const names = await readdir(data).catch((): string[] => []);
  return names
    .filter((name) => PUT_ASIDE.test(name))
    .sort()
    .map((name) => {
      const what = `${join(data, name)} is what triflow doctor --fix put aside: it is not used`;
      const next =
        'delete it once the node votes at the height of the others; never put its consensus log back:' +
        ' the validator could sign twice';
      return named('put_aside', note('data', what, next));
    });
}

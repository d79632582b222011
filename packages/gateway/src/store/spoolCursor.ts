import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@triflow/protocol';
import type { SpoolPlace } from './spoolFrames.js';

const CURSOR_FILE = 'cursor.json';
const CURSOR = /^\{"segment":(\d{1,12}),"offset":(\d{1,15})\}$/;

/** The place up to which everything was dealt with; the beginning when none was kept. */
export async function readCursor(folder: string): Promise<SpoolPlace> {
  let text: string;
  try {
    text = await readFile(join(folder, CURSOR_FILE), 'utf8');
  } catch {
    return { segment: 1, offset: 0 };
  }
  const match = CURSOR.exec(text);
  if (match === null) throw new CodedError('STORE_CORRUPT', `${folder}/${CURSOR_FILE} is damaged`);
  return { segment: Number(match[1]), offset: Number(match[2]) };
}

/** The whole file or the one before: written beside it, synced, renamed. */
export async function writeCursor(folder: string, place: SpoolPlace): Promise<void> {
  const path = join(folder, CURSOR_FILE);
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(JSON.stringify({ segment: place.segment, offset: place.offset }));
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

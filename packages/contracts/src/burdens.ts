import type { RecordsByIndex } from '@triflow/protocol';

/**
 * The live liens on an asset, as a source of its readers: whoever holds security in goods or a
 * claim reads its record without being shown it (domain section 6). Safe in a browser.
 */
export const burdens: RecordsByIndex = { table: 'lien/lien', index: 'burdens' };

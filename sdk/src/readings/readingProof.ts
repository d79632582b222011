import {
  type Batch,
  batches,
  batchParts,
  type Reading,
  readingLeaf,
  readingSchema,
} from '@triflow/contracts/schemas';
import { inclusionProof, merkleRoot, verifyInclusion } from '@triflow/crypto';
import {
  bytesFromHexText,
  equalBytes,
  failure,
  hexFromBytes,
  limits,
  type Result,
  stateKey,
  success,
} from '@triflow/protocol';
import { z } from 'zod';

const PATH_MAX = 40;
const hex = z.string().regex(/^[0-9a-f]{64}$/);

export const readingProofSchema = z.strictObject({
  device: z.string(),
  reading: readingSchema,
  /** Position among the batch's readings, and how many these are. */
  index: z.number().int().min(0),
  size: z.number().int().min(1).max(limits.merkleLeavesMax),
  /** Siblings from the leaf up (RFC 9162 section 2.1.3.1). */
  path: z.array(hex).max(PATH_MAX),
  root: hex,
});

/** One reading and its way to the root of its batch. */
export type ReadingProof = z.infer<typeof readingProofSchema>;

/** The RFC 9162 root of a device's readings, as `submit_batch` and `anchor_batch` name it. */
export function readingsRoot(device: string, readings: readonly Reading[]): Uint8Array {
  return merkleRoot(leavesOf(device, readings));
}

/** The proof of the reading with a number; undefined when the batch does not hold it. */
export function proveReading(
  device: string,
  readings: readonly Reading[],
  seq: number,
): ReadingProof | undefined {
  const index = readings.findIndex((reading) => reading.seq === seq);
  const reading = readings[index];
  if (reading === undefined) return undefined;
  const leaves = leavesOf(device, readings);
  const path = inclusionProof(leaves, index).map(hexFromBytes);
  const root = hexFromBytes(merkleRoot(leaves));
  return { device, reading, index, size: readings.length, path, root };
}

/** State key of the record of a batch, named by its last number: what evidence is about. */
export function batchKey(device: string, toSeq: number): string {
  return stateKey(batches, batchParts(device, toSeq));
}

/**
 * Checks a reading against its batch's record, which is itself read with proof or stands in an
 * evidence file. Needs no node. Faults: `reading_proof_malformed`, `reading_not_in_batch`.
 */
export function verifyReading(proof: unknown, batch: Batch): Result<Reading> {
  const parsed = readingProofSchema.safeParse(proof);
  if (!parsed.success) return failure('reading_proof_malformed', 'not a proof of a reading');
  const { device, reading, index, size, path, root } = parsed.data;
  const rootBytes = bytesFromHexText(root) ?? new Uint8Array();
  const isOfBatch =
    device === batch.device &&
    size === batch.count &&
    equalBytes(rootBytes, batch.root) &&
    reading.seq >= batch.fromSeq &&
    reading.seq <= batch.toSeq;
  const siblings = path.map((one) => bytesFromHexText(one) ?? new Uint8Array());
  const leaf = readingLeaf(device, reading);
  const isIncluded = verifyInclusion({ leaf, index, size, path: siblings, root: rootBytes });
  if (isOfBatch && isIncluded) return success(reading);
  return failure('reading_not_in_batch', 'the path does not lead to the batch');
}

function leavesOf(device: string, readings: readonly Reading[]): Uint8Array[] {
  return readings.map((reading) => readingLeaf(device, reading));
}

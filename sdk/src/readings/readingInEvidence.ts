import { type Batch, batches, type Reading } from '@triflow/contracts/schemas';
import { failure, type Result, success, textFromTime } from '@triflow/protocol';
import { z } from 'zod';
import { readRecord } from '../verify/readRecord.js';
import type { EvidenceReport } from '../verify/verifyEvidence.js';
import { verifyReading } from './readingProof.js';

/** A proof by itself, or in a gateway's answer. */
const answerSchema = z.union([z.object({ proof: z.looseObject({}) }), z.looseObject({})]);

export interface ProvedReading {
  readonly reading: Reading;
  readonly batch: Batch;
  /** The same in words. */
  readonly sentence: string;
}

/**
 * Checks a device's reading, as its gateway proves it, against the batches in an evidence file that
 * was verified: from the raw reading to the validators' signatures with no node at all. Faults:
 * `reading_proof_malformed`, `batch_not_in_evidence`, `reading_not_in_batch`.
 */
export function readingInEvidence(
  answer: unknown,
  { items }: Pick<EvidenceReport, 'items'>,
): Result<ProvedReading> {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) return failure('reading_proof_malformed', 'not a proof of a reading');
  const proof = 'proof' in parsed.data ? parsed.data.proof : parsed.data;
  const found: Batch[] = items.flatMap(({ table, bytes }) => {
    const isBatch = table === `${batches.contract}/${batches.name}` && bytes !== null;
    const record = isBatch ? readRecord(batches, bytes) : undefined;
    return record?.ok === true ? [record.value] : [];
  });
  let fault = failure('batch_not_in_evidence', 'the evidence has no batch of readings');
  for (const batch of found) {
    const verified = verifyReading(proof, batch);
    if (verified.ok) return success(told(verified.value, batch));
    fault = verified;
  }
  return fault;
}

function told(reading: Reading, batch: Batch): ProvedReading {
  const { seq, kind, time, values } = reading;
  const at = textFromTime(time);
  const of = `${batch.device}'s batch of numbers ${batch.fromSeq} to ${batch.toSeq}`;
  const sentence = `Reading ${seq}, ${kind} ${values.join(', ')} at ${at}, is in ${of}.`;
  return { reading, batch, sentence };
}

import { z } from 'zod';

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.unknown()),
});

/** One event of a capture, ready to be recorded. */
const captureEventSchema = z.object({
  /** JSON pointer to it in the document that came. */
  path: z.string(),
  /** Base64 of its own bytes. */
  bytes: z.string(),
  hash: z.string(),
});

/** A capture as it lies on disk (EPCIS 2.0 section 12.6.1, and what is needed to go on). */
export const captureJobSchema = z.object({
  captureID: z.string(),
  createdAt: z.number(),
  finishedAt: z.number().optional(),
  running: z.boolean(),
  success: z.boolean(),
  captureErrorBehaviour: z.enum(['rollback', 'proceed']),
  validationLevel: z.enum(['schema', 'conformance']),
  errors: z.array(problemSchema),
  /** Those not settled yet; none once the job is done. */
  events: z.array(captureEventSchema),
});

export type CaptureJob = z.infer<typeof captureJobSchema>;
export type CaptureEvent = z.infer<typeof captureEventSchema>;
export type CaptureErrorBehaviour = CaptureJob['captureErrorBehaviour'];

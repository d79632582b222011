import {
  bpsSchema,
  currencySchema,
  daySchema,
  limits,
  moneySchema,
  timeSchema,
} from '@triflow/protocol';
import { z } from 'zod';
import { countSchema, hashTextSchema, partyIdSchema, versionSchema } from '../fields.js';
import { idSchema } from '../params.js';

export const obligationIdSchema = idSchema('ob');
export const proofIdSchema = idSchema('pp');
export const obligationStateSchema = z.enum(['OPEN', 'PARTLY_PAID', 'PAID', 'CANCELLED']);
export const proofStateSchema = z.enum(['ACCEPTED', 'REVERSED']);
const purposeSchema = z.string().regex(/^[a-z_]{1,32}$/);
const sourceRefSchema = z.string().regex(/^[a-z]{2}_[a-z0-9-]{1,60}$/);
const amountSchema = z.strictObject({ minor: countSchema, currency: currencySchema });

/** Who owes whom how much, by when and why. */
export const obligationSchema = z.strictObject({
  id: obligationIdSchema,
  debtor: partyIdSchema,
  creditor: partyIdSchema,
  amount: amountSchema,
  /** The parts of the amount that are paid before principal (Civil Code 561). */
  costsMinor: countSchema,
  interestMinor: countSchema,
  due: daySchema,
  purpose: purposeSchema,
  sourceRef: sourceRefSchema,
  /** What security covers of it, and its yearly rate: the order of Civil Code 560. */
  securedMinor: countSchema,
  burdenBps: bpsSchema,
  /** Parties beside the debtor whose payment counts (M4). */
  payers: z.array(partyIdSchema).max(limits.declaredPayersMax),
  paidMinor: countSchema,
  state: obligationStateSchema,
  openedAt: timeSchema,
  version: versionSchema,
});

export const allocationSchema = z.strictObject({
  obligation: obligationIdSchema,
  minor: countSchema,
});

/** One signed statement that money moved between two accounts. */
export const proofSchema = z.strictObject({
  id: proofIdSchema,
  payerBank: partyIdSchema,
  payeeBank: partyIdSchema,
  payer: partyIdSchema,
  payee: partyIdSchema,
  bankReference: z.string(),
  amount: amountSchema,
  valueDay: daySchema,
  payerAccountHash: hashTextSchema,
  payeeAccountHash: hashTextSchema,
  messageHash: hashTextSchema,
  signedBy: partyIdSchema,
  allocations: z.array(allocationSchema).max(limits.allocationsPerProofMax),
  allocatedMinor: countSchema,
  /** Parts that other contracts took as proof of something of theirs. */
  uses: z
    .array(z.strictObject({ purpose: purposeSchema, ref: sourceRefSchema, minor: countSchema }))
    .max(limits.usesPerProofMax),
  usedMinor: countSchema,
  state: proofStateSchema,
  acceptedAt: timeSchema,
  version: versionSchema,
});

/** Which proof took a bank's reference on a day. */
export const referenceSchema = z.strictObject({ proof: proofIdSchema });

/** Open obligations of one debtor to one creditor in one currency, for the rule of 560. */
export const openListSchema = z.strictObject({
  obligations: z.array(obligationIdSchema).max(limits.openObligationsPerPairMax),
});

export type Obligation = z.infer<typeof obligationSchema>;
export type Proof = z.infer<typeof proofSchema>;
export type Allocation = z.infer<typeof allocationSchema>;

export const commandSchemas = {
  submit_proof: z.strictObject({
    id: proofIdSchema,
    payerBank: partyIdSchema,
    payeeBank: partyIdSchema,
    payer: partyIdSchema,
    payee: partyIdSchema,
    bankReference: z.string().min(1).max(limits.idTextMax),
    amount: moneySchema,
    valueDay: daySchema,
    payerAccountHash: hashTextSchema,
    payeeAccountHash: hashTextSchema,
    messageHash: hashTextSchema,
  }),
  allocate: z.strictObject({
    id: proofIdSchema,
    expectedVersion: versionSchema,
    /** The debtor's own choice; left out, the order of Civil Code 560 decides. */
    allocations: z
      .array(z.strictObject({ obligation: obligationIdSchema, minor: z.bigint() }))
      .min(1)
      .max(limits.allocationsPerProofMax)
      .optional(),
  }),
  reverse_proof: z.strictObject({ id: proofIdSchema, expectedVersion: versionSchema }),
  declare_payer: z.strictObject({
    id: obligationIdSchema,
    expectedVersion: versionSchema,
    payer: partyIdSchema,
  }),
} as const;

export const internalSchemas = {
  record_obligation: z.strictObject({
    id: obligationIdSchema,
    debtor: partyIdSchema,
    creditor: partyIdSchema,
    amount: moneySchema,
    due: daySchema,
    purpose: purposeSchema,
    sourceRef: sourceRefSchema,
    costsMinor: countSchema.optional(),
    interestMinor: countSchema.optional(),
    securedMinor: countSchema.optional(),
    burdenBps: bpsSchema.optional(),
  }),
  adjust_obligation: z.strictObject({ id: obligationIdSchema, minor: z.bigint() }),
  use_proof: z.strictObject({
    id: proofIdSchema,
    purpose: purposeSchema,
    ref: sourceRefSchema,
    payer: partyIdSchema,
    payee: partyIdSchema,
    amount: moneySchema,
  }),
} as const;

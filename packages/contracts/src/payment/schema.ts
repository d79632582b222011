import { bpsSchema, daySchema, limits, moneySchema, timeSchema } from '@triflow/protocol';
import { z } from 'zod';
import {
  countedMoneySchema,
  countSchema,
  formerCreditorSchema,
  hashTextSchema,
  lateRateSchema,
  objectIdSchema,
  partyIdSchema,
  versionSchema,
} from '../fields.js';
import { idSchema } from '../params.js';

export const obligationIdSchema = idSchema('ob');
export const proofIdSchema = idSchema('pp');
export const obligationStateSchema = z.enum(['OPEN', 'PARTLY_PAID', 'PAID', 'CANCELLED']);
export const proofStateSchema = z.enum(['ACCEPTED', 'REVERSED']);
const purposeSchema = z.string().regex(/^[a-z_]{1,32}$/);

/** What must come true before a conditional obligation can be paid. */
export const conditionKinds = [
  'quantity_accepted',
  'temperature_complete',
  'lot_released',
] as const;
const conditionKindSchema = z.enum(conditionKinds);
const flagsSchema = z.array(z.enum(['paid_to_wrong_creditor'])).max(1);

/** Who owes whom how much, by when and why. */
export const obligationSchema = z.strictObject({
  id: obligationIdSchema,
  debtor: partyIdSchema,
  creditor: partyIdSchema,
  amount: countedMoneySchema,
  /** The parts of the amount that are paid before principal (Civil Code 561). */
  costsMinor: countSchema,
  interestMinor: countSchema,
  due: daySchema,
  purpose: purposeSchema,
  sourceRef: objectIdSchema,
  /** What security covers of it, and its yearly rate: the order of Civil Code 560. */
  securedMinor: countSchema,
  burdenBps: bpsSchema,
  /** Parties beside the debtor whose payment counts (M4). */
  payers: z.array(partyIdSchema).max(limits.declaredPayersMax),
  /** Late interest on open principal, from the day after `due`. */
  late: lateRateSchema.optional(),
  former: z.array(formerCreditorSchema).max(limits.formerCreditorsMax),
  conditions: z
    .array(z.strictObject({ kind: conditionKindSchema, met: z.boolean() }))
    .max(conditionKinds.length),
  /** What was paid, in the order in which it was allocated; Σ = paid. */
  payments: z
    .array(
      z.strictObject({
        proof: proofIdSchema,
        minor: countSchema,
        valueDay: daySchema,
        payee: partyIdSchema,
      }),
    )
    .max(limits.paymentsPerObligationMax),
  flags: flagsSchema,
  /** Another contract relied on it as paid: its proofs can no longer be reversed. */
  settled: z.boolean(),
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
  amount: countedMoneySchema,
  valueDay: daySchema,
  payerAccountHash: hashTextSchema,
  payeeAccountHash: hashTextSchema,
  messageHash: hashTextSchema,
  signedBy: partyIdSchema,
  allocations: z.array(allocationSchema).max(limits.allocationsPerProofMax),
  allocatedMinor: countSchema,
  /** Parts that other contracts took as proof of something of theirs. */
  uses: z
    .array(z.strictObject({ purpose: purposeSchema, ref: objectIdSchema, minor: countSchema }))
    .max(limits.usesPerProofMax),
  usedMinor: countSchema,
  flags: flagsSchema,
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
  flag_late_payment: z.strictObject({ id: obligationIdSchema }),
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
    sourceRef: objectIdSchema,
    costsMinor: countSchema.optional(),
    interestMinor: countSchema.optional(),
    securedMinor: countSchema.optional(),
    burdenBps: bpsSchema.optional(),
    late: lateRateSchema.optional(),
    former: z.array(formerCreditorSchema).max(limits.formerCreditorsMax).optional(),
    conditions: z.array(conditionKindSchema).max(conditionKinds.length).optional(),
  }),
  /** The accepted quantity times its price may come with its condition. */
  meet_condition: z.strictObject({
    id: obligationIdSchema,
    kind: conditionKindSchema,
    minor: z.bigint().optional(),
  }),
  record_notice: z.strictObject({ id: obligationIdSchema, at: timeSchema }),
  assign_obligation: z.strictObject({ id: obligationIdSchema, creditor: partyIdSchema }),
  settle_obligation: z.strictObject({ id: obligationIdSchema }),
  adjust_obligation: z.strictObject({ id: obligationIdSchema, minor: z.bigint() }),
  use_proof: z.strictObject({
    id: proofIdSchema,
    purpose: purposeSchema,
    ref: objectIdSchema,
    payer: partyIdSchema,
    payee: partyIdSchema,
    amount: moneySchema,
  }),
} as const;

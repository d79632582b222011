import type { StoryDevice } from '../field/devices.js';

/** The figures of the story. Money is fen. */
export const BULK_KILOGRAMS = 10n;
export const PACKS_PER_CASE = 20;
export const CASES = 3;
/** Packs of the second lot filled from the same bulk, which never leaves its maker. */
export const OTHER_PACKS = 10;
/** 85 yuan a pack. */
export const PACK_MINOR = 8_500n;
/** A public payer's term: 60 days at most (SME regulation 9). */
export const PAYMENT_DAYS = 60;
export const EXPIRY_DAYS = 540;
export const SKU = 'INFLUENZA-4V';
export const GOODS = 'influenza vaccine, quadrivalent, 0.5 ml';

/** Hundredths of a degree: the cold chain keeps between 2 and 8 °C. */
export const WARM = 800;
export const COLD = 200;
/** Out of range for so long, without a break, breaks the leg. */
export const BREACH_MS = 300;

/** A leg as its logger tells it: readings 0.1 s apart, from the sender's signature on. */
export const LEG_STEPS = 6;
export const warmFault = { kind: 'drift', fromStep: 0, steps: 12 } as const;
export const WARM_STEPS = 12;

const logger = { model: 'truck', owner: 'carrier', gateway: 'carrier', witness: 'supervisor' };

/** Two loggers of the carrier; whoever receives relies on the supervisor's word for them. */
export const loggers = {
  first: { ...logger, model: 'truck', device: 'dv_logger-2', party: 'device-2' },
  second: { ...logger, model: 'truck', device: 'dv_logger-3', party: 'device-3' },
} as const satisfies Readonly<Record<string, StoryDevice>>;

import type { CommitCertificate, Evidence, Hash, WireMessage } from '@triflow/protocol';
import type { SignSlot, Timer } from './input.js';

/** A validator by its index in set(height), or everybody. */
export type Recipient = number | 'all';

/** All that the core can ask for, carried out by the driver in order. */
export type Effect =
  | {
      readonly kind: 'buildBlock';
      readonly height: number;
      readonly round: number;
      readonly minTimeMs: number;
    }
  | { readonly kind: 'judge'; readonly height: number; readonly valueId: Hash }
  | {
      readonly kind: 'askProposal';
      readonly height: number;
      readonly round: number;
      readonly valueId: Hash;
      readonly from: Recipient;
    }
  | { readonly kind: 'sync'; readonly fromHeight: number }
  | { readonly kind: 'sign'; readonly slot: SignSlot; readonly bytes: Uint8Array }
  | { readonly kind: 'send'; readonly to: Recipient; readonly message: WireMessage }
  | { readonly kind: 'schedule'; readonly timer: Timer; readonly delayMs: number }
  | { readonly kind: 'cancelTimers'; readonly height: number }
  | {
      readonly kind: 'decide';
      readonly height: number;
      readonly round: number;
      readonly valueId: Hash;
      readonly certificate: CommitCertificate;
    }
  | { readonly kind: 'evidence'; readonly evidence: Evidence }
  | { readonly kind: 'report'; readonly index: number; readonly fault: string }
  | { readonly kind: 'keepBodies'; readonly valueIds: readonly Hash[] }
  | { readonly kind: 'halt'; readonly reason: string };

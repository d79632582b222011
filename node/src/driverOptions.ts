import type { LocalSettings, Quarantine } from '@triflow/consensus';
import type { Clock, Evidence, Logger, Signer, ValidatorId } from '@triflow/protocol';
import type { CandidatePort, ChainPort, LogPort, PeerPort, TimerPort } from './ports.js';

/** What the driver works with, and whom it tells. */
export interface DriverOptions {
  readonly self: ValidatorId | null;
  /** The keys that this node holds: it signs a height with the one of its seat. */
  readonly signers: readonly Signer[];
  readonly chain: ChainPort;
  readonly peers: PeerPort;
  readonly log: LogPort;
  readonly candidates: CandidatePort;
  readonly clock: Clock;
  readonly timers: TimerPort;
  readonly local: LocalSettings;
  readonly logger: Logger;
  /** Starts quarantined: a validator key whose log is missing or damaged (P10). */
  readonly quarantine: Quarantine | null;
  /** The operator's word that ends a quarantine (P11): who is lost; null without the word. */
  readonly vouched: Quarantine['vouched'];
  readonly onSync: (fromHeight: number) => void;
  readonly onCommitted: (height: number) => void;
  readonly onEvidence: (evidence: Evidence) => void;
  /** P9: nothing more may be done; the process stops. */
  readonly onFatal: (error: unknown) => void;
}

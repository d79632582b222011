import { CodedError, type ErrorCode } from '@triflow/protocol';

/** `ok`: looked at and in order. `note`: harmless. `warning`: soon. `error`: it will not run. */
export const severities = ['error', 'warning', 'note', 'ok'] as const;
export type Severity = (typeof severities)[number];

/** One thing that was looked at: what it is, and where something is to be done, what. */
export interface Finding {
  readonly check: string;
  readonly severity: Severity;
  /** What was found and what it means, as a sentence. */
  readonly what: string;
  /** The safe next step. It never lets a validator sign twice. */
  readonly next?: string;
  /** What `triflow start` would fail with. */
  readonly code?: ErrorCode | (string & {});
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Something in order. */
export function ok(check: string, what: string): Finding {
  return { check, severity: 'ok', what };
}

/** Something harmless that is worth knowing. */
export function note(check: string, what: string, next?: string): Finding {
  return { check, severity: 'note', what, ...(next === undefined ? {} : { next }) };
}

/** Something that runs, and should be mended. */
export function warning(check: string, what: string, next: string): Finding {
  return { check, severity: 'warning', what, next };
}

/** Something that a start would refuse, with the code that it would name. */
export function error(check: string, code: ErrorCode, what: string, next: string): Finding {
  return { check, severity: 'error', code, what, next };
}

/** What a check threw, as a finding; a failure of the doctor's own is one too. */
export function thrown(check: string, cause: unknown, next: string): Finding {
  const what = (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
  const code = cause instanceof CodedError ? cause.code : 'INTERNAL';
  return { check, severity: 'error', code, what, next };
}

/** The worst first; within one severity as they were found. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return severities.flatMap((severity) => findings.filter((one) => one.severity === severity));
}

import type { ReadContext, TimeMs } from '@triflow/protocol';
import { assetDevices, series, watches } from './keys.js';
import type { ReadingKind } from './kinds.js';
import { rulesFor } from './rulesInForce.js';
import type { Rule, Series, Span, Watch } from './schema.js';

type Reader = Pick<ReadContext, 'get'>;

export interface CoverageRequest {
  readonly asset: string;
  readonly from: TimeMs;
  readonly to: TimeMs;
  /** Default TEMPERATURE. */
  readonly kind?: ReadingKind;
  /** Breaches after `to` count too: a device's clock may run ahead of the blocks'. */
  readonly ahead?: boolean;
}

/** A temperature rule that was broken, by one device. */
export interface Breach {
  readonly rule: string;
  readonly kind: Rule['condition']['kind'];
  readonly device: string;
  readonly sumMs: number;
  readonly longestMs: number;
}

export interface Coverage {
  /** No moment of the time asked for is unknown. */
  readonly complete: boolean;
  readonly gaps: readonly Span[];
  /** `not_judged`: no rule was in force for all of the time; a guard reads it as out of range. */
  readonly range: 'in_range' | 'out_of_range' | 'not_judged';
  readonly breaches: readonly Breach[];
  /** The temperature rules that were held against the readings. */
  readonly rules: readonly string[];
  readonly devices: readonly string[];
}

interface Source {
  readonly device: string;
  readonly binding: number;
  readonly spans: readonly Span[];
}

/**
 * What submitted readings say of an asset over a time: whether all of it is covered (a reading
 * holds until the next, at most `maxGapMs` later) and whether a temperature window was filled.
 * Anchored readings count for nothing here (domain 3.10). Where records were dropped by their
 * bounds the answer is the worse one (R14).
 */
export function judgeCoverage(context: Reader, request: CoverageRequest): Coverage {
  const { asset, from, to, kind = 'TEMPERATURE' } = request;
  const end = endOf(request);
  const sources = sourcesOf(context, asset, kind).filter(({ spans }) =>
    spans.some((span) => span.from <= end && span.to >= from),
  );
  const gaps = uncovered(
    sources.flatMap(({ spans }) => spans),
    from,
    to,
  );
  const windows = rulesFor(context, asset).filter(isWindow);
  const verdicts = windows.flatMap((rule) =>
    sources.map((source) => judge(context, rule, source, request)),
  );
  const breaches = verdicts.flatMap(({ breach }) => (breach === undefined ? [] : [breach]));
  const judged = verdicts.length > 0 && verdicts.every((verdict) => verdict.judged);
  const inside = judged ? 'in_range' : 'not_judged';
  return {
    complete: gaps.length === 0,
    gaps,
    range: breaches.length > 0 ? 'out_of_range' : inside,
    breaches,
    rules: windows.map(({ id }) => id),
    devices: [...new Set(sources.map(({ device }) => device))],
  };
}

function endOf({ to, ahead = false }: CoverageRequest): TimeMs {
  return ahead ? Number.MAX_SAFE_INTEGER : to;
}

function sourcesOf(context: Reader, asset: string, kind: ReadingKind): readonly Source[] {
  const bindings = context.get(assetDevices, asset)?.bindings ?? [];
  return bindings.map(({ device, binding }) => {
    const record: Series | undefined = context.get(series, device, String(binding), kind);
    return { device, binding, spans: record?.covered ?? [] };
  });
}

/** The parts of a time that no span covers; spans that touch join. */
function uncovered(spans: readonly Span[], from: TimeMs, to: TimeMs): Span[] {
  const ordered = [...spans].sort((a, b) => a.from - b.from || a.to - b.to);
  const gaps: Span[] = [];
  let known: TimeMs | undefined;
  for (const span of ordered) {
    if (span.to < from || span.from > to) continue;
    if (known === undefined ? span.from > from : span.from > known) {
      gaps.push({ from: known ?? from, to: span.from });
    }
    known = Math.max(known ?? span.to, span.to);
  }
  if (known === undefined || known < to) gaps.push({ from: known ?? from, to });
  return gaps;
}

function isWindow(rule: Rule): boolean {
  return rule.condition.kind === 'TEMP_SINGLE' || rule.condition.kind === 'TEMP_CUMULATIVE';
}

function judge(
  context: Reader,
  rule: Rule,
  source: Source,
  request: CoverageRequest,
): { readonly judged: boolean; readonly breach?: Breach } {
  const { from } = request;
  const { condition } = rule;
  if (condition.kind !== 'TEMP_SINGLE' && condition.kind !== 'TEMP_CUMULATIVE') {
    return { judged: true };
  }
  const { device, binding, spans } = source;
  const watch = context.get(watches, device, String(binding), rule.id);
  const start = Math.max(from, spans[0]?.from ?? from);
  if (watch === undefined || watch.ruleVersion !== rule.version || watch.since > start) {
    return { judged: false };
  }
  const { sumMs, longestMs } = violation(watch, from, endOf(request));
  const measured = condition.kind === 'TEMP_SINGLE' ? longestMs : sumMs;
  const broken = measured >= condition.durationMs && longestMs > 0;
  const breach = { rule: rule.id, kind: condition.kind, device, sumMs, longestMs };
  return broken ? { judged: true, breach } : { judged: true };
}

/** Violation inside a time: its sum, and its longest unbroken run. */
export function violation(
  watch: Pick<Watch, 'run' | 'runs' | 'folded'>,
  from: TimeMs,
  to: TimeMs,
): { readonly sumMs: number; readonly longestMs: number } {
  const folded = watch.folded !== undefined && watch.folded.to > from ? watch.folded : undefined;
  let sumMs = folded?.sumMs ?? 0;
  let longestMs = folded?.longestMs ?? 0;
  for (const run of watch.run === undefined ? watch.runs : [...watch.runs, watch.run]) {
    const ms = Math.min(run.to, to) - Math.max(run.from, from);
    if (ms <= 0) continue;
    sumMs += ms;
    longestMs = Math.max(longestMs, ms);
  }
  return { sumMs, longestMs };
}

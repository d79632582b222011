import type { ComponentChildren } from 'preact';
import { percentText } from '../format/amounts.js';
import { t } from '../messages/translate.js';

interface LtvBarProps {
  /** Members of a facility: its agreed lines. */
  readonly facility: Readonly<Record<string, unknown>>;
  readonly ltvBps: number;
  readonly small?: boolean;
}

/** How loan to value stands between nothing lent and all of the collateral's value. */
export function LtvBar({ facility, ltvBps, small }: LtvBarProps): ComponentChildren {
  const lines = [
    ['warning', Number(facility.warningBps ?? 0)],
    ['margin', Number(facility.marginCallBps ?? 0)],
    ['disposal', Number(facility.disposalBps ?? 0)],
  ] as const;
  const crossed = lines.filter(([, bps]) => bps > 0 && ltvBps > bps).at(-1)?.[0] ?? 'normal';
  const scale = Math.max(10_000, ltvBps);
  return (
    <span
      class={`ltv-bar ${crossed}${small === true ? ' small' : ''}`}
      role="img"
      aria-label={`${t('pledge.ltv')} ${percentText(ltvBps)}`}
    >
      <span class="ltv-fill" style={{ width: `${(ltvBps * 100) / scale}%` }} />
      {lines.map(([name, bps]) => (
        <span key={name} class={`ltv-mark ${name}`} style={{ left: `${(bps * 100) / scale}%` }} />
      ))}
    </span>
  );
}

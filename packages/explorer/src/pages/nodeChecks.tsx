import type { ComponentChildren } from 'preact';
import { nodeInfo } from '../data/chainClient.js';
import { isKnownWord, stateName } from '../format/words.js';
import { t, tMaybe } from '../messages/translate.js';

export interface NodeHealth {
  readonly ready: boolean;
  readonly checks: Readonly<
    Record<
      string,
      { readonly ok: boolean; readonly value: unknown; readonly reason?: string | undefined }
    >
  >;
}

/** What the node says of itself. */
export function NodeChecks({ health }: { readonly health: NodeHealth }): ComponentChildren {
  const info = nodeInfo.value;
  return (
    <section aria-labelledby="health-title">
      <h2 id="health-title">
        {t('network.health')} <span class="muted">{info?.nodeId}</span>
      </h2>
      <ul class="checks">
        {Object.entries(health.checks).map(([name, { ok, value, reason }]) => (
          <li key={name}>
            <span class={ok ? 'dot good' : 'dot bad'} aria-hidden="true" />
            <span>{tMaybe(`network.health.${name}`) ?? name}</span>
            {String(value) !== 'ok' && <span class="muted">{valueText(value)}</span>}
            <span class={ok ? 'muted' : 'bad'}>
              {ok ? t('network.ok') : (reason ?? t('network.notOk'))}
            </span>
          </li>
        ))}
      </ul>
      <p class="muted small">
        {info?.software.name} {info?.software.version} ·{' '}
        {info === undefined ? '' : stateName(info.role)}
      </p>
    </section>
  );
}

/** Modes as words, counts as they stand. */
function valueText(value: unknown): string {
  const text = String(value);
  return isKnownWord(text) ? stateName(text) : text;
}

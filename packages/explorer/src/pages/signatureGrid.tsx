import type { HeaderFacts } from '@triflow/sdk';
import type { ComponentChildren } from 'preact';
import { partyName } from '../data/partyNames.js';
import { pathTo } from '../data/router.js';
import { countText } from '../format/amounts.js';
import { quorumOf } from '../graph/chainHealth.js';
import { t } from '../messages/translate.js';
import type { ValidatorRow } from './networkPage.js';

interface GridProps {
  readonly headers: readonly HeaderFacts[];
  readonly validators: readonly ValidatorRow[];
}

/** A young chain has room for what comes. */
const BLOCKS = 50;
const CELL = 13;
const ROW = 26;

/** Who signed the last blocks: a row for each validator, a column for each block. */
export function SignatureGrid({ headers, validators }: GridProps): ComponentChildren {
  const width = Math.max(BLOCKS, headers.length) * CELL;
  const count = countText(headers.length);
  return (
    <section aria-labelledby="grid-title">
      <h2 id="grid-title">{t('network.signatures', { count })}</h2>
      <ul class="signature-grid">
        {validators.map((validator) => (
          <li key={validator.id}>
            <a class="validator" href={pathTo('parties', validator.party)}>
              <strong>{validator.id}</strong> {partyName(validator.party)}
            </a>
            <SignedRow headers={headers} index={validator.index} width={width} />
            <span class="numeric">
              {headers.filter(({ signers }) => signers.includes(validator.index)).length}/{count}
            </span>
          </li>
        ))}
        <li>
          <span class="muted">{t('network.round')}</span>
          <svg
            class="cells"
            viewBox={`0 0 ${width} ${ROW}`}
            role="img"
            aria-label={t('network.round')}
          >
            {headers.map(({ height, round }, index) => (
              <g key={height}>
                <title>{`${t('app.height', { height })} · ${t('blocks.round', { round })}`}</title>
                <rect
                  class={round === 0 ? 'round-zero' : 'round-more'}
                  x={index * CELL}
                  y={ROW - 4 - Math.min(18, round * 6)}
                  width={CELL - 3}
                  height={3 + Math.min(18, round * 6)}
                />
              </g>
            ))}
          </svg>
          <span class="numeric">{Math.max(0, ...headers.map(({ round }) => round))}</span>
        </li>
      </ul>
      <p class="muted small">
        {t('network.signaturesNote', { quorum: quorumOf(validators.length) })}
      </p>
    </section>
  );
}

interface RowProps {
  readonly headers: readonly HeaderFacts[];
  readonly index: number;
  readonly width: number;
}

function SignedRow({ headers, index, width }: RowProps): ComponentChildren {
  const signed = headers.filter(({ signers }) => signers.includes(index)).length;
  const label = `${t('network.signed')} ${signed} / ${headers.length}`;
  return (
    <svg class="cells" viewBox={`0 0 ${width} ${ROW}`} role="img" aria-label={label}>
      {headers.map(({ height, signers, builder }, column) => (
        <rect
          key={height}
          class={signers.includes(index) ? 'cell signed' : 'cell missed'}
          x={column * CELL}
          y={4}
          width={CELL - 3}
          height={ROW - 8}
          rx={2}
        >
          <title>{`${height} · ${builder}`}</title>
        </rect>
      ))}
    </svg>
  );
}

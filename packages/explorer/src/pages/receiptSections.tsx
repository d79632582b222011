import type { ComponentChildren } from 'preact';
import { isRecord } from '../data/nodeApi.js';
import { type ObjectAnswer, readLinked } from '../data/readLists.js';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { shortId } from '../format/ids.js';
import { stateName } from '../format/words.js';
import { t } from '../messages/translate.js';
import { StateChip } from '../parts/chip.js';
import { Settled } from '../parts/states.js';
import { contextOf, Facts, PartyLink, Value } from '../parts/value.js';
import { TraceGraph } from './traceGraph.js';

/** Who keeps, who holds, who is secured; the liens; the eight items; where it comes from. */
export function ReceiptSections({ answer }: { readonly answer: ObjectAnswer }): ComponentChildren {
  const { id, data } = answer;
  const items = isRecord(data.items) ? data.items : undefined;
  const { lossStandardBps, place, ...rest } = items ?? {};
  return (
    <>
      <section aria-labelledby="chain-title">
        <h2 id="chain-title">{t('receipt.chain')}</h2>
        <CustodyLine data={data} />
      </section>
      <section aria-labelledby="liens-title">
        <h2 id="liens-title">{t('receipt.lien')}</h2>
        <LienStack id={id} />
      </section>
      <section aria-labelledby="provenance-title">
        <h2 id="provenance-title">{t('receipt.provenance')}</h2>
        <TraceGraph root={id} depth={3} direction="both" compact />
      </section>
      {items !== undefined && (
        <section aria-labelledby="items-title">
          <h2 id="items-title">{t('receipt.items')}</h2>
          <Facts record={{ place, lossStandardBps, ...rest }} context={contextOf(data)} grouped />
        </section>
      )}
    </>
  );
}

/** Keeper, holder and secured party from left to right. */
function CustodyLine({ data }: { readonly data: ObjectAnswer['data'] }): ComponentChildren {
  const stations = [
    ['receipt.custodian', data.warehouse, 'goods'],
    ['receipt.owner', data.holder, 'documents'],
    ['receipt.secured', data.lender, 'money'],
  ] as const;
  return (
    <ol class="stations">
      {stations.map(([name, party, flow]) =>
        typeof party === 'string' ? (
          <li key={name} class={`flow-${flow}`}>
            <span class="muted">{t(name)}</span>
            <PartyLink id={party} />
          </li>
        ) : null,
      )}
    </ol>
  );
}

/** The liens on an asset in the order in which they were made. */
export function LienStack({ id }: { readonly id: string }): ComponentChildren {
  const loaded = useLoad(
    `liens/${id}`,
    (signal) => readLinked([{ segment: 'liens', query: { asset: id } }], signal),
    { changedBy: ({ contract }) => contract === 'lien' },
  );
  return (
    <Settled loaded={loaded}>
      {(found) =>
        found.length === 0 ? (
          <p class="muted">{t('receipt.noLien')}</p>
        ) : (
          <ol class="lien-stack">
            {found.map(({ row }) => (
              <LienLine key={row.id} id={row.id} data={row.data} />
            ))}
          </ol>
        )
      }
    </Settled>
  );
}

function LienLine({
  id,
  data,
}: {
  readonly id: string;
  readonly data: ObjectAnswer['data'];
}): ComponentChildren {
  return (
    <li>
      <a class="id" href={pathTo('liens', id)} title={id}>
        {shortId(id)}
      </a>
      <span>{stateName(String(data.class ?? ''))}</span>
      {typeof data.holder === 'string' && <PartyLink id={data.holder} />}
      <Value name="securedMax" value={data.securedMax} />
      <Value name="effectiveAt" value={data.effectiveAt} />
      <StateChip state={data.state} />
    </li>
  );
}

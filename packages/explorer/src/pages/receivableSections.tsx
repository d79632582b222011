import type { ComponentChildren } from 'preact';
import { isRecord } from '../data/nodeApi.js';
import { partyName } from '../data/partyNames.js';
import { type ObjectAnswer, type Row, readList } from '../data/readLists.js';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { isMoney, moneyText, shortMoneyText } from '../format/amounts.js';
import { fieldName } from '../format/words.js';
import { BAR_WIDTH, type Claim, inTreeOrder, type TierBar, tierFlow } from '../graph/tierFlow.js';
import { t } from '../messages/translate.js';
import { StateChip } from '../parts/chip.js';
import { Settled } from '../parts/states.js';
import { IdLink, PartyLink } from '../parts/value.js';

const CLAIMS_MAX = 500;
const LABEL_PX = 20;
const AMOUNT_PX = 38;
const KEPT_PX = 56;
const DEPTH_SHOWN = 10;

/** The tree of a voucher: from the core enterprise's debt down to the last supplier. */
export function ReceivableSections({
  answer,
}: {
  readonly answer: ObjectAnswer;
}): ComponentChildren {
  const root = typeof answer.data.root === 'string' ? answer.data.root : answer.id;
  const loaded = useLoad(`tree/${root}`, (signal) => readTree(root, answer, signal), {
    changedBy: ({ contract }) => contract === 'receivable',
  });
  return (
    <section aria-labelledby="tree-title">
      <h2 id="tree-title">{t('receivable.tree')}</h2>
      <Settled loaded={loaded}>
        {(rows) => <TierTree root={root} rows={rows} here={answer.id} />}
      </Settled>
    </section>
  );
}

async function readTree(
  root: string,
  answer: ObjectAnswer,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  const query = { root, limit: String(CLAIMS_MAX) };
  const { data } = await readList('receivables', query, signal);
  return data.length === 0 ? [answer] : data;
}

interface TreeProps {
  readonly root: string;
  readonly rows: readonly Row[];
  readonly here: string;
}

function TierTree({ root, rows, here }: TreeProps): ComponentChildren {
  const start = rows.find(({ id }) => id === root) ?? rows[0];
  if (start === undefined) return null;
  const debtor = typeof start.data.debtor === 'string' ? start.data.debtor : '';
  const currency = isMoney(start.data.face) ? start.data.face.currency : '';
  const { width, height, bars, links } = tierFlow(debtor, rows.map(claimOf));
  return (
    <>
      <div class="graph-scroll" tabIndex={0} role="group" aria-label={t('receivable.tree')}>
        <svg width={width} height={height} class="tier-flow">
          {links.map(({ key, thickness, from, to }) => (
            <path key={key} class="tier-link" d={ribbon(from, to)} stroke-width={thickness} />
          ))}
          {bars.map((bar) => (
            <BarBox key={bar.key} bar={bar} currency={currency} here={here} />
          ))}
        </svg>
      </div>
      <p class="muted small">{t('receivable.treeNote')}</p>
      <TierTable rows={rows} here={here} />
    </>
  );
}

function ribbon([x0, y0]: readonly [number, number], [x1, y1]: readonly [number, number]): string {
  const middle = (x0 + x1) / 2;
  return `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`;
}

interface BarProps {
  readonly bar: TierBar;
  readonly currency: string;
  readonly here: string;
}

function BarBox({ bar, currency, here }: BarProps): ComponentChildren {
  const { holder, tier, minor, keptMinor, claims, x, y, height } = bar;
  const [first] = claims;
  const amount = { minor: String(minor), currency };
  const kept = { minor: String(keptMinor), currency };
  const share = minor === 0n ? 0 : Number((keptMinor * 1_000n) / minor) / 1_000;
  const where = tier === 0 ? t('receivable.debtor') : t('receivable.tier', { tier });
  const path = first === undefined ? pathTo('parties', holder) : pathTo('receivables', first);
  const isHere = claims.includes(here);
  return (
    <a href={path} class={`tier-bar${isHere ? ' here' : ''}${tier === 0 ? ' debtor' : ''}`}>
      <title>{`${partyName(holder)} · ${where} · ${moneyText(amount)}`}</title>
      <rect x={x} y={y} width={BAR_WIDTH} height={Math.max(2, height)} rx={4} />
      <rect
        class="tier-kept"
        x={x}
        y={y + height * (1 - share)}
        width={BAR_WIDTH}
        height={height * share}
        rx={4}
      />
      {height > LABEL_PX && (
        <text x={x + 10} y={y + 16} class="tier-holder">
          {partyName(holder)}
        </text>
      )}
      {height > AMOUNT_PX && (
        <text x={x + 10} y={y + 33} class="tier-amount">
          {`${where} · ${shortMoneyText(amount)}`}
        </text>
      )}
      {height > KEPT_PX && tier > 0 && keptMinor < minor && keptMinor > 0n && (
        <text x={x + 10} y={y + 50} class="tier-amount">
          {t('receivable.kept', { amount: shortMoneyText(kept) })}
        </text>
      )}
    </a>
  );
}

/** The claims of the tree by tier, for those who read tables; amounts stand under one another. */
function TierTable({
  rows,
  here,
}: {
  readonly rows: readonly Row[];
  readonly here: string;
}): ComponentChildren {
  const ordered = inTreeOrder(rows.map(claimOf));
  const byId = new Map(rows.map((row) => [row.id, row.data]));
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={t('receivable.table')}>
      <table class="tier-table">
        <thead>
          <tr>
            {['id', 'tier', 'holder', 'face', 'state'].map((name) => (
              <th key={name} scope="col" class={name === 'face' ? 'numeric' : ''}>
                {fieldName(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ordered.map(({ claim, depth }) => {
            const { holder, face, state } = byId.get(claim.id) ?? {};
            const isHere = claim.id === here;
            return (
              <tr key={claim.id} class={isHere ? 'here' : ''}>
                <td style={{ paddingInlineStart: `${Math.min(depth, DEPTH_SHOWN) * 0.9}rem` }}>
                  <IdLink id={claim.id} />
                </td>
                <td>{claim.tier}</td>
                <td>{typeof holder === 'string' && <PartyLink id={holder} />}</td>
                <td class="numeric">
                  {isMoney(face) && <span class="amount">{moneyText(face)}</span>}
                </td>
                <td>
                  <StateChip state={state} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function claimOf({ id, data }: Row): Claim {
  const parents = Array.isArray(data.parents) ? data.parents.map(String) : [];
  const face = isRecord(data.face) ? data.face.minor : undefined;
  const minor = BigInt(typeof face === 'string' ? face : '0');
  const tier = typeof data.tier === 'number' ? data.tier : 0;
  return { id, parents, minor, tier, holder: String(data.holder ?? '') };
}

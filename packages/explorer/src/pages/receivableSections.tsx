import type { ComponentChildren } from 'preact';
import { isRecord } from '../data/nodeApi.js';
import { partyName } from '../data/partyNames.js';
import { type ObjectAnswer, type Row, readList } from '../data/readLists.js';
import { open, pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { moneyText, shortMoneyText } from '../format/amounts.js';
import { shortId } from '../format/ids.js';
import { stateName, toneOf } from '../format/words.js';
import { type Bar, type Claim, tierBars } from '../graph/tierTree.js';
import { t } from '../messages/translate.js';
import { StateChip } from '../parts/chip.js';
import { Settled } from '../parts/states.js';
import { isMoney, PartyLink } from '../parts/value.js';

const CLAIMS_MAX = 500;
const HEIGHT = 320;
const COLUMN = 190;

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
  const claims = rows.map(claimOf);
  const start = claims.find(({ id }) => id === root) ?? claims[0];
  if (start === undefined) return null;
  const bars = tierBars(start, claims);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const columns = Math.max(...bars.map(({ column }) => column)) + 1;
  return (
    <>
      <div class="graph-scroll" tabIndex={0} role="group" aria-label={t('receivable.tree')}>
        <svg width={columns * COLUMN} height={HEIGHT + 4} class="tier-tree">
          {bars.map((bar) => (
            <TierBar key={bar.claim.id} bar={bar} row={byId.get(bar.claim.id)} here={here} />
          ))}
        </svg>
      </div>
      <p class="muted small">{t('receivable.treeNote')}</p>
      <TierList bars={bars} byId={byId} />
    </>
  );
}

interface TierBarProps {
  readonly bar: Bar;
  readonly row: Row | undefined;
  readonly here: string;
}

function TierBar({ bar, row, here }: TierBarProps): ComponentChildren {
  const { claim, column, from, to } = bar;
  const height = Math.max(2, (to - from) * HEIGHT - 2);
  const state = String(row?.data.state ?? '');
  const holder = typeof row?.data.holder === 'string' ? partyName(row.data.holder) : '';
  const face = isMoney(row?.data.face) ? row.data.face : undefined;
  const x = column * COLUMN;
  const y = from * HEIGHT + 1;
  return (
    <g
      class={`tier-bar tone-${toneOf(state)}${claim.id === here ? ' here' : ''}`}
      onClick={() => open(pathTo('receivables', claim.id))}
    >
      <title>{`${claim.id} · ${holder} · ${face === undefined ? '' : moneyText(face)}`}</title>
      <rect x={x} y={y} width={COLUMN - 8} height={height} rx={4} />
      {height > 18 && (
        <text x={x + 10} y={y + 16}>
          {holder === '' ? shortId(claim.id) : holder}
        </text>
      )}
      {height > 36 && face !== undefined && (
        <text x={x + 10} y={y + 33} class="tier-amount">
          {shortMoneyText(face)} · {stateName(state)}
        </text>
      )}
    </g>
  );
}

function TierList({
  bars,
  byId,
}: {
  readonly bars: readonly Bar[];
  readonly byId: ReadonlyMap<string, Row>;
}): ComponentChildren {
  return (
    <ul class="tier-list">
      {bars.map(({ claim, column }) => {
        const data = byId.get(claim.id)?.data ?? {};
        return (
          <li key={claim.id} style={{ paddingInlineStart: `${Math.min(column, 8) * 1.25}rem` }}>
            <a class="id" href={pathTo('receivables', claim.id)} title={claim.id}>
              {shortId(claim.id)}
            </a>
            <span class="muted">{t('receivable.tier', { tier: claim.tier })}</span>
            {typeof data.holder === 'string' && <PartyLink id={data.holder} />}
            {isMoney(data.face) && <span class="amount">{moneyText(data.face)}</span>}
            <StateChip state={data.state} />
          </li>
        );
      })}
    </ul>
  );
}

function claimOf({ id, data }: Row): Claim {
  const parents = Array.isArray(data.parents) ? data.parents.map(String) : [];
  const face = isRecord(data.face) ? data.face.minor : undefined;
  const minor = BigInt(typeof face === 'string' ? face : '0');
  return { id, parents, minor, tier: typeof data.tier === 'number' ? data.tier : 0 };
}

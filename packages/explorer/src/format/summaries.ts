import { isRecord } from '../data/nodeApi.js';
import { fieldName, pick, stateName } from './words.js';

type Data = Readonly<Record<string, unknown>>;
type Pair = readonly [en: string, zh: string];

/** A sentence's template in the reader's language and what fills it. */
export interface Summary {
  readonly template: string;
  readonly values: Data;
}

/**
 * A record in one to three sentences: what it is, whose it is, what binds it. Kinds without
 * sentences of their own have none; their facts and their story speak.
 */
export function summariesOf(segment: string, data: Data): readonly Summary[] {
  const make = makers[segment];
  if (make === undefined) return [];
  return make(data).map(({ pair, values }) => ({ template: pick(pair), values }));
}

interface Draft {
  readonly pair: Pair;
  readonly values: Data;
}

type Maker = (data: Data) => readonly Draft[];

const makers: Readonly<Record<string, Maker>> = {
  receipts: receiptDrafts,
  pledges: pledgeDrafts,
  orders: (data) => [
    draft(
      data,
      '{buyer} ordered from {seller} on {issuedDay}.',
      '{buyer} 于 {issuedDay} 向 {seller} 下单。',
    ),
  ],
  deliveries: (data) => [
    draft(
      data,
      'Goods of {order}, from {seller} to {buyer}, are with {custodian}.',
      '{order} 项下货物由 {seller} 发往 {buyer}，现由 {custodian} 保管。',
    ),
  ],
  invoices: (data) => [
    draft(
      data,
      '{seller} invoiced {buyer} for {amount}, number {number}.',
      '{seller} 向 {buyer} 开具发票 {number}，金额 {amount}。',
    ),
    ...(data.paymentDueDay === undefined
      ? []
      : [
          draft(
            data,
            'By law and contract it is due on {paymentDueDay}.',
            '依法依约应于 {paymentDueDay} 付款。',
          ),
        ]),
  ],
  // What no warehouse keeps is a lot of its maker.
  lots: (data) => {
    if (data.warehouse === undefined) {
      return [draft(data, '{maker} made {made} of {name}.', '{maker} 生产 {name} {made}。')];
    }
    return [
      draft(
        data,
        '{warehouse} keeps {onHand} of {sku}; receipts are open over {receipted}.',
        '{warehouse} 保管 {sku} {onHand}，其中 {receipted} 已签发仓单。',
      ),
    ];
  },
  liens: lienDrafts,
  obligations: (data) => [
    draft(
      data,
      '{debtor} owes {creditor} {amount} for {sourceRef}, due {due}; {paidMinor} is paid.',
      '{debtor} 因 {sourceRef} 应付 {creditor} {amount}，到期 {due}；已付 {paidMinor}。',
    ),
  ],
  proofs: (data) => [
    draft(
      data,
      '{signedBy} proves that {payer} paid {payee} {amount} on {valueDay}.',
      '{signedBy} 证明 {payer} 于 {valueDay} 向 {payee} 支付 {amount}。',
    ),
  ],
  prices: priceDrafts,
  proposals: proposalDrafts,
  units: unitDrafts,
  devices: (data) => [
    draft(
      data,
      '{owner} keeps it; it watches {boundTo}, and {witness} vouches for it.',
      '由 {owner} 持有，监测 {boundTo}，{witness} 为其见证。',
    ),
  ],
  receivables: (data) => [
    draft(
      data,
      '{debtor} owes {face} to {holder}, due {maturity}.',
      '{debtor} 应付 {holder} {face}，到期 {maturity}。',
    ),
  ],
};

function receiptDrafts(data: Data): readonly Draft[] {
  const items = isRecord(data.items) ? data.items : {};
  const goods = isRecord(items.goods) ? items.goods.variety : undefined;
  const values = { ...data, goods, place: items.place };
  const holds = draft(
    values,
    '{warehouse} keeps {quantity} of {goods} for {holder} in {place}.',
    '{warehouse} 在 {place} 为 {holder} 保管 {goods} {quantity}。',
  );
  const free = draft(
    values,
    'According to the record it is free of pledges.',
    '据记录，未设立质押。',
  );
  const pledged = draft(
    values,
    'It is pledged to {lender} under {facility}: {lien}.',
    '已质押给 {lender}（{facility}），担保权 {lien}。',
  );
  if (data.lender !== undefined) return [holds, pledged];
  return data.state === 'FREE' ? [holds, free] : [holds];
}

function pledgeDrafts(data: Data): readonly Draft[] {
  const valuation = isRecord(data.valuation) ? data.valuation : undefined;
  const items = Array.isArray(data.items) ? data.items.length : 0;
  const values = { ...data, ...valuation, count: items };
  const grants = draft(
    values,
    '{lender} lends to {pledgor} up to {limit} against goods that {supervisor} supervises.',
    '{lender} 以 {supervisor} 监管的货物为质押，向 {pledgor} 提供额度 {limit}。',
  );
  if (valuation === undefined) return [grants];
  const stands = draft(
    values,
    '{debtMinor} is owed against goods worth {valueMinor}: {ltvBps} loan to value.',
    '现欠 {debtMinor}，押品价值 {valueMinor}，质押率 {ltvBps}。',
  );
  if (data.state !== 'MARGIN_CALL' || data.cureDeadline === undefined) return [grants, stands];
  return [
    grants,
    stands,
    draft(values, 'It must be cured by {cureDeadline}.', '须于 {cureDeadline} 前补足。'),
  ];
}

function lienDrafts(data: Data): readonly Draft[] {
  const asset = isRecord(data.asset) ? data.asset.id : data.asset;
  return [
    draft(
      { ...data, asset },
      '{grantor} granted {holder} a {class} on {asset} for {debtRef}, up to {securedMax}.',
      '{grantor} 就 {asset} 为 {holder} 设立{class}，担保 {debtRef}，最高 {securedMax}。',
    ),
  ];
}

function priceDrafts(data: Data): readonly Draft[] {
  const current = isRecord(data.current) ? data.current : undefined;
  if (current === undefined) return [];
  const { currency, unit, scale } = data;
  const price = { value: current.value, currency, unit, scale };
  return [
    draft(
      { ...data, price, observedAt: current.observedAt },
      '{sku} stands at {price}, observed {observedAt}, the median of at least {quorum} sources.',
      '{sku} 现价 {price}，观测于 {observedAt}，取不少于 {quorum} 家报价的中位数。',
    ),
  ];
}

function unitDrafts(data: Data): readonly Draft[] {
  const top = isRecord(data.top) ? data.top : undefined;
  const values = { ...data, ...top };
  if (top === undefined) {
    return [
      draft(
        values,
        'A serial of {lot}, packed into {parent}.',
        '{lot} 的序列化单元，装于 {parent}。',
      ),
    ];
  }
  return [
    draft(
      values,
      'A serial of {lot}, {state} with {custodian} since {since}.',
      '{lot} 的序列化单元，自 {since} 起由 {custodian} 保管，状态为{state}。',
    ),
  ];
}

function proposalDrafts(data: Data): readonly Draft[] {
  const votes = Array.isArray(data.votes) ? data.votes.filter(isRecord) : [];
  const yes = votes.filter((vote) => vote.yes === true).length;
  const values = { ...data, what: changeText(data.change), count: votes.length, yes };
  const asks = draft(values, '{proposer} proposes: {what}.', '{proposer} 提议：{what}。');
  const voted = draft(
    values,
    '{yes} of {count} votes are for it.',
    '已投 {count} 票，赞成 {yes} 票。',
  );
  return [asks, voted];
}

/** What a proposal would change, in words: `change a parameter · consensus · Heartbeat → 2500`. */
export function changeText(change: unknown): string {
  if (!isRecord(change) || !isRecord(change.body)) return '';
  const kind = stateName(String(change.kind));
  const { contract, name, value, feature, validator, party, peerId } = change.body;
  if (name !== undefined) return `${kind} · ${contract} · ${fieldName(String(name))} → ${value}`;
  return `${kind} · ${feature ?? validator ?? party ?? peerId}`;
}

function draft(values: Data, en: string, zh: string): Draft {
  return { pair: [en, zh], values };
}

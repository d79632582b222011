import { type Committed, command } from '@triflow/sdk';
import { dayOfDate } from '../calendar.js';
import { changeText, percentText, priceText } from '../figures.js';
import { expectSame, present } from '../scenarioError.js';
import { openPriceFeed, quotePrice } from '../trade/priceFeed.js';
import { crossings, type ExpectedDay, type Standing } from './expectedDays.js';
import { nameOf, type Play } from './play.js';
import { feed, loan } from './terms.js';

/** What the ledger said on the days of the series, by the events of its blocks. */
export interface Story {
  readonly warnings: string[];
  readonly marginCalls: string[];
  readonly disposals: string[];
}

const lineNames = {
  warning: { bps: loan.warningBps, name: 'warning line' },
  margin_call: { bps: loan.marginCallBps, name: 'margin-call line' },
  disposal: { bps: loan.disposalBps, name: 'disposal line' },
} as const;

/** The governor opens the feed: three oracles, of which two make a price. */
export async function openFeed({ stage, names }: Play): Promise<void> {
  await openPriceFeed(stage, names.feed, feed);
}

/** Two of the three oracles, in turn, quote the day's price; both are needed, both agree. */
export async function quoteDay(
  { stage, names }: Play,
  { date, cents: value }: Pick<ExpectedDay, 'date' | 'cents'>,
  round: number,
): Promise<void> {
  await quotePrice(stage, names.feed, { round, value, sourceDay: dayOfDate(date) });
}

/** One day: quotes, a revaluation by the bank, a verified read against the table of days. */
export async function playDay(
  play: Play,
  days: { readonly before: ExpectedDay; readonly day: ExpectedDay },
  round: number,
  story: Story,
): Promise<void> {
  const { stage, names } = play;
  const { before, day } = days;
  await quoteDay(play, day, round);
  const revalued = await revalue(play);
  const price = `${priceText(before.cents)} -> ${priceText(day.cents)} USD/bbl`;
  const change = changeText(before.cents, day.cents);
  stage.tell('data', `price feed ${day.date}: Brent ${price} (${change})`, revalued.height);
  noteCrossings(story, day.date, revalued);
  await expectStanding(play, day.date, day.opening);
  tellLine(play, names.facility, days, revalued.height);
}

/** The bank has its facility valued at the newest price. */
export function revalue({ stage, names }: Play): Promise<Committed> {
  return stage.act('bank-yangtze', command('pledge-facility', 'revalue', { id: names.facility }));
}

/** Reads the facility, verified, and holds it against the table. */
export async function expectStanding(play: Play, when: string, expected: Standing): Promise<void> {
  const { stage, names } = play;
  const { facility } = names;
  const { data } = await stage.read('bank-yangtze', (client) => client.pledges.get(facility));
  const { valuation, state } = present(facility, data);
  const found = present(`the valuation of ${facility}`, valuation);
  expectSame(`${when}: the debt in cents`, found.debtMinor, expected.debtMinor);
  expectSame(`${when}: the value in cents`, found.valueMinor, expected.valueMinor);
  expectSame(`${when}: the loan-to-value ratio in basis points`, found.ltvBps, expected.ltvBps);
  expectSame(`${when}: the line crossed`, found.line, expected.line);
  expectSame(`${when}: the state`, state, expected.state);
}

/** The days of the whole story against the table. */
export function expectStory(story: Story): void {
  expectSame('the days of warnings', story.warnings, crossings.warnings);
  expectSame('the days of margin calls', story.marginCalls, crossings.marginCalls);
  expectSame('the days of the disposal line', story.disposals, crossings.disposals);
}

function noteCrossings(story: Story, date: string, { events }: Committed): void {
  for (const { type, data } of events) {
    if (type === 'margin_call.issued') story.marginCalls.push(date);
    if (type !== 'line.crossed') continue;
    if (data.to === 'warning') story.warnings.push(date);
    if (data.to === 'disposal') story.disposals.push(date);
  }
}

function tellLine(
  play: Play,
  facility: string,
  { before, day }: { readonly before: ExpectedDay; readonly day: ExpectedDay },
  height: number,
): void {
  const { line, ltvBps, state } = day.opening;
  const former = before.closing ?? before.opening;
  if (line === former.line) return;
  const { stage } = play;
  const ltv = `${facility}: LTV ${percentText(ltvBps)}`;
  if (line === 'none') {
    stage.tell(
      'data',
      `${ltv} is under its ${percentText(loan.warningBps)} warning line again`,
      height,
    );
    return;
  }
  const { bps, name } = lineNames[line];
  stage.tell('alert', `${ltv} is above its ${bps / 100} % ${name}`, height);
  if (state !== 'MARGIN_CALL' || former.state === 'MARGIN_CALL') return;
  stage.tell('alert', `${nameOf(play, 'bank-yangtze')} calls for margin on ${facility}`, height);
}

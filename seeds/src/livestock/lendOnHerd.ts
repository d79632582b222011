import { command } from '@triflow/sdk';
import { dayOfTime } from '../calendar.js';
import { moneyText, percentText } from '../figures.js';
import { expectSame, present } from '../scenarioError.js';
import { openPriceFeed, quotePrice } from '../trade/priceFeed.js';
import { cny } from '../trade/sellGoods.js';
import {
  BANK,
  FARM,
  facilityOf,
  type LivestockPlay,
  nameOf,
  paperOf,
  tellRefusal,
} from './livestockPlay.js';
import { CENTS_A_KILOGRAM, curve, feed, HEAD_VALUE_MINOR, HEADS, loan, SPECIES } from './terms.js';

const HOUR_MS = 3_600_000;
const REGISTERED_DAYS = 1_000;
const RIVAL = 'bank-bohai';

/** A price by the kilogram, the bank's weights by age, and the agreement over the animals. */
export async function agreeFacility(play: LivestockPlay): Promise<void> {
  const { stage, names } = play;
  const { facility, animals } = names;
  await openPriceFeed(stage, names.feed, feed);
  await quotePrice(stage, names.feed, { round: 1, value: CENTS_A_KILOGRAM });
  const { unit, scale, points } = curve;
  const weights = { species: SPECIES, unit, scale, points: [...points], feed: names.feed };
  await stage.act(
    BANK,
    command('livestock', 'set_curve', { ...weights, haircutBps: curve.haircutBps }),
  );
  const apply = command('pledge-facility', 'apply', {
    id: facility,
    lender: stage.cast.actor(BANK).id,
    kind: 'static',
    limit: cny(loan.limitMinor),
    initialLtvBps: loan.initialLtvBps,
    warningBps: loan.warningBps,
    marginCallBps: loan.marginCallBps,
    disposalBps: loan.disposalBps,
    cureToBps: loan.cureToBps,
    cureMs: loan.cureHours * HOUR_MS,
    maturity: dayOfTime(stage.nowMs()) + loan.days,
    rateBps: loan.rateBps,
    dayCount: 360,
    privateSaleAgreed: true,
    defaultEvents: [],
    items: animals.map(({ id: asset }) => ({
      asset,
      feed: names.feed,
      haircutBps: curve.haircutBps,
      verifiedWithinMs: 30 * 24 * HOUR_MS,
      insuranceRequired: true,
    })),
    titlePassesOnDefault: false,
    stocktakeRequired: true,
    devicesRequired: false,
  });
  await stage.agree([FARM, BANK], apply);
  const agreement = command('pledge-facility', 'sign_agreement', {
    id: facility,
    expectedVersion: 1,
    supervisor: stage.cast.actor('supervisor').id,
    engagedBy: stage.cast.actor(BANK).id,
    agreement: paperOf(play, `agreement ${facility}`),
  });
  await stage.agree([BANK, FARM, 'supervisor'], agreement);
  stage.tell('data', `${nameOf(play, BANK)} and ${nameOf(play, FARM)} agreed ${facility}`);
}

/** Only its farm may read an animal's record: it shows them to the bank while the loan runs. */
export async function showHerd({ stage, names }: LivestockPlay): Promise<void> {
  const reader = stage.cast.actor(BANK).id;
  const until = stage.nowMs() + loan.days * 24 * HOUR_MS;
  const objects = [names.pen, ...names.animals.map(({ id }) => id)];
  await stage.act(
    FARM,
    objects.map((object) => command('party-registry', 'grant_view', { object, reader, until })),
  );
}

/**
 * The farm mortgages its herd and keeps it (394): never for the bank to own on default (401), and
 * never to a second bank. The register's number makes it good against others (403).
 */
export async function mortgageHerd(play: LivestockPlay): Promise<void> {
  const { stage, names } = play;
  const forfeiture = mortgageCommand(play, BANK, true);
  const never = await stage.refused(FARM, forfeiture, 'forfeiture_clause_forbidden');
  tellRefusal(play, 'the herd does not pass to the bank on default (禁止流抵)', never);
  await stage.agree([FARM, BANK], mortgageCommand(play, BANK));
  const again = mortgageCommand(play, RIVAL);
  const refusal = await stage.refused(FARM, again, 'asset_already_encumbered');
  tellRefusal(play, `the same herd is not mortgaged to ${nameOf(play, RIVAL)}`, refusal);
  const registeredAt = stage.nowMs();
  const publicity = {
    kind: 'registration' as const,
    registrationNo: `HX-${names.code}`,
    registeredAt,
    registryValidTo: dayOfTime(registeredAt) + REGISTERED_DAYS,
  };
  await stage.act(
    'registry',
    names.animals.map(({ lien: id }) => command('lien', 'record_publicity', { id, publicity })),
  );
  const told = `${HEADS} mortgages (活体抵押) as HX-${names.code}`;
  stage.tell('data', `${nameOf(play, 'registry')} recorded ${told}`);
}

/** The supervisor counts the pen, by its own reader, and attests: the facility stands. */
export async function takeEffect(play: LivestockPlay): Promise<void> {
  const { stage, names } = play;
  const { pen, facility: id } = names;
  const evidence = paperOf(play, `RFID count of ${pen}`);
  const count = { pen, heads: HEADS, method: 'rfid' as const, evidence };
  await stage.act('supervisor', [
    command('livestock', 'record_count', count),
    command('pledge-facility', 'attest_control', { id, evidence }),
  ]);
  await expectValue(play, HEADS, 'ESTABLISHED');
  const told = `${nameOf(play, 'supervisor')} counted ${HEADS} heads in ${pen}`;
  stage.tell('goods', `${told}: ${id} takes effect`);
}

/** No money goes out now. */
export async function tryToDraw(play: LivestockPlay, code: string): Promise<void> {
  const { stage } = play;
  const drawing = await drawCommand(play, loan.triedMinor);
  const refusal = await stage.refused(FARM, drawing, code);
  tellRefusal(play, `${nameOf(play, FARM)} may not draw`, refusal);
}

/** The farm draws, the bank agrees. */
export async function drawLoan(play: LivestockPlay): Promise<void> {
  const { stage, names } = play;
  await stage.agree([FARM, BANK], await drawCommand(play, loan.drawnMinor));
  await expectDebt(play, loan.drawnMinor);
  const lent = `${nameOf(play, BANK)} lent ${moneyText(loan.drawnMinor, 'CNY')}`;
  stage.tell('money', `${lent}, ${names.facility} over ${HEADS} head of cattle`);
}

/** The bank has its facility valued: so many heads count, each by weight, price and haircut. */
export async function expectValue(
  play: LivestockPlay,
  heads: number,
  expectedState: string,
): Promise<void> {
  const { stage, names } = play;
  await stage.act(BANK, command('pledge-facility', 'revalue', { id: names.facility }));
  const { valuation, state } = await facilityOf(play);
  const found = present(`the valuation of ${names.facility}`, valuation);
  const expected = HEAD_VALUE_MINOR * BigInt(heads);
  expectSame(`the value of ${heads} heads in fen`, found.valueMinor, expected);
  expectSame(`the state of ${names.facility}`, state, expectedState);
  const ltv = found.ltvBps === undefined ? '' : `, LTV ${percentText(found.ltvBps)}`;
  const worth = `${heads} heads count, ${moneyText(expected, 'CNY')}${ltv}`;
  const kind = state === 'MARGIN_CALL' ? 'alert' : 'data';
  stage.tell(kind, `${names.facility}: ${worth}, ${state}`);
}

/** What is owed, as the bank reads it. */
export async function expectDebt(play: LivestockPlay, minor: bigint): Promise<void> {
  const { debt } = await facilityOf(play);
  expectSame(`the debt of ${play.names.facility} in fen`, debt.principalMinor, minor);
}

async function drawCommand(play: LivestockPlay, minor: bigint) {
  const { id, version: expectedVersion } = await facilityOf(play);
  return command('pledge-facility', 'draw', { id, expectedVersion, amount: cny(minor) });
}

function mortgageCommand({ stage, names }: LivestockPlay, lender: string, forfeits = false) {
  const isRival = lender === RIVAL;
  return command('livestock', 'mortgage', {
    animals: names.animals.map(({ id, lien }) => ({ id, lien: isRival ? `${lien}-b` : lien })),
    lender: stage.cast.actor(lender).id,
    debtRef: isRival ? names.rivalFacility : names.facility,
    securedMax: cny(loan.limitMinor),
    ordinarySalesPerDay: loan.ordinarySalesPerDay,
    titlePassesOnDefault: forfeits,
  });
}

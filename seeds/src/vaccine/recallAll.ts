import { command } from '@triflow/sdk';
import { askNode, listOf, membersOf } from '../ask.js';
import { expectSame, present } from '../scenarioError.js';
import type { UnitName } from './names.js';
import { OTHER_PACKS, PACKS_PER_CASE } from './terms.js';
import {
  nameOf,
  paperOf,
  subjectOf,
  tellRefusal,
  unitOf,
  type VaccinePlay,
} from './vaccinePlay.js';

const CLINIC = 'clinic';

/** The clinic opens its case and gives the first pack; the same pack is never given again. */
export async function dispenseOnce(play: VaccinePlay): Promise<void> {
  const { stage, names } = play;
  const [pack] = packsOfFirstCase(play);
  const given = present('a pack', pack);
  await unpackCase(play);
  await stage.act(CLINIC, await dispensing(play, given));
  stage.tell('goods', `${nameOf(play, CLINIC)} gave ${given.id} of ${names.lot} (接种)`);
  const again = await dispensing(play, given);
  const refusal = await stage.refused(CLINIC, again, 'unit_already_dispensed');
  tellRefusal(play, `${given.id} is not given twice`, refusal);
}

/** What a recall has reached, packs by state. */
export interface Reach {
  readonly lots: number;
  readonly dispensed: number;
  readonly destroyed: number;
  readonly recalled: number;
}

/**
 * The regulator recalls the bulk: one mark, and every lot made of it, every unit of these lots
 * wherever it is, is stopped; the doses given are listed (V 46, 73).
 */
export async function recallAll(play: VaccinePlay): Promise<Reach> {
  const { stage, names } = play;
  const evidence = paperOf(play, 'sterility finding');
  const recall = { id: names.bulk, reason: 'sterility of the bulk in doubt', evidence };
  await stage.act('regulator', command('trace', 'recall', recall));
  stage.tell('alert', `${nameOf(play, 'regulator')} recalls ${names.bulk}: sterility in doubt`);
  await expectStopped(play);
  const reach = await readReach(play);
  const at = `${reach.recalled} packs stopped, ${reach.dispensed} given, ${reach.destroyed} destroyed`;
  stage.tell('data', `the recall reaches ${reach.lots} lots: ${at}`);
  return reach;
}

async function unpackCase(play: VaccinePlay): Promise<void> {
  const { stage, names } = play;
  const parent = present('the first case', names.cases[0]).id;
  const { version: expectedVersion } = await unitOf(play, CLINIC, parent);
  const children = packsOfFirstCase(play).map(({ id }) => id);
  await stage.act(CLINIC, command('trace', 'unpack', { parent, expectedVersion, children }));
}

/** At the clinic, and at the maker in a lot of which nothing ever left. */
async function expectStopped(play: VaccinePlay): Promise<void> {
  const { stage, names } = play;
  const second = present('a second pack', packsOfFirstCase(play)[1]);
  const giving = await dispensing(play, second);
  const refusal = await stage.refused(CLINIC, giving, 'lot_is_recalled');
  tellRefusal(play, `${second.id} is not given any more`, refusal);
  const other = present('a pack of the other lot', names.otherPacks[0]);
  const to = stage.cast.actor('cdc-1').id;
  const shipping = command('trace', 'ship', { ...(await subjectOf(play, 'mah', other.id)), to });
  const held = await stage.refused('mah', shipping, 'lot_is_recalled');
  tellRefusal(play, `${other.id}, of ${names.otherLot}, does not leave its maker`, held);
}

async function readReach(play: VaccinePlay): Promise<Reach> {
  const { stage, names } = play;
  const { bulk, lot, otherLot } = names;
  const impact = await askNode(stage, 'regulator', 'trace.recallImpact', { lot: bulk });
  expectSame('whether the impact is complete', impact.complete, true);
  const lots = listOf('the lots', impact.lots);
  const reached = lots.map((one) => String(one.lot)).sort();
  expectSame('the lots reached', reached, [bulk, lot, otherLot].sort());
  const packsIn = (state: string): number => {
    const heaps = lots.map((one) => membersOf('states', one.byState)[state]);
    return heaps.reduce<number>((sum, heap) => {
      return sum + (heap === undefined ? 0 : Number(membersOf(state, heap).packs));
    }, 0);
  };
  const all = names.packs.flat().length + OTHER_PACKS;
  const reach = {
    lots: lots.length,
    dispensed: packsIn('DISPENSED'),
    destroyed: packsIn('DESTROYED'),
    recalled: packsIn('RECALLED'),
  };
  expectSame('packs given', reach.dispensed, 1);
  expectSame('packs destroyed', reach.destroyed, PACKS_PER_CASE);
  expectSame('packs stopped', reach.recalled, all - 1 - PACKS_PER_CASE);
  const given = await askNode(stage, 'regulator', 'trace.recallImpact', { lot });
  const doses = listOf('doses given', membersOf('dispensed', given.dispensed).items);
  expectSame(
    'doses given',
    doses.map(({ id }) => String(id)),
    [packsOfFirstCase(play)[0]?.id],
  );
  return reach;
}

function packsOfFirstCase({ names }: VaccinePlay): readonly UnitName[] {
  return present('the first case', names.packs[0]);
}

async function dispensing(play: VaccinePlay, { id }: UnitName) {
  return command('trace', 'dispense', await subjectOf(play, CLINIC, id));
}

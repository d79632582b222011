import {
  act,
  livestockWorld,
  must,
  muzzleOf,
  PEN,
  paper,
  penned,
  register,
  tagOf,
} from '@triflow/contracts/testkit/animals';
import { describe, expect, it } from 'vitest';

/** Domain section 4, "livestock swap": no dead or uninsured animal under a good tag. */
describe('a livestock swap', () => {
  it('the tag of a dead animal never serves another: tag_is_retired', () => {
    const world = livestockWorld();
    penned(world, 'an_1');
    const death = { tag: tagOf('an_1'), photo: paper, inspection: paper };
    must(act(world, ['farm', 'insurer'], 'report_death', 'an_1', death));
    must(register(world, 'an_2', { insurance: undefined }));
    const bind = { tag: tagOf('an_1'), vet: world.id('vet') };
    expect(act(world, ['farm'], 'bind_tag', 'an_2', bind).code).toBe('tag_is_retired');
  });

  it('one animal is not registered twice, nor a dead one again: animal_already_registered', () => {
    const world = livestockWorld();
    penned(world, 'an_1');
    const same = { biometricHash: muzzleOf('an_1') };
    expect(register(world, 'an_2', same).code).toBe('animal_already_registered');
    expect(register(world, 'an_2', same, 'farm2').code).toBe('animal_already_registered');
    const death = { tag: tagOf('an_1'), photo: paper, inspection: paper };
    must(act(world, ['farm', 'insurer'], 'report_death', 'an_1', death));
    expect(register(world, 'an_2', same).code).toBe('animal_already_registered');
  });

  it('a death with the tag of another, or without evidence: death_evidence_missing', () => {
    const world = livestockWorld();
    penned(world, 'an_1');
    penned(world, 'an_2');
    const death = { tag: tagOf('an_2'), photo: paper, inspection: paper };
    expect(act(world, ['farm'], 'report_death', 'an_1', death).code).toBe('death_evidence_missing');
    expect(act(world, ['farm'], 'report_death', 'an_1', { tag: tagOf('an_1') }).code).toBe(
      'death_evidence_missing',
    );
  });

  it('an animal that is short by count costs its pen a haircut until others count right', () => {
    const world = livestockWorld();
    penned(world, 'an_1');
    penned(world, 'an_2');
    const count = { pen: PEN, heads: 1, method: 'video', evidence: paper };
    const counted = must(world.submit('lender', 'livestock', 'record_count', count));
    const pen = counted.events.find((event) => event.type === 'pen.counted');
    expect(pen?.data).toMatchObject({ haircutBps: 5_000 });
  });
});

import { join } from 'node:path';
import { DamageLab, type Outcome } from './damageLab.js';
import {
  type DamageKind,
  damageKinds,
  type LoggedType,
  loggedTypes,
  type StoredType,
  storedTypes,
} from './damages.js';

export interface DamageCase {
  readonly type: StoredType | LoggedType;
  readonly kind: DamageKind;
  readonly when: 'at rest' | 'running';
}

/** Every record type with every kind of damage; a log is only read at a start. */
export function allCases(): DamageCase[] {
  const stored = storedTypes.flatMap((type) => {
    return (['at rest', 'running'] as const).flatMap((when) => {
      return damageKinds.map((kind) => ({ type, kind, when }));
    });
  });
  const logged = loggedTypes.flatMap((type) => {
    return damageKinds.map((kind) => ({ type, kind, when: 'at rest' as const }));
  });
  return [...stored, ...logged];
}

/** Sees cases of one type through, one after another; gives what went wrong in each. */
export async function runDamage(
  dir: string,
  cases: readonly DamageCase[],
  onCase: (one: DamageCase, outcome: Outcome) => void = () => undefined,
): Promise<string[]> {
  const [first] = cases;
  if (first === undefined) return [];
  const lab = await DamageLab.create(join(dir, first.type));
  const wrongs: string[] = [];
  for (const one of cases) {
    const { type, kind, when } = one;
    const outcome =
      type === 'log' || type === 'slot'
        ? await lab.log(type, kind)
        : await lab.store(type, kind, when);
    onCase(one, outcome);
    const wrong = [...lab.failures(), ...wrongsOf(outcome)];
    wrongs.push(...wrong.map((what) => `${type}, ${kind}, ${when}: ${what}`));
    if (lab.failures().length > 0) break;
  }
  await lab.close();
  return wrongs;
}

/** Mended means that the doctor finds nothing; refused, that the command is named. */
export function wrongsOf({ refused, findings }: Outcome): string[] {
  if (refused !== undefined) return /triflow \w+/.test(refused) ? [] : [refused];
  return findings.map(({ what }) => what);
}

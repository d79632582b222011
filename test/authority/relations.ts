import { allContracts } from '@triflow/contracts';
import {
  type CborMap,
  type CborValue,
  decodeCanonical,
  isCborMap,
  isKeyPart,
  stateKey,
  validatorSetsTable,
} from '@triflow/protocol';

/** From what a command names, to what that names, to what that names. */
const STEPS_MAX = 3;
const ID = /^[a-z]{2}_[a-z0-9-]+$/;
const VALIDATORS = stateKey(validatorSetsTable, ['all']);

const tables = allContracts.flatMap((contract) =>
  contract.tables.map((table) => ({ contract: contract.name, name: table.name })),
);

type Before = (key: string) => Uint8Array | undefined;

/**
 * What each party is to the objects that a command names: `param.lender`, `receipt.holder`,
 * `lot.warehouse`. Of each field only the records nearest to the command count.
 */
export function relationsOf(params: CborMap, before: Before): Map<string, Set<string>> {
  const relations = new Map<string, Set<string>>();
  const nearest = (text: string, path: string) => {
    if (!met.has(path)) relations.set(text, (relations.get(text) ?? new Set()).add(path));
    here.add(path);
  };
  const met = new Set<string>();
  let here = new Set<string>();
  collect(recordOf(before, VALIDATORS), 'node', (text) => nearest(text, 'node'));
  collect(params, 'param', nearest);
  let ids = [...relations.keys(), ...numbered(params)].filter(isKey);
  const seen = new Set<string>();
  for (let step = 0; step < STEPS_MAX; step += 1) {
    here = new Set();
    ids = ids
      .filter((id) => !seen.has(id))
      .flatMap((id) => {
        seen.add(id);
        return tables.flatMap(({ contract, name }) =>
          collect(recordOf(before, `${contract}/${name}/${id}`), name, nearest),
        );
      });
    for (const path of here) met.add(path);
  }
  return relations;
}

/** A record of the state as plain values. */
export function recordOf(before: Before, key: string): CborMap | undefined {
  const bytes = before(key);
  if (bytes === undefined) return undefined;
  const decoded = decodeCanonical(bytes);
  return decoded.ok && isCborMap(decoded.value) ? decoded.value : undefined;
}

/** Notes every text of a value with its path, and gives back those that name an object. */
function collect(
  value: CborValue | undefined,
  path: string,
  note: (text: string, path: string) => void,
): string[] {
  if (typeof value === 'string') {
    note(value, path);
    return ID.test(value) ? [value] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item) => collect(item, path, note));
  if (!isCborMap(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => collect(item, `${path}.${name}`, note));
}

/** Of what stands under an object's number: a count of a lot, a report on a unit. */
function numbered(params: CborMap): string[] {
  const numbers = Object.values(params).filter((value) => typeof value === 'number');
  const ids = Object.values(params).filter((value) => typeof value === 'string' && ID.test(value));
  return ids.flatMap((id) =>
    numbers.flatMap((number) => [`${id}/${number}`, `${id}/${String(number).padStart(10, '0')}`]),
  );
}

function isKey(text: string): boolean {
  return text.split('/').every(isKeyPart);
}

import type { Executed } from '@triflow/contracts/testkit';
import { type CborMap, decodeCanonical, isCborMap } from '@triflow/protocol';
import { recordOf, relationsOf } from './relations.js';
import { ownRefusals, signers } from './signers.js';

const REFUSALS = [
  'party_not_active',
  'signer_lacks_role',
  'signer_not_party_to_object',
  'not_your_turn_to_sign',
];
const PARTY = 'party-registry/party';

/** The command that a transaction is about, as its opener sent it, and where it stands. */
interface Asked {
  readonly command: string;
  readonly params: CborMap;
  /** Who has signed and has to sign; none while it is being opened. */
  readonly signed: readonly string[];
  readonly remaining: readonly string[];
  readonly step: string;
}

type Labels = (party: string) => ReadonlySet<string>;

interface Place {
  readonly labels: readonly string[];
  readonly optional: boolean;
  /** Asked by a rule and not only by somebody being there. */
  readonly byRule: boolean;
  readonly several: boolean;
}

/**
 * What an accepted command shows about signers, as lines: `sent`, `refused` and `unrelated` with
 * the command, and `problem` with a sentence. It is sent again under every other party's signature
 * on the same state.
 */
export function judgeSigners(executed: Executed): string[] {
  const { steps, outcome, signer, parties } = executed;
  const [step] = steps;
  if (outcome.number !== 0 || step === undefined || steps.length > 1) return [];
  const asked = askedOf(executed);
  const row = signers[asked.command.split('.')[0] ?? '']?.[asked.command.split('.')[1] ?? ''];
  if (row === undefined) return [];
  const labels = labelsOf(executed, asked);
  const entitled = (party: string) => isEntitled(row, asked, labels, party);
  const about = aboutOf(executed);
  const lines = [`sent ${about}`, ...chainProblems(row, asked, labels, parties)];
  if (!entitled(signer)) lines.push(problem(about, `${signer} signed and stands not in the list`));
  for (const other of parties) {
    if (other === signer) continue;
    const { outcome: answer, wrote } = executed.signedBy(other);
    const { code } = answer;
    if (entitled(other)) {
      if (code === 'success') lines.push(`unrelated ${about}`);
      continue;
    }
    const expected = REFUSALS.includes(code) || ownRefusals[asked.command] === code;
    if (expected && !wrote) lines.push(`refused ${about}`);
    else lines.push(problem(about, `${other}, ${[...labels(other)]}, got ${code}`));
  }
  return lines;
}

/** The command, and which of its signatures a transaction is. */
export function aboutOf(executed: Executed): string {
  const { command, step } = askedOf(executed);
  return `${command}${step}`;
}

function problem(about: string, sentence: string): string {
  return `problem ${about}: ${sentence}`;
}

function askedOf({ steps, before }: Executed): Asked {
  const [step] = steps;
  const { contract = '', name = '', params = {} } = step ?? {};
  const pending = recordOf(before, `${contract}/pending/${params.id}/${params.pendingId}`);
  if (pending === undefined || !('pendingId' in params)) {
    return { command: `${contract}.${name}`, params, signed: [], remaining: [], step: '' };
  }
  const opened = pending.params instanceof Uint8Array ? decodeCanonical(pending.params) : undefined;
  const signed = textsOf(pending.signed);
  return {
    command: `${contract}.${String(pending.command)}`,
    params: opened?.ok === true && isCborMap(opened.value) ? opened.value : {},
    signed,
    remaining: textsOf(pending.remaining),
    step: name === 'countersign' ? ` signature ${signed.length + 1}` : ` ${name}`,
  };
}

/** Roles, and what a party is to the objects of the command. */
function labelsOf({ before }: Executed, { params }: Asked): Labels {
  const relations = relationsOf(params, before);
  return (party) => {
    const roles = textsOf(recordOf(before, `${PARTY}/${party}`)?.roles);
    return new Set(['anyone', ...roles, ...(relations.get(party) ?? [])]);
  };
}

function isEntitled(row: string, asked: Asked, labels: Labels, party: string): boolean {
  if (asked.step === '') return fits(placesOf(row)[0], labels(party));
  if (asked.step === ' expire_pending') return true;
  if (asked.step === ' reject') return [...asked.signed, ...asked.remaining].includes(party);
  return asked.remaining[0] === party;
}

/** Whether those who have to sign are those of the row, in its order and with none left out. */
function chainProblems(
  row: string,
  asked: Asked,
  labels: Labels,
  parties: readonly string[],
): string[] {
  if (asked.signed.length !== 1) return [];
  const chain = [...asked.signed, ...asked.remaining];
  let at = 0;
  for (const place of placesOf(row)) {
    const next = chain[at];
    const due = next !== undefined && fits(place, labels(next));
    if (due) at += 1;
    while (place.several && at < chain.length && fits(place, labels(chain[at] ?? ''))) at += 1;
    const others = parties.filter((party) => !chain.slice(0, at).includes(party));
    const there = !place.byRule && others.some((party) => fits(place, labels(party)));
    if (!due && (!place.optional || there)) {
      return [problem(asked.command, `${place.labels} does not sign: ${chain}`)];
    }
  }
  return at === chain.length ? [] : [problem(asked.command, `${chain} sign, not ${row}`)];
}

function placesOf(row: string): Place[] {
  return row.split(' > ').map((text) => ({
    labels: text.split(', ').map((label) => label.replace(/[*?~]+$/, '')),
    optional: /[?~]$/.test(text),
    byRule: text.endsWith('~'),
    several: text.includes('*'),
  }));
}

function fits(place: Place | undefined, labels: ReadonlySet<string>): boolean {
  return place?.labels.some((label) => labels.has(label)) ?? false;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

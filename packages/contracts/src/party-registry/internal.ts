import {
  commonStatus,
  compareText,
  type Day,
  hexFromBytes,
  type PartyId,
  type ReadContext,
  type Status,
  stateKey,
} from '@triflow/protocol';
import type { Role } from '../roles.js';
import type { Signer } from '../signer.js';
import { affiliations, governors, keyOwners, parties, partyKeys } from './keys.js';
import type { Licence, Party } from './schema.js';
import { status } from './statusCodes.js';

export type { Party } from './schema.js';

export const AFFILIATION_STEPS_MAX = 8;
export const AFFILIATION_NODES_MAX = 256;

/** The record of a party, or undefined. */
export function findParty(context: Pick<ReadContext, 'get'>, party: PartyId): Party | undefined {
  return context.get(parties, party);
}

/** The state key of a party's public record: whoever may read it may read what is said of it. */
export function partyRecordKey(party: PartyId): string {
  return stateKey(parties, [party]);
}

/**
 * Kinds of licence that a party had and no longer has: each was recorded, and none recorded of the
 * kind is in force. In the order of their names.
 */
export function lapsedLicences({ licences }: Pick<Party, 'licences'>, day: Day): readonly string[] {
  const kinds = [...new Set(licences.map(({ kind }) => kind))].sort(compareText);
  return kinds.filter((kind) => !licences.some((one) => inForce(one, kind, day)));
}

/** Whether a party is registered and not suspended. */
export function isActive(context: ReadContext, party: PartyId): boolean {
  return findParty(context, party)?.state === 'ACTIVE';
}

/** Whether an active party has a role. */
export function hasRole(context: ReadContext, party: PartyId, role: Role): boolean {
  const record = findParty(context, party);
  return record?.state === 'ACTIVE' && record.roles.includes(role);
}

/**
 * Why a party may not sign: it is not ACTIVE, has no business role, or lacks the ones asked for.
 * Undefined when it may. PLATFORM alone never suffices (domain section 1).
 */
export function signerProblem(
  context: Pick<ReadContext, 'get'>,
  party: PartyId,
  who: Signer,
): Status | undefined {
  const record = findParty(context, party);
  if (record === undefined || record.state !== 'ACTIVE') return commonStatus('party_not_active');
  const business = record.roles.filter((role) => role !== 'PLATFORM');
  const fits =
    who === 'anyone' || who === 'verified'
      ? business.length > 0
      : business.some((role) => who.includes(role));
  return fits ? undefined : commonStatus('signer_lacks_role');
}

/** Digest of the person who holds the key that signs; undefined where the key says none. */
export function signingPerson(
  context: Pick<ReadContext, 'get' | 'sender' | 'keyId'>,
): string | undefined {
  return context.get(partyKeys, context.sender, context.keyId)?.personRef;
}

/** The parties whose votes decide, in the order in which they came. */
export function activeGovernors(context: Pick<ReadContext, 'get'>): readonly PartyId[] {
  return context.get(governors, 'all')?.active ?? [];
}

/** Whether the sender is the party itself or acts as a GOVERNOR. */
export function isPartyOrGovernor(context: ReadContext, party: PartyId): boolean {
  return context.sender === party || hasRole(context, context.sender, 'GOVERNOR');
}

/**
 * Why a public key cannot be registered: not canonical, of small order or not torsion-free
 * (`key_is_invalid`), or some party's already, in force or not (`key_already_registered`, P1).
 */
export function publicKeyProblem(
  context: ReadContext,
  publicKey: Uint8Array,
  suite = 'ed25519',
): Status | undefined {
  if (!context.isValidKey(suite, publicKey)) return status('key_is_invalid');
  const owner = context.get(keyOwners, hexFromBytes(publicKey));
  return owner === undefined ? undefined : status('key_already_registered');
}

/**
 * Whether a party holds the licence that a role needs: the parameter `licensedRoles` lists
 * `ROLE:licence_kind`, separated by commas.
 */
export function hasLicenceFor(
  context: ReadContext,
  role: Role,
  licences: readonly Licence[],
): boolean {
  const needed = context
    .parameter<string>('licensedRoles')
    .split(',')
    .find((entry) => entry.startsWith(`${role}:`))
    ?.slice(role.length + 1);
  return needed === undefined || licences.some((one) => inForce(one, needed, context.day));
}

function inForce(licence: Licence, kind: string, day: Day): boolean {
  return licence.kind === kind && licence.validTo >= day;
}

/** The parties to which a party has a declared relation of its own. */
export function declaredAffiliates(context: ReadContext, party: PartyId): readonly PartyId[] {
  return (context.get(affiliations, party)?.others ?? []).map(({ other }) => other);
}

export type AffiliationAnswer = 'affiliated' | 'not_affiliated' | 'search_incomplete';

/** Whether a chain of declared relations joins two parties (P3), within the bounds of R14. */
export function areAffiliated(
  context: Pick<ReadContext, 'get'>,
  a: PartyId,
  b: PartyId,
): AffiliationAnswer {
  if (a === b) return 'affiliated';
  const seen = new Set<PartyId>([a]);
  let frontier: PartyId[] = [a];
  for (let step = 0; step < AFFILIATION_STEPS_MAX && frontier.length > 0; step += 1) {
    const next: PartyId[] = [];
    for (const party of frontier) {
      for (const { other } of context.get(affiliations, party)?.others ?? []) {
        if (other === b) return 'affiliated';
        if (seen.has(other)) continue;
        if (seen.size >= AFFILIATION_NODES_MAX) return 'search_incomplete';
        seen.add(other);
        next.push(other);
      }
    }
    frontier = next;
  }
  return frontier.length > 0 ? 'search_incomplete' : 'not_affiliated';
}

import {
  bytesFromHash,
  type CborValue,
  certificateFields,
  certificateFromFields,
  decodeCanonical,
  defined,
  echoFields,
  echoFromFields,
  encodeCanonical,
  equalBytes,
  failure,
  type Hash,
  hashFromBytes,
  isValidatorId,
  limits,
  proposalFields,
  proposalFromFields,
  type Result,
  success,
  type ValidatorId,
  voteFields,
  voteFromFields,
} from '@triflow/protocol';
import type {
  Input,
  Mode,
  Quarantine,
  SignSlot,
  SlotType,
  StartHeight,
  TimerName,
} from './input.js';

/** What the log keeps of a startHeight; the rest follows from the committed state. */
export type LoggedStart = Pick<
  StartHeight,
  'at' | 'height' | 'mode' | 'confirmed' | 'catchingUp' | 'quarantine' | 'heads'
>;

/** An input as read back from the log. */
export type LoggedInput = Exclude<Input, StartHeight> | ({ kind: 'startHeight' } & LoggedStart);

type Fields = readonly CborValue[];

const KINDS = [
  'startHeight',
  'work',
  'blockBuilt',
  'nothingToBuild',
  'proposal',
  'vote',
  'certificate',
  'verdict',
  'signed',
  'synced',
  'peerStatus',
  'timer',
  'restarted',
] as const;
const MODES: readonly Mode[] = ['following', 'voting', 'quarantined', 'halted'];
const SLOT_TYPES: readonly SlotType[] = ['proposal', 'prevote', 'precommit'];
const TIMERS: readonly TimerName[] = [
  'newHeight',
  'heartbeat',
  'propose',
  'prevote',
  'precommit',
  'rebroadcast',
];

/** Canonical bytes of an input, as the log keeps it: replay and simulation are one path. */
export function encodeInput(input: Input | LoggedInput): Uint8Array {
  return encodeCanonical([KINDS.indexOf(input.kind), input.at, ...inputFields(input)]);
}

/** Reads a logged input; `input_malformed` when the bytes are of something else. */
export function decodeInput(bytes: Uint8Array): Result<LoggedInput> {
  const decoded = decodeCanonical(bytes);
  if (!decoded.ok) return decoded;
  const [code, at, ...rest] = Array.isArray(decoded.value) ? (decoded.value as Fields) : [];
  const kind = typeof code === 'number' ? KINDS[code] : undefined;
  if (kind === undefined || typeof at !== 'number') return malformed();
  const input = inputFromFields(kind, at, rest);
  // One input, one record: no field more than it has.
  const isExact = input !== undefined && equalBytes(encodeInput(input), bytes);
  return isExact ? success(input) : malformed();
}

/** Canonical bytes of a sign slot record. */
export function encodeSlot(slot: SignSlot): Uint8Array {
  return encodeCanonical(slotFields(slot));
}

/** Reads a sign slot record. */
export function decodeSlot(bytes: Uint8Array): Result<SignSlot> {
  const decoded = decodeCanonical(bytes);
  if (!decoded.ok) return decoded;
  const slot = slotFromFields(decoded.value);
  return slot === undefined ? malformed() : success(slot);
}

/** The fields of a quarantine, for any record that carries it. */
export function quarantineFields(quarantine: Quarantine | null): CborValue {
  if (quarantine === null) return null;
  const { until, vouched } = quarantine;
  return [until, vouched === null ? null : [...vouched]];
}

/** Reads them; undefined when they are something else. */
export function quarantineFromFields(value: CborValue | undefined): Quarantine | null | undefined {
  if (value === null) return null;
  const [until, list, ...others] = Array.isArray(value) ? (value as Fields) : [];
  const vouched = vouchedFromFields(list);
  if (others.length > 0 || vouched === undefined) return undefined;
  return until === null || typeof until === 'number' ? { until, vouched } : undefined;
}

function vouchedFromFields(value: CborValue | undefined): Quarantine['vouched'] | undefined {
  if (value === null) return null;
  if (!Array.isArray(value) || value.length > limits.validatorsMax) return undefined;
  const ids = (value as Fields).filter((id): id is ValidatorId => isValidator(id));
  return ids.length === value.length ? ids : undefined;
}

function isValidator(value: CborValue): value is ValidatorId {
  return typeof value === 'string' && isValidatorId(value);
}

function inputFields(input: Input | LoggedInput): CborValue[] {
  switch (input.kind) {
    case 'startHeight':
      return [
        input.height,
        MODES.indexOf(input.mode),
        input.confirmed,
        input.catchingUp,
        quarantineFields(input.quarantine),
        input.heads.map(([index, head]): CborValue => [index, head]),
      ];
    case 'restarted':
      return [input.vouched === null ? null : [...input.vouched]];
    case 'work':
      return [input.height];
    case 'blockBuilt':
      return [input.height, input.round, bytesFromHash(input.valueId), input.timeMs];
    case 'nothingToBuild':
      return [input.height, input.round];
    case 'proposal':
      return [proposalFields(input.proposal)];
    case 'vote':
      return [voteFields(input.vote)];
    case 'certificate':
      return [certificateFields(input.certificate)];
    case 'verdict': {
      const { height, valueId, verdict, timeMs, builder } = input;
      return [height, bytesFromHash(valueId), verdict === 'valid', timeMs, builder];
    }
    case 'signed':
      return [slotFields(input.slot), input.signature];
    case 'synced':
      return [input.height, bytesFromHash(input.valueId), certificateFields(input.certificate)];
    case 'peerStatus':
      return [input.index, input.head, input.echo === null ? null : echoFields(input.echo)];
    case 'timer':
      return [TIMERS.indexOf(input.timer.name), input.timer.height, input.timer.round];
  }
}

function inputFromFields(
  kind: (typeof KINDS)[number],
  at: number,
  fields: Fields,
): LoggedInput | undefined {
  const [first, second, third] = fields;
  switch (kind) {
    case 'startHeight':
      return startFromFields(at, fields);
    case 'restarted': {
      const vouched = vouchedFromFields(first);
      return vouched === undefined ? undefined : { kind, at, vouched };
    }
    case 'work':
      return typeof first === 'number' ? { kind, at, height: first } : undefined;
    case 'nothingToBuild':
      if (typeof first !== 'number' || typeof second !== 'number') return undefined;
      return { kind, at, height: first, round: second };
    case 'blockBuilt':
      return builtFromFields(at, fields);
    case 'proposal': {
      const proposal = proposalFromFields(first);
      return proposal && { kind, at, proposal };
    }
    case 'vote': {
      const vote = voteFromFields(first);
      return vote && { kind, at, vote };
    }
    case 'certificate': {
      const certificate = certificateFromFields(first);
      return certificate && { kind, at, certificate };
    }
    case 'verdict':
      return verdictFromFields(at, fields);
    case 'signed': {
      const slot = slotFromFields(first);
      if (slot === undefined || !(second instanceof Uint8Array)) return undefined;
      return { kind, at, slot, signature: second };
    }
    case 'synced': {
      const certificate = certificateFromFields(third);
      const valueId = asHash(second);
      if (typeof first !== 'number' || valueId === undefined) return undefined;
      return certificate?.kind === 'commit'
        ? { kind, at, height: first, valueId, certificate }
        : undefined;
    }
    case 'peerStatus': {
      const echo = third === null ? null : echoFromFields(third);
      if (typeof first !== 'number' && first !== null) return undefined;
      if (typeof second !== 'number' || echo === undefined) return undefined;
      return { kind, at, index: first, head: second, echo };
    }
    case 'timer': {
      const name = typeof first === 'number' ? TIMERS[first] : undefined;
      if (name === undefined || typeof second !== 'number') return undefined;
      if (typeof third !== 'number') return undefined;
      return { kind, at, timer: { name, height: second, round: third } };
    }
  }
}

function startFromFields(at: number, fields: Fields): LoggedInput | undefined {
  const [height, modeIndex, confirmed, catchingUp, quarantined, list] = fields;
  const mode = typeof modeIndex === 'number' ? MODES[modeIndex] : undefined;
  if (typeof height !== 'number' || mode === undefined) return undefined;
  if (typeof confirmed !== 'boolean' || typeof catchingUp !== 'boolean') return undefined;
  if (!Array.isArray(list)) return undefined;
  const heads: [number, number][] = [];
  for (const item of list as Fields) {
    const [index, head] = Array.isArray(item) ? (item as Fields) : [];
    if (typeof index !== 'number' || typeof head !== 'number') return undefined;
    heads.push([index, head]);
  }
  const quarantine = quarantineFromFields(quarantined);
  if (quarantine === undefined) return undefined;
  return { kind: 'startHeight', at, height, mode, confirmed, catchingUp, quarantine, heads };
}

function builtFromFields(at: number, fields: Fields): LoggedInput | undefined {
  const [height, round, id, timeMs] = fields;
  const valueId = asHash(id);
  if (valueId === undefined || typeof height !== 'number') return undefined;
  if (typeof round !== 'number' || typeof timeMs !== 'number') return undefined;
  return { kind: 'blockBuilt', at, height, round, valueId, timeMs };
}

function verdictFromFields(at: number, fields: Fields): LoggedInput | undefined {
  const [height, id, isValid, timeMs, builder] = fields;
  const valueId = asHash(id);
  if (valueId === undefined || typeof height !== 'number') return undefined;
  if (typeof isValid !== 'boolean' || typeof timeMs !== 'number') return undefined;
  if (typeof builder !== 'string' || !isValidatorId(builder)) return undefined;
  const verdict = isValid ? 'valid' : 'invalid';
  return { kind: 'verdict', at, height, valueId, verdict, timeMs, builder };
}

function slotFields(slot: SignSlot): CborValue[] {
  const { type, height, round, valueId, validRound } = slot;
  const id = valueId === null ? null : bytesFromHash(valueId);
  return [SLOT_TYPES.indexOf(type), height, round, id, validRound];
}

function slotFromFields(value: CborValue | undefined): SignSlot | undefined {
  if (!Array.isArray(value) || value.length !== 5) return undefined;
  const [kind, height, round, id, validRound] = value as Fields;
  const type = typeof kind === 'number' ? SLOT_TYPES[kind] : undefined;
  const valueId = id === null ? null : asHash(id);
  if (type === undefined || valueId === undefined) return undefined;
  if (typeof height !== 'number' || typeof round !== 'number') return undefined;
  if (typeof validRound !== 'number') return undefined;
  return { type, height, round, valueId, validRound };
}

function asHash(value: CborValue | undefined): Hash | undefined {
  return value instanceof Uint8Array ? hashFromBytes(defined(value, 'asHash')) : undefined;
}

function malformed(): ReturnType<typeof failure> {
  return failure('input_malformed', 'not a logged input');
}

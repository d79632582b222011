import type { Rational } from '../decimal.js';
import type { EpcisEvent } from '../document.js';

/** An event with what the ledger adds to it. */
export interface RecordedEvent {
  readonly event: EpcisEvent;
  /** Block time: the EPCIS recordTime. */
  readonly recordTimeMs: number;
  /** `ni:///sha-256;…?ver=CBV2.0`, by which an event without an eventID is asked for. */
  readonly hash: string;
  /** Attributes of what `masterDataIds` names, by canonical identifier and name. */
  readonly masterData?: ReadonlyMap<string, Attributes>;
}

/** Attributes of one element of a vocabulary; names and values in canonical form. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

export type Comparison = 'EQ' | 'GT' | 'GE' | 'LT' | 'LE';

/** EQ holds for any of its values, the others have one. */
export interface NumberTest {
  readonly comparison: Comparison;
  readonly values: readonly Rational[];
}

export interface TimeTest {
  readonly comparison: 'GE' | 'LT';
  readonly timeMs: number;
}

/** Members whose canonical values are compared as text. */
export type ValueField =
  | 'eventType'
  | 'action'
  | 'bizStep'
  | 'disposition'
  | 'persistentDisposition_set'
  | 'persistentDisposition_unset'
  | 'readPoint'
  | 'bizLocation'
  | 'transformationID'
  | 'eventID'
  | 'errorReason'
  | 'correctiveEventID';

export type TimeField = 'eventTime' | 'recordTime' | 'errorDeclarationTime';

/** What is asked of one member of a sensor report, or of its element's metadata. */
export type ReportTest =
  | { readonly kind: 'values'; readonly values: ReadonlySet<string> }
  | { readonly kind: 'time'; readonly test: TimeTest }
  | { readonly kind: 'number'; readonly test: NumberTest; readonly unit: string | undefined };

export type ExtensionPlace =
  | 'event'
  | 'ilmd'
  | 'readPoint'
  | 'bizLocation'
  | 'errorDeclaration'
  | 'sensorElement'
  | 'sensorMetadata'
  | 'sensorReport';

/** An extension member: where it stands, and its name as an IRI or as it is written. */
export interface ExtensionTarget {
  readonly place: ExtensionPlace;
  /** Anywhere inside an extension of that place, not at its top. */
  readonly inner: boolean;
  readonly iri: string | undefined;
  readonly raw: string;
}

export type ExtensionTest =
  | { readonly kind: 'exists' }
  | { readonly kind: 'equal'; readonly values: ReadonlySet<string> }
  | { readonly kind: 'order'; readonly comparison: Comparison; readonly text: string };

/** An EPC, or a pattern for the instances of a class or of a company. */
export type EpcPattern =
  | { readonly kind: 'exact'; readonly link: string }
  | { readonly kind: 'class'; readonly link: string; readonly instances: string }
  | {
      readonly kind: 'company';
      readonly key: string;
      readonly offset: number;
      readonly company: string;
      readonly qualifier: string | undefined;
    };

/** One parameter of a query; its values are ORed, conditions are ANDed. */
export type Condition =
  | { readonly kind: 'values'; readonly field: ValueField; readonly values: ReadonlySet<string> }
  | { readonly kind: 'time'; readonly field: TimeField; readonly test: TimeTest }
  | {
      readonly kind: 'within';
      readonly field: 'readPoint' | 'bizLocation';
      readonly roots: readonly string[];
    }
  | {
      readonly kind: 'epc';
      readonly members: readonly string[];
      readonly patterns: readonly EpcPattern[];
    }
  | {
      readonly kind: 'typed';
      readonly list: TypedList;
      readonly type: string;
      readonly values: ReadonlySet<string>;
    }
  | { readonly kind: 'quantity'; readonly unit: string; readonly test: NumberTest }
  | { readonly kind: 'report'; readonly member: string; readonly test: ReportTest }
  | {
      readonly kind: 'extension';
      readonly target: ExtensionTarget;
      readonly test: ExtensionTest;
    }
  | {
      readonly kind: 'attribute';
      /** A standard field of a vocabulary type, or an extension's name as an IRI. */
      readonly field: string;
      readonly names: ReadonlySet<string>;
      /** Without them it is enough that the attribute is there. */
      readonly values?: ReadonlySet<string>;
    }
  | { readonly kind: 'exists'; readonly member: 'errorDeclaration' | 'sensorElementList' };

export type TypedList = 'bizTransaction' | 'source' | 'destination';

/** A query as it was understood (EPCIS 2.0 section 8.2.7, the SimpleEventQuery). */
export interface EventQuery {
  readonly conditions: readonly Condition[];
  readonly orderBy: 'eventTime' | 'recordTime';
  readonly ascending: boolean;
  /** Only so many of the events in order. */
  readonly eventCountLimit: number | undefined;
  /** More than so many are an error. */
  readonly maxEventCount: number | undefined;
}

/** A unit for quantities that name none: they are counts. */
export const COUNT_UNIT = 'C62';

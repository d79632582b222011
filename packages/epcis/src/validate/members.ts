import {
  anything,
  boolean,
  decimal,
  hexadecimal,
  list,
  looseWord,
  missing,
  type ObjectShape,
  object,
  oneOrMore,
  type Rule,
  text,
  time,
  unitOfMeasure,
  uri,
  word,
  zoneOffset,
} from './rules.js';

const place = object({ members: { id: uri }, required: ['id'], others: 'any' });

const quantityElement = object({
  members: { epcClass: uri, quantity: decimal, uom: unitOfMeasure },
  required: ['epcClass'],
  others: 'none',
});

const bizTransaction = object({
  members: { type: word('transactionType'), bizTransaction: uri },
  required: ['bizTransaction'],
  others: 'none',
});

const errorDeclaration = object({
  members: { declarationTime: time, reason: word('errorReason'), correctiveEventIDs: list(uri) },
  required: ['declarationTime'],
  others: 'prefixed',
});

const sensorMetadata = object({
  members: {
    time,
    startTime: time,
    endTime: time,
    deviceID: uri,
    deviceMetadata: uri,
    rawData: uri,
    dataProcessingMethod: uri,
    bizRules: uri,
  },
  others: 'prefixed',
});

const sensorReport = object(
  {
    members: {
      type: looseWord('sensorType'),
      exception: word('exception'),
      deviceID: uri,
      deviceMetadata: uri,
      rawData: uri,
      dataProcessingMethod: uri,
      bizRules: uri,
      time,
      microorganism: uri,
      chemicalSubstance: uri,
      coordinateReferenceSystem: uri,
      value: decimal,
      component: word('component'),
      stringValue: text,
      booleanValue: boolean,
      hexBinaryValue: hexadecimal,
      uriValue: uri,
      minValue: decimal,
      maxValue: decimal,
      meanValue: decimal,
      sDev: decimal,
      percRank: decimal,
      percValue: decimal,
      uom: text,
    },
    others: 'prefixed',
  },
  (report, path, faults) => {
    if (report.type !== undefined || report.exception !== undefined) return;
    missing(faults, 'member_missing', path, 'type');
  },
);

const sensorElement = object({
  members: { sensorMetadata, sensorReport: list(sensorReport, { filled: true }) },
  required: ['sensorReport'],
  others: 'prefixed',
});

/** Item and lot master data: every member has a prefix. */
export const ilmd: Rule = object({ members: {}, others: 'prefixed' });

/** Identifiers, none of them twice. */
export const uniqueUris: Rule = list(uri, { unique: true });

/** Identifiers. */
export const uris: Rule = list(uri);

/** Classes of goods and how much of each. */
export const quantities: Rule = list(quantityElement);

/** Business transactions; a TransactionEvent has at least one. */
export const bizTransactions: Rule = list(bizTransaction);
export const someBizTransactions: Rule = list(bizTransaction, { filled: true });

/** Members of every event, extension types included. */
export const commonMembers = {
  '@context': anything,
  type: text,
  eventTime: time,
  recordTime: time,
  eventTimeZoneOffset: zoneOffset,
  eventID: uri,
  certificationInfo: oneOrMore(uri),
  errorDeclaration,
} as const satisfies ObjectShape['members'];

export const commonRequired = ['type', 'eventTime', 'eventTimeZoneOffset'] as const;

/** Where, why and how: members of all five standard types. */
export const contextMembers = {
  ...commonMembers,
  bizStep: word('bizStep'),
  disposition: word('disposition'),
  persistentDisposition: object(
    {
      members: {
        set: list(word('disposition'), { filled: true, unique: true }),
        unset: list(word('disposition'), { filled: true, unique: true }),
      },
      others: 'none',
    },
    (value, path, faults) => {
      if (value.set !== undefined || value.unset !== undefined) return;
      missing(faults, 'member_missing', path, 'set');
    },
  ),
  readPoint: place,
  bizLocation: place,
  bizTransactionList: bizTransactions,
  sourceList: list(party('source')),
  destinationList: list(party('destination')),
  sensorElementList: list(sensorElement),
} as const satisfies ObjectShape['members'];

function party(member: 'source' | 'destination'): Rule {
  return object({
    members: { type: word('partyType'), [member]: uri },
    required: ['type', member],
    others: 'none',
  });
}

import { isJsonObject } from '@triflow/protocol';
import type { DocumentKind } from '../document.js';
import { eventRule } from './event.js';
import {
  anything,
  list,
  missing,
  object,
  oneOf,
  type Rule,
  text,
  time,
  uri,
  version,
} from './rules.js';

const vocabularyElement = object({
  members: {
    id: uri,
    attributes: list(object({ members: { id: uri }, required: ['id'], others: 'any' })),
    children: list(uri),
  },
  required: ['id'],
  others: 'any',
});

const vocabularyList = list(
  object({
    members: { type: uri, vocabularyElementList: list(vocabularyElement) },
    required: ['type'],
    others: 'any',
  }),
);

const epcisHeader = object({
  members: { epcisMasterData: object({ members: { vocabularyList }, others: 'any' }) },
  others: 'prefixed',
});

const captureBody = object({
  members: { eventList: list(eventRule) },
  required: ['eventList'],
  others: 'any',
});

const resultsBody = object({
  members: { eventList: list(eventRule), vocabularyList },
  required: ['eventList'],
  others: 'prefixed',
});

const queryResults = object({
  members: { queryName: text, subscriptionID: text, resultsBody },
  required: ['queryName', 'resultsBody'],
  others: 'prefixed',
});

const captureDocument = object({
  members: {
    '@context': anything,
    id: uri,
    type: oneOf('EPCISDocument'),
    schemaVersion: version,
    creationDate: time,
    instanceIdentifier: text,
    sender: text,
    receiver: text,
    epcisHeader,
    epcisBody: captureBody,
  },
  required: ['@context', 'type', 'schemaVersion', 'creationDate', 'epcisBody'],
  others: 'prefixed',
});

const queryDocument = object({
  members: {
    '@context': anything,
    id: uri,
    type: oneOf('EPCISQueryDocument'),
    schemaVersion: version,
    creationDate: time,
    epcisBody: object({
      members: { queryResults },
      required: ['queryResults'],
      others: 'prefixed',
    }),
  },
  required: ['@context', 'type', 'epcisBody'],
  others: 'prefixed',
});

/** What the official JSON schema says of each kind of document (design sections 2 and 3). */
export const documentShapes: Readonly<Record<DocumentKind, Rule>> = {
  EPCISDocument: captureDocument,
  EPCISQueryDocument: queryDocument,
  event: (value, path, faults) => {
    if (isJsonObject(value) && value['@context'] === undefined) {
      missing(faults, 'member_missing', path, '@context');
    }
    eventRule(value, path, faults);
  },
};

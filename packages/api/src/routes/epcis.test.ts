import { CodedError } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { epcisProblemOf, findEpcisResource } from './epcis.js';
import { checkBodyType, epcisForm } from './epcisForm.js';

describe('paths of the EPCIS interface', () => {
  it.each<[string, string, Record<string, string>]>([
    ['', 'root', {}],
    ['events', 'events', {}],
    ['/events/', 'events', {}],
    [
      'events/ni%3A%2F%2F%2Fsha-256%3Bab%3Fver%3DCBV2.0',
      'event',
      { eventID: 'ni:///sha-256;ab?ver=CBV2.0' },
    ],
    ['capture/c1', 'captureJob', { captureID: 'c1' }],
    [
      'epcs/https%3A%2F%2Fid.gs1.org%2F00%2F1/events',
      'valueEvents',
      { value: 'https://id.gs1.org/00/1' },
    ],
    ['queries/cold/subscriptions/s1', 'subscription', { queryName: 'cold', subscriptionID: 's1' }],
    ['nextPageToken/t', 'nextPageToken', { token: 't' }],
  ])('%s is %s', (path, name, params) => {
    const found = findEpcisResource(path);
    expect([found?.resource.name, found?.params]).toEqual([name, params]);
  });

  it.each(['event', 'events/a/b', 'epcs/a/b', 'queries/a/b', 'events/%', 'capture/a/events'])(
    '%s is none',
    (path) => expect(findEpcisResource(path)).toBeUndefined(),
  );
});

describe('what a client accepts', () => {
  it.each<[string | undefined, string]>([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/ld+json', 'application/ld+json'],
    ['application/xml;q=0.9, application/json;q=0.5', 'application/json'],
    ['application/json;q=0.1, application/ld+json', 'application/ld+json'],
    ['text/event-stream', 'text/event-stream'],
  ])('%s gives %s', (accept, mediaType) => {
    expect(epcisForm({ accept }).mediaType).toBe(mediaType);
  });

  it.each<[string, Record<string, string>]>([
    ['XML', { accept: 'application/xml' }],
    ['nothing', { accept: 'application/json;q=0' }],
    ['URNs', { 'gs1-epc-format': 'Always_EPC_URN' }],
    ['a later version', { 'gs1-epcis-min': '2.1' }],
    ['an earlier version', { 'gs1-epcis-max': '1.2' }],
    ['another vocabulary', { 'gs1-cbv-version': '1.2.2' }],
    ['a word for a version', { 'gs1-epcis-version': 'two' }],
  ])('%s is not acceptable', (_, headers) => {
    expect(() => epcisForm(headers)).toThrow(CodedError);
  });

  it('takes JSON bodies only', () => {
    for (const type of ['application/json', 'application/ld+json; charset=utf-8']) {
      expect(() => checkBodyType({ 'content-type': type })).not.toThrow();
    }
    for (const type of ['application/xml', 'text/plain', '']) {
      expect(() => checkBodyType({ 'content-type': type })).toThrow(CodedError);
    }
  });
});

describe('a problem of the standard', () => {
  it.each<[string, string, number]>([
    ['EPCIS_VALIDATION', 'Validation', 400],
    ['EPCIS_QUERY_PARAMETER', 'QueryParameter', 400],
    ['EPCIS_QUERY_TOO_LARGE', 'QueryTooLarge', 413],
    ['EPCIS_SUBSCRIPTION', 'SubscriptionControls', 400],
    ['EPCIS_URI_TOO_LONG', 'URITooLong', 414],
    ['EPCIS_NO_SUCH_NAME', 'NoSuchName', 404],
    ['EPCIS_NO_SUCH_RESOURCE', 'NoSuchResource', 404],
    ['EPCIS_RESOURCE_EXISTS', 'ResourceAlreadyExists', 409],
    ['EPCIS_CAPTURE_LIMIT', 'CaptureLimitExceeded', 413],
    ['EPCIS_SECURITY', 'Security', 403],
    ['AUTH_TOKEN_INVALID', 'Security', 401],
    ['EPCIS_NOT_ACCEPTABLE', 'NotAcceptable', 406],
    ['REQUEST_MEDIA_TYPE', 'UnsupportedMediaType', 415],
    ['TRANSPORT_FAILED', 'Implementation', 503],
  ])('%s is %s', (code, exception, status) => {
    expect(epcisProblemOf(new CodedError(code, 'x'))).toMatchObject({
      type: `epcisException:${exception}Exception`,
      status,
      detail: 'x',
    });
  });

  it('tells nothing of a bug', () => {
    const problem = epcisProblemOf(new Error('secret'));
    expect(problem).toMatchObject({ type: 'epcisException:ImplementationException', status: 500 });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});

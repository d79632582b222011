import { describe, expect, it } from 'vitest';
import { canonicalIdentifier } from '../identifiers.js';
import { standardPrefixes } from '../vocabulary.js';
import { epcPattern, matchesEpc } from './epcPattern.js';

const matches = (pattern: string, urn: string): boolean => {
  return matchesEpc(epcPattern(pattern, standardPrefixes), canonicalIdentifier(urn));
};

describe('a pattern of EPCs', () => {
  it.each([
    ['urn:epc:idpat:sgtin:4012345.011111.*', 'urn:epc:id:sgtin:4012345.011111.9'],
    ['urn:epc:idpat:sgtin:4012345.*.*', 'urn:epc:id:sgtin:4012345.011111.9'],
    ['urn:epc:idpat:upui:1234567.098765.*', 'urn:epc:id:upui:1234567.098765.51qIg'],
    ['urn:epc:idpat:itip:4012345.011111.01.02.*', 'urn:epc:id:itip:4012345.011111.01.02.9'],
    ['urn:epc:idpat:sscc:4012345.*', 'urn:epc:id:sscc:4012345.3111111111'],
    ['urn:epc:idpat:sgln:4012345.00005.*', 'urn:epc:id:sgln:4012345.00005.dock'],
    ['urn:epc:idpat:sgln:4012345.*.*', 'urn:epc:id:sgln:4012345.00005.0'],
    ['urn:epc:idpat:grai:4012345.11111.*', 'urn:epc:id:grai:4012345.11111.77'],
    ['urn:epc:idpat:grai:4012345.*.*', 'urn:epc:id:grai:4012345.11111.77'],
    ['urn:epc:idpat:giai:4012345.*', 'urn:epc:id:giai:4012345.77'],
    ['urn:epc:idpat:gdti:4012345.11111.*', 'urn:epc:id:gdti:4012345.11111.7'],
    ['urn:epc:idpat:cpi:4012345.AB.*', 'urn:epc:id:cpi:4012345.AB.7'],
    ['urn:epc:idpat:cpi:4012345.*.*', 'urn:epc:id:cpi:4012345.AB.7'],
    ['urn:epc:id:sgtin:4012345.011111.9', 'https://a.org/gtin/4012345111118/ser/9'],
    ['urn:x:anything', 'urn:x:anything'],
  ])('%s matches %s', (pattern, urn) => {
    expect(matches(pattern, urn)).toBe(true);
  });

  it.each([
    ['urn:epc:idpat:sgtin:4012345.011111.*', 'urn:epc:id:sgtin:4012345.011112.9'],
    ['urn:epc:idpat:sgtin:4012345.011111.*', 'urn:epc:class:lgtin:4012345.011111.9'],
    ['urn:epc:idpat:sgtin:4012345.*.*', 'urn:epc:class:lgtin:4012345.011111.9'],
    ['urn:epc:idpat:sgtin:401234.*.*', 'urn:epc:id:upui:4012345.011111.9'],
    ['urn:epc:idpat:sscc:4012346.*', 'urn:epc:id:sscc:4012345.3111111111'],
    ['urn:epc:idpat:grai:4012345.11111.*', 'urn:epc:id:grai:4012345.11112.77'],
    ['urn:epc:idpat:none:4012345.*', 'urn:epc:id:sscc:4012345.3111111111'],
    ['urn:epc:idpat:sgln:4012345.x.*', 'urn:epc:id:sgln:4012345.00005.0'],
    ['urn:x:any*', 'urn:x:anything'],
  ])('%s does not match %s', (pattern, urn) => {
    expect(matches(pattern, urn)).toBe(false);
  });
});

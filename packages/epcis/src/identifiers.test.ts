import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasRightCheckDigit, readDigitalLink } from './digitalLink.js';
import { canonicalIdentifier, partyIdProblem } from './identifiers.js';

fc.configureGlobal({ seed: 20_261_121 });

const stem = 'https://id.gs1.org/';

describe('EPC URNs', () => {
  it.each([
    ['id:sgtin:4012345.011111.98%22', '01/04012345111118/21/98%22'],
    ['id:sgtin:415056789012.0.987654', '01/04150567890128/21/987654'],
    ['id:sgtin:0614141.812345.a.b:c', '01/80614141123458/21/a.b%3Ac'],
    ['id:sgtin:0614141.812345.!()*+,:', '01/80614141123458/21/%21%28%29%2A%2B%2C%3A'],
    ['id:upui:4012345.012345.AB12', '01/04012345123456/235/AB12'],
    ['class:lgtin:4012345.012345.Lot987', '01/04012345123456/10/Lot987'],
    ['idpat:sgtin:4012345.012345.*', '01/04012345123456'],
    ['idpat:upui:4012345.012345.*', '01/04012345123456'],
    ['id:itip:4012345.011111.01.02.987', '8006/040123451111180102/21/987'],
    ['idpat:itip:4012345.011111.01.02.*', '8006/040123451111180102'],
    ['id:sscc:4012345.3111111111', '00/340123451111111111'],
    ['id:sgln:4012345.00005.122', '414/4012345000054/254/122'],
    ['id:sgln:4012345.00005.0', '414/4012345000054'],
    ['id:sgln:401234500005..0', '414/4012345000054'],
    ['id:pgln:4000001.00000', '417/4000001000005'],
    ['id:pgln:999999999999.', '417/9999999999994'],
    ['id:grai:4012345.00022.334455', '8003/04012345000221334455'],
    ['idpat:grai:4012345.99999.*', '8003/04012345999990'],
    ['id:gdti:4012345.00009.PO-4711', '253/4012345000092PO-4711'],
    ['id:gdti:987659999999..9', '253/98765999999929'],
    ['idpat:gdti:4012345.11111.*', '253/4012345111118'],
    ['id:sgcn:4012345.67890.04711', '255/401234567890104711'],
    ['idpat:sgcn:4012345.22222.*', '255/4012345222227'],
    ['id:gsrn:4012345.0000006765', '8018/401234500000067657'],
    ['id:gsrnp:4012345.0000000007', '8017/401234500000000074'],
    ['id:gsin:4012345.222333444', '402/40123452223334442'],
    ['id:giai:4012345.ABC345', '8004/4012345ABC345'],
    ['id:giai:4012345.A.B', '8004/4012345A.B'],
    ['id:ginc:0614141.xyz47%2F11', '401/0614141xyz47%2F11'],
    ['id:cpi:0614141.11-A%23%2F.1234', '8010/061414111-A%23%2F/8011/1234'],
    ['idpat:cpi:4012345.AB12.*', '8010/4012345AB12'],
  ])('urn:epc:%s becomes %s', (urn, path) => {
    expect(canonicalIdentifier(`urn:epc:${urn}`)).toBe(stem + path);
  });

  it.each([
    'id:sgtin:4012345.01111.1',
    'id:sgtin:40123456.011111.1',
    'id:sgtin:12345.01111111.1',
    'id:sgtin:1234567890123..1',
    'id:sgtin:4012345.011111.',
    'id:sgtin:4012345.011111',
    'id:sgtin:4012345.011111.a b',
    'id:sgtin:4012345.011111.ab%2',
    'id:sgtin:4012345.011111.a"b',
    'id:sgtin:4012345.011111.123456789012345678901',
    'id:sgtin:4012345.o11111.1',
    'id:SGTIN:4012345.011111.1',
    'id:sscc:4012345.311111111',
    'id:sscc:4012345.3111111111.1',
    'id:sgln:4012345.00005',
    'id:pgln:4012345.00005.1',
    'id:gsrn:4012345.00000067657',
    'id:sgcn:4012345.67890.A',
    'id:sgcn:4012345.67890.1234567890123',
    'id:grai:4012345.00022.12345678901234567',
    'id:gdti:4012345.00009.123456789012345678',
    'id:cpi:0614141.a.1',
    'id:cpi:0614141.A.x',
    'id:itip:4012345.011111.1.02.987',
    'id:giai:4012345.',
    'idpat:sgtin:4012345.012345.1',
    'idpat:sgtin:4012345.*.*',
    'idpat:sgln:4012345.00005.*',
    'class:sgtin:4012345.012345.1',
    'id:usdod:CAGEY.5678',
    'id:adi:35962.PQ7VZ4.M37GXB92',
  ])('urn:epc:%s is left unchanged', (urn) => {
    expect(canonicalIdentifier(`urn:epc:${urn}`)).toBe(`urn:epc:${urn}`);
  });
});

describe('Digital Links', () => {
  it.each([
    ['https://id.gs1.org/gtin/09780345418913', '01/09780345418913'],
    ['https://example.com/gtin/09780345418913/21/765tz?abc=211121', '01/09780345418913/21/765tz'],
    ['http://example.de/gtin-8/01/97803111', '01/00000097803111'],
    ['http://example.com/01/001122334455/ser/GHB', '01/00001122334455/21/GHB'],
    ['http://id.gs1.org/gtin/9780345418913#top', '01/09780345418913'],
    ['https://a.b.example.org:8080/x/y/01/9780345418913/10/1223', '01/09780345418913/10/1223'],
    ['https://id.gs1.org/01/9780345418913/22/344/10/1223/21/765tz', '01/09780345418913/21/765tz'],
    ['https://id.gs1.org/01/9780345418913/10/1223/235/U', '01/09780345418913/235/U'],
    ['https://id.gs1.org/gtin/9780345418913/cpv/344', '01/09780345418913'],
    ['https://id.gs1.org/01/9780345418913/21/a%2Fb', '01/09780345418913/21/a%2Fb'],
    ['https://id.gs1.org/itip/123456789101100190/cpv/ABCD', '8006/123456789101100190'],
    ['https://x.org/8006/040123451234560102/10/L/21/s', '8006/040123451234560102/21/s'],
    ['https://id.gs1.org/sscc/340123453111111115', '00/340123453111111115'],
    ['https://id.gs1.org/gln/4280000000002/254/12', '414/4280000000002/254/12'],
    ['https://example.co.uk/party/4226350800008', '417/4226350800008'],
    ['https://id.gs1.org/grai/03870585000552987', '8003/03870585000552987'],
    ['https://id.gs1.org/giai/0180451111ABC987', '8004/0180451111ABC987'],
    ['https://id.gs1.org/gsrn/385888700111111111', '8018/385888700111111111'],
    ['https://id.gs1.org/gsrnp/440018922222222226', '8017/440018922222222226'],
    ['https://id.gs1.org/gdti/4602443000331XYZ', '253/4602443000331XYZ'],
    ['https://id.gs1.org/gcn/0811625999996554433', '255/0811625999996554433'],
    ['https://id.gs1.org/ginc/0614141xyz47%2F11', '401/0614141xyz47%2F11'],
    ['https://id.gs1.org/gsin/40123452223334442', '402/40123452223334442'],
    ['https://id.gs1.org/cpid/0628165987/8011/9876', '8010/0628165987/8011/9876'],
    ['https://a.org/gln/9521234000013/254/g2?x=1', '414/9521234000013/254/g2'],
    ['https://shop.org/01/gtin/09780345418913', '01/09780345418913'],
  ])('%s becomes %s', (uri, path) => {
    expect(canonicalIdentifier(uri)).toBe(stem + path);
  });

  it.each([
    'http://example.org/123/4012345ABC987/456/4711',
    'http://id.gs1.org/99/9780345418913',
    'http://id.gs1.org/01/9780345418913/99/utfgf',
    'http://id.gs1.org/01/9780345418913/254/1',
    'http://id.gs1.org/01/9780345418913/21/',
    'http://id.gs1.org/01/9780345418913/21/a/21/b',
    'http://id.gs1.org/01/9780345418913/',
    'http://example.de/01/97803',
    'http://example.de/01/123456789012345',
    'https://id.gs1.org/8006/04012345123456/22/ABCD/10/XYZ',
    'https://id.gs1.org/414/428000000000',
    'https://id.gs1.org/00/34012345311111111a',
    'https://id.gs1.org/8004/1234567890123456789012345678901',
    'https://id.gs1.org/01/9780345418913/21/123456789012345678901',
    'https:///01/9780345418913',
    'ftp://id.gs1.org/01/9780345418913',
    'HTTPS://id.gs1.org/01/9780345418913',
    'id.gs1.org/01/9780345418913',
    'geo:47.506694,11.104301',
    'urn:epcglobal:cbv:bt:5200001000008:4711',
    '',
  ])('%j is left unchanged', (uri) => {
    expect(canonicalIdentifier(uri)).toBe(uri);
  });

  it('knows a wrong check digit inside a key', () => {
    const verdict = (uri: string) => {
      const link = readDigitalLink(uri);
      return link === undefined ? undefined : hasRightCheckDigit(link);
    };
    expect(verdict('https://id.gs1.org/01/09780345418913/21/1')).toBe(true);
    expect(verdict('https://id.gs1.org/01/09780345418914/21/1')).toBe(false);
    expect(verdict('https://id.gs1.org/253/4012345111118X')).toBe(true);
    expect(verdict('https://id.gs1.org/253/4012345111119X')).toBe(false);
    expect(verdict('https://id.gs1.org/8006/040123451111180102')).toBe(true);
    expect(verdict('https://id.gs1.org/8004/1')).toBe(true);
  });
});

describe('canonicalIdentifier', () => {
  it('is a fixed point: its answer is its own canonical form', () => {
    const piece = fc.constantFrom(
      ...[
        'urn:epc:id:',
        'urn:epc:idpat:',
        'https://id.gs1.org/',
        'sgtin:',
        'sgln:',
        'giai:',
        'cpi:',
      ],
      ...[
        '01/',
        '21/',
        '10/',
        '4012345.',
        '011111.',
        '4012345000115',
        '/',
        '.',
        '*',
        '%2F',
        'a',
        '0',
      ],
    );
    const uris = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(uris, (uri) => {
        const canonical = canonicalIdentifier(uri);
        expect(canonicalIdentifier(canonical)).toBe(canonical);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gets through long hostile text', () => {
    const many = 200_000;
    const hostile = [
      `urn:epc:id:giai:4012345.${'%41'.repeat(many)}!`,
      `urn:epc:id:sgtin:4012345.011111.${'.'.repeat(many)}"`,
      `urn:epc:id:sgtin:${'4'.repeat(many)}`,
      `https://x/${'01/'.repeat(many)}`,
      `https://x/${'01/97803111/21/a/'.repeat(many / 4)}`,
      `https://x/8010/${'A'.repeat(many)}/8011/`,
      `https://x/253/${'1'.repeat(many)}`,
    ];
    for (const uri of hostile) expect(canonicalIdentifier(uri)).toBe(uri);
  });
});

describe('partyIdProblem', () => {
  it.each([
    'uscc:9144030071526726XG',
    'lei:529900T8BM49AURSDO55',
    'gln:4012345000115',
    'dev:bank-1',
  ])('finds nothing wrong with %s', (id) => {
    expect(partyIdProblem(id)).toBeUndefined();
  });

  it.each([
    '',
    ':',
    'uscc:',
    'uscc:9144030071526726XH',
    'lei:529900T8BM49AURSDO56',
    'gln:4012345000116',
    'gln:96385074',
    'dev:',
    'dev:a b',
    'did:web:a.org',
    '9144030071526726XG',
  ])('refuses %j', (id) => {
    expect(partyIdProblem(id)).toEqual(expect.any(String));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiaddrFromAddress, multiaddrFromHost, textFromHostPort } from './address.js';

describe('addresses', () => {
  it.each([
    ['10.0.0.1:7000', '/ip4/10.0.0.1/tcp/7000'],
    ['[::1]:7000', '/ip6/::1/tcp/7000'],
    ['node-2.bank.example:7000', '/dns/node-2.bank.example/tcp/7000'],
    ['localhost:1', '/dns/localhost/tcp/1'],
    ['/ip4/10.0.0.1/tcp/7000', '/ip4/10.0.0.1/tcp/7000'],
    ['/dns4/bank.example/tcp/7000', '/dns4/bank.example/tcp/7000'],
  ])('%s is %s', (given, wanted) => {
    expect(multiaddrFromAddress(given)).toEqual({ ok: true, value: wanted });
  });

  it.each([
    '',
    '10.0.0.1',
    '10.0.0.1:',
    ':7000',
    '10.0.0.1:0',
    '10.0.0.1:65536',
    '10.0.0.1:7000 ',
    '10.0.0.256:7000',
    '::1:7000',
    '[10.0.0.1]:7000',
    '[::1]',
    'http://10.0.0.1:7000',
    'bank example:7000',
    '-bank:7000',
    `${'a'.repeat(600)}:7000`,
    '/',
    '/ip4/10.0.0.1',
    '/ip4/10.0.0.1/udp/7000',
    '/ip4/10.0.0.1/tcp/7000/ws',
    '/tcp/7000',
    '/unix/tmp%2Fx',
    '/dnsaddr/bank.example',
    '/nonsense',
  ])('refuses %j', (given) => {
    const result = multiaddrFromAddress(given);
    expect(result.ok).toBe(false);
    expect(!result.ok && result.fault.code).toBe('address_invalid');
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), (given) => {
        expect(typeof multiaddrFromAddress(given).ok).toBe('boolean');
        expect(typeof multiaddrFromAddress(`/${given}`).ok).toBe('boolean');
      }),
    );
  });

  it('reads back what it writes', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    const host = fc.oneof(fc.ipV4(), fc.constantFrom('::1', 'fe80::2', 'bank.example'));
    fc.assert(
      fc.property(host, port, (hostText, portNumber) => {
        const read = multiaddrFromAddress(textFromHostPort(hostText, portNumber));
        expect(read).toEqual({ ok: true, value: multiaddrFromHost(hostText, portNumber) });
      }),
    );
  });

  it('wants a whole port number', () => {
    expect(multiaddrFromHost('127.0.0.1', -1)).toBeUndefined();
    expect(multiaddrFromHost('127.0.0.1', 1.5)).toBeUndefined();
    expect(multiaddrFromHost('127.0.0.1', 0)).toBe('/ip4/127.0.0.1/tcp/0');
  });
});

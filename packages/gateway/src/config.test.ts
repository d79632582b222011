import { describe, expect, it } from 'vitest';
import { parseConfig } from './config.js';

const smallest = `
[chain]
nodes = ["http://127.0.0.1:9740"]
genesis = "genesis.json"
[account]
keystore = "account.json"
`;

describe('gateway.toml', () => {
  it('needs a chain to ask and a key to sign with; the rest has defaults', () => {
    expect(parseConfig(smallest, 'g.toml')).toMatchObject({
      gateway: { data: 'data', logLevel: 'info' },
      http: { host: '127.0.0.1', port: 9_780, insecure: false },
      submit: { parallel: 4, queue: 1_000, deadlineMs: 120_000 },
      epcis: { enabled: true, validationLevel: 'conformance', declareSubmitter: true },
    });
  });

  it.each([
    ['no TOML', '[chain', 'g.toml: line 1'],
    ['no account', smallest.replace(/\[account\][\s\S]*/, ''), 'g.toml: account'],
    ['no trust', smallest.replace('genesis = "genesis.json"', ''), 'genesis or genesisHash'],
    [
      'two kinds of trust',
      smallest.replace('[account]', `genesisHash = "${'0'.repeat(64)}"\n[account]`),
      'genesis or genesisHash',
    ],
    ['a node that is no URL', smallest.replace('http://127', '127'), 'chain.nodes.0'],
    ['an unknown member', `${smallest}\npasword = "x"`, 'pasword'],
    ['an unknown table', `${smallest}\n[mqqt]\n`, 'mqqt'],
    ['another host without TLS', `${smallest}\n[http]\nhost = "0.0.0.0"`, 'not loopback'],
    ['no such level', `${smallest}\n[epcis]\nvalidationLevel = "none"`, 'epcis.validationLevel'],
  ])('is refused with the place: %s', (_, text, where) => {
    expect(() => parseConfig(text, 'g.toml')).toThrow(where);
  });
});

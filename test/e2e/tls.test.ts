import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { demoParty, devnetGenesis } from '@triflow/devnet';
import { defined } from '@triflow/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Certified, certify } from './certificates.js';
import { runHere } from './inProcess.js';
import { type StartedNode, startTriflow } from './triflow.js';
import { untilTrue } from './untilTrue.js';

const DAY_MS = 86_400_000;

const problemSchema = z.object({ code: z.string() });

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly hsts: string | undefined;
  readonly protocol: string | null;
  /** SHA-256 of the certificate that the node showed. */
  readonly shown: string;
}

let dir: string;
let home: string;
let node: StartedNode;
const ca = certify({ name: 'Consortium CA', isCa: true });
const strangersCa = certify({ name: 'Consortium CA', isCa: true });
const bank = certify({ name: 'Yangtze Bank', issuer: ca });
const unmapped = certify({ name: 'Somebody', issuer: ca });
/** Mapped by the operator, but signed by a CA that the node does not trust. */
const forged = certify({ name: 'Yangtze Bank', issuer: strangersCa });
const first = certify({ name: 'node', issuer: ca });

/** One validator with TLS, and client certificates of two parties' mapping. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'triflow-tls-'));
  home = join(dir, 'node');
  await mkdir(home);
  const genesis = devnetGenesis({ nodes: 1, chainId: 'triflow-tls-1', timeMs: Date.now() });
  await writeFile(join(home, 'genesis.json'), JSON.stringify(genesis));
  await writeFile(join(home, 'client-ca.pem'), ca.cert);
  await writeTls(first);
  await writeFile(join(home, 'triflow.toml'), configText());
  node = await startTriflow(home);
});

afterAll(async () => {
  await node?.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('the HTTP API under TLS', () => {
  it('is reached by HTTPS of TLS 1.2 or later only', async () => {
    expect(node.told.http).toMatch(/^https:/);
    const answer = await ask('/v1/info');
    expect(answer).toMatchObject({ status: 200, protocol: 'TLSv1.3', shown: first.sha256 });
    expect(answer.hsts).toMatch(/max-age=\d+/);
    expect((await ask('/v1/info', { maxVersion: 'TLSv1.2' })).protocol).toBe('TLSv1.2');
    await expect(ask('/v1/info', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
    await expect(fetch(node.told.http.replace('https', 'http'))).rejects.toThrow();
  });

  it('is refused by a client that does not trust its CA', async () => {
    await expect(ask('/v1/info', { ca: strangersCa.cert })).rejects.toThrow(/certificate/);
    await expect(ask('/v1/info', { ca: undefined })).rejects.toThrow(/certificate/);
  });
});

describe('a client certificate', () => {
  it('reads as the party that the operator has mapped it to', async () => {
    expect(await ask('/v1/access-log')).toMatchObject({ status: 401, code: 'AUTH_REQUIRED' });
    expect(await ask('/v1/access-log', bank)).toMatchObject({ status: 200 });
  });

  it('that is mapped to nobody, or signed by another CA, opens nothing', async () => {
    for (const certified of [unmapped, forged]) {
      const answer = await ask('/v1/access-log', certified);
      expect(answer).toMatchObject({ status: 401, code: 'AUTH_REQUIRED' });
    }
    expect(await ask('/v1/info', forged)).toMatchObject({ status: 200 });
  });
});

describe('new TLS files', () => {
  it('are taken up without a stop by triflow admin reload-tls', async () => {
    const second = certify({ name: 'node', issuer: ca, days: 20 });
    expect(await expiryTold()).toBe(endOf(first));
    await writeTls(second);
    expect((await ask('/v1/info')).shown).toBe(first.sha256);
    const told = await runHere(['admin', 'reload-tls', '--home', home, '--json']);
    expect(told, told.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(told.stdout)).toHaveProperty('validTo');
    expect((await ask('/v1/info')).shown).toBe(second.sha256);
    expect(endOf(second)).not.toBe(endOf(first));
    expect(await expiryTold()).toBe(endOf(second));
    // Who is known by certificate is known under the new one.
    expect(await ask('/v1/access-log', bank)).toMatchObject({ status: 200 });
  });

  it('are taken up at SIGHUP', async () => {
    const third = certify({ name: 'node', issuer: ca });
    await writeTls(third);
    process.kill(node.pid, 'SIGHUP');
    await untilTrue(
      'it shows the new one',
      async () => (await ask('/v1/info')).shown === third.sha256,
    );
  });

  it('that do not fit each other are refused, and the old ones stay', async () => {
    const { shown } = await ask('/v1/info');
    await writeFile(join(home, 'tls.key'), certify({ name: 'node', issuer: ca }).key);
    const told = await runHere(['admin', 'reload-tls', '--home', home]);
    expect(told).toMatchObject({ code: 10, stdout: '' });
    expect(told.stderr).toMatch(/http\.tls.*\(CONFIG_INVALID\)/);
    expect((await ask('/v1/info')).shown).toBe(shown);
  });

  it('the doctor says when the certificate ends', async () => {
    const cases: [number, RegExp][] = [
      [-1, /ERROR +tls .*has expired/],
      [10, /WARN +tls .*ends in (9|10) days/],
      [90, /ok +tls .*ends in (89|90) days/],
    ];
    for (const [days, says] of cases) {
      const fromMs = Date.now() + days * DAY_MS - 100 * DAY_MS;
      await writeTls(certify({ name: 'node', issuer: ca, days: 100, fromMs }));
      expect((await runHere(['doctor', '--home', home])).stdout).toMatch(says);
    }
    await rm(join(home, 'tls.key'));
    expect((await runHere(['doctor', '--home', home])).stdout).toMatch(/ERROR +tls .*tls\.key/);
  });
});

function writeTls({ key, cert }: Certified): Promise<unknown> {
  return Promise.all([
    writeFile(join(home, 'tls.key'), key, { mode: 0o600 }),
    writeFile(join(home, 'tls.pem'), cert),
  ]);
}

function configText(): string {
  const party = defined(demoParty('bank-yangtze'), 'bank').id;
  return `[node]
validator = "v1"
[demoKeys]
label = "v1"
[http]
port = 0
[http.tls]
key = "tls.key"
cert = "tls.pem"
clientCa = "client-ca.pem"
[p2p]
port = 0
[ops]
port = 0
[access.certificates]
${bank.sha256} = "${party}"
${forged.sha256} = "${party}"
`;
}

/** One request on a connection of its own. */
function ask(
  path: string,
  options: {
    readonly key?: string;
    readonly cert?: string;
    readonly ca?: string | undefined;
    readonly minVersion?: 'TLSv1';
    readonly maxVersion?: 'TLSv1.1' | 'TLSv1.2';
  } = {},
): Promise<Answer> {
  const { sha256: _, ...client } = { sha256: '', ca: ca.cert, ...options };
  return new Promise((resolve, reject) => {
    const asked = request(`${node.told.http}${path}`, { agent: false, ...client }, (response) => {
      const socket = response.socket as TLSSocket;
      const shown = socket.getPeerCertificate().fingerprint256.replaceAll(':', '').toLowerCase();
      const protocol = socket.getProtocol();
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => {
        const problem = problemSchema.safeParse(JSON.parse(text));
        resolve({
          status: response.statusCode ?? 0,
          code: problem.data?.code,
          hsts: response.headers['strict-transport-security'],
          protocol,
          shown,
        });
      });
    });
    asked.once('error', reject);
    asked.end();
  });
}

/** What the metric tells operators: when the certificate that is shown ends, in seconds. */
async function expiryTold(): Promise<number> {
  const text = await (await fetch(`${node.told.ops}/metrics`)).text();
  const sample = /^triflow_tls_expiry_timestamp_seconds\{listener="http"\} (\S+)$/m.exec(text);
  return Number(defined(sample?.[1], 'a sample of the metric'));
}

function endOf({ cert }: Certified): number {
  return Date.parse(new X509Certificate(cert).validTo) / 1_000;
}

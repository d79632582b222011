import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ExplorerBrowser, SAVED, verify } from './explorerBrowser.js';
import { runTriflow } from './triflow.js';

/** Kinds of records that the scenarios leave on the ledger. */
const kinds = [
  'parties',
  'orders',
  'deliveries',
  'invoices',
  'lots',
  'receipts',
  'liens',
  'pledges',
  'receivables',
  'obligations',
  'proofs',
  'prices',
  'devices',
  'alerts',
  'units',
  'proposals',
];

/** What the explorer calls verified: whatever a node or somebody between changes is refused. */
export function testProofs(opened: () => ExplorerBrowser): void {
  it('a record is verified in the page: the lock names signers and height', async () => {
    const page = await opened().openPage();
    await page.goto('/receipts/wr_0007');
    await page.getByText('the word of one node').waitFor();
    expect(await page.locator('.proof .headline').count()).toBe(0);
    await verify(page);
    await page.locator('.proof.is-verified').waitFor();
    const text = await page.locator('.proof').textContent();
    expect(text).toMatch(/Verified in this browser/);
    expect(text).toMatch(/what [34] of 4 validators signed in block [\d,]+/);
    expect(text).toMatch(/v\d, v\d, v\d/);
  });

  it('a changed answer beside a true proof is NOT verified, with the members that differ', async () => {
    const page = await opened().openPage();
    await page.route('**/v1/receipts/wr_0007', async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      body.data.quantity.value = '990000';
      delete body.data.lien;
      await route.fulfill({ response, json: body });
    });
    await page.goto('/receipts/wr_0007');
    await page.getByText('990,000').first().waitFor();
    await verify(page);
    await page.locator('.proof.is-refused').waitFor();
    const text = await page.locator('.proof').textContent();
    expect(text).toContain('NOT verified');
    expect(text).toContain('/quantity/value');
    expect(text).toContain('/lien');
    expect(await page.locator('.proof.is-verified').count()).toBe(0);
  });

  it('a changed proof is NOT verified', async () => {
    const page = await opened().openPage();
    await page.route('**/v1/state?**', async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      const proof: string = body.proofs[0];
      const at = proof.length >> 1;
      body.proofs[0] = `${proof.slice(0, at)}${proof[at] === 'A' ? 'B' : 'A'}${proof.slice(at + 1)}`;
      await route.fulfill({ response, json: body });
    });
    await page.goto('/pledges/pl_0004');
    await verify(page);
    await page.locator('.proof.is-refused').waitFor();
    expect(await page.locator('.proof').textContent()).toContain('NOT verified');
  });

  it.each(kinds)(
    '%s: a record is verified as it is, and refused with a member changed',
    async (kind) => {
      const page = await opened().keptPage();
      await page.goto(`/${kind}`);
      const row = page.locator(`.list-body a[href^="/${kind}/"]`).first();
      const path = (await row.getAttribute('href')) ?? '';
      await page.goto(path);
      await verify(page);
      await page.locator('.proof.is-verified').waitFor();
      const decoded = decodeURIComponent(path);
      let changed = '';
      const isRecord = ({ pathname }: URL) => decodeURIComponent(pathname) === `/v1${decoded}`;
      await page.route(isRecord, async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        changed = changeOne(body.data);
        await route.fulfill({ response, json: body });
      });
      await page.goto(path);
      await verify(page);
      await page.locator('.proof.is-refused').waitFor();
      expect(changed).not.toBe('');
      expect(await page.locator('.proof').textContent()).toContain(`/${changed}`);
      expect(await page.locator('.proof.is-verified').count()).toBe(0);
    },
  );

  it('a block is verified whole; a changed header, signer, command or count is not', async () => {
    const place = `/blocks/${opened().voteHeight}`;
    const page = await opened().openPage();
    await page.goto(place);
    await verify(page);
    await page.locator('.proof.is-verified').waitFor();
    expect(await page.locator('.proof').textContent()).toContain('every transaction');
    const changes: readonly (readonly [path: string, change: (block: BlockJson) => unknown])[] = [
      ['/header/builder', ({ header }) => Object.assign(header, { builder: 'v9' })],
      ['/round', ({ certificate }) => Object.assign(certificate, { round: 4 })],
      ['/signedBy', ({ certificate }) => certificate.entries.pop()],
      ['/count', ({ transactions }) => transactions.pop()],
      ['/transactions/0/commands/0', ({ transactions: [one] }) => rename(one)],
      [
        '/transactions/0/outcome',
        ({ transactions: [one] }) => Object.assign(one ?? {}, { outcome: 'rejected' }),
      ],
    ];
    for (const [path, change] of changes) {
      await page.route(`**/v1${place}?**`, async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        change(body);
        await route.fulfill({ response, json: body });
      });
      await page.goto(place);
      await verify(page);
      await page.locator('.proof.is-refused').waitFor();
      expect(await page.locator('.proof').textContent()).toContain(path);
      await page.unrouteAll();
    }
  });

  it('a changed transaction beside a true proof is NOT verified', async () => {
    const place = `/blocks/${opened().voteHeight}`;
    const page = await opened().openPage();
    await page.goto(place);
    const link = page.locator('a[href^="/transactions/tx_"]').first();
    const path = (await link.getAttribute('href')) ?? '';
    await page.goto(path);
    await verify(page);
    await page.locator('.proof.is-verified').waitFor();
    const refused = async (
      where: string,
      change: (body: TransactionJson) => unknown,
      told: string,
    ) => {
      await page.route(where, async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        change(body.transactions?.[0] ?? body);
        await route.fulfill({ response, json: body });
      });
      await page.goto(path);
      await verify(page);
      await page.locator('.proof.is-refused').waitFor();
      expect(await page.locator('.proof').textContent()).toContain(told);
      await page.unrouteAll();
    };
    await refused('**/v1/blocks/**', rename, '/commands/0/name');
    await refused(
      '**/v1/blocks/**',
      ({ commands: [one] = [] }) => Object.assign(one?.params ?? {}, { id: 'gp_other' }),
      '/commands/0/params/id',
    );
    await refused(
      '**/v1/transactions/tx_*',
      ({ events: [one] = [] }) => Object.assign(one ?? {}, { subject: 'gp_other' }),
      '/events/0/subject',
    );
  });

  it('a physical event is verified, and a changed one is not', async () => {
    const page = await opened().openPage();
    await page.goto('/traces/wr_0007');
    const link = page.locator('a[href^="/events/"]').first();
    const path = (await link.getAttribute('href')) ?? '';
    await page.goto(path);
    await verify(page);
    await page.locator('.proof.is-verified').waitFor();
    await page.route('**/v1/queries/trace.event?**', async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      body.data.bizStep = 'https://ref.gs1.org/cbv/BizStep-destroying';
      await route.fulfill({ response, json: body });
    });
    await page.goto(path);
    await verify(page);
    await page.locator('.proof.is-refused').waitFor();
    expect(await page.locator('.proof').textContent()).toContain('/bizStep');
  });

  it('an evidence file with one changed byte does not hold', async () => {
    const page = await opened().openPage();
    await page.goto('/pledges/pl_0004');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download evidence' }).click(),
    ]);
    const path = join(SAVED, 'pl_0004.evidence.json');
    await download.saveAs(path);
    const bytes = readFileSync(path);
    const at = bytes.lastIndexOf('A');
    bytes.writeUInt8('B'.charCodeAt(0), at);
    await page.goto('/evidence');
    const file = { name: 'x.json', mimeType: 'application/json', buffer: bytes };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('The evidence does not hold').waitFor();
  });

  it('a node of another genesis than the trusted one is not believed', async () => {
    const page = await opened().openPage();
    await page.goto('/trust');
    await page.getByLabel('Trust another digest').fill('ab'.repeat(32));
    await page.getByRole('button', { name: 'Trust this digest' }).click();
    await page.getByText('another genesis').waitFor();
    await page.goto('/receipts/wr_0007');
    await verify(page);
    await page.locator('.proof.is-refused').waitFor();
  });

  it('evidence is saved, and holds when it is checked in the page; a changed byte does not', async () => {
    const page = await opened().openPage();
    await page.goto('/receipts/wr_0007');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download evidence' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('wr_0007.evidence.json');
    const path = join(SAVED, 'wr_0007.evidence.json');
    await download.saveAs(path);
    await page.goto('/evidence');
    const file = page.locator('input[type=file]');
    await file.setInputFiles(path);
    await page.getByText('The evidence holds').waitFor();
    const genesis = join(opened().net.devnetFile, '..', 'genesis.json');
    const checked = await runTriflow(['verify', path, '--trust', genesis]);
    expect(checked, checked.stderr).toMatchObject({ code: 0, stderr: '' });
    const buffer = Buffer.from('{"format":"triflow/evidence/1"}');
    await file.setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer });
    await page.getByText('The evidence does not hold').waitFor();
  });
}

interface TransactionJson {
  readonly commands?: { name: string; readonly params: object }[];
  readonly events?: object[];
}

interface BlockJson {
  readonly header: object;
  readonly certificate: { readonly entries: unknown[] };
  readonly transactions: TransactionJson[];
}

function rename({ commands = [] }: TransactionJson = {}): void {
  for (const one of commands) one.name = 'recall';
}

/** Changes one member of a record; gives its name. */
function changeOne(record: Record<string, unknown>): string {
  const [name] = ['version', 'state', 'name'].filter((one) => record[one] !== undefined);
  if (name === undefined) return '';
  const value = record[name];
  record[name] = typeof value === 'number' ? value + 1 : `${value}X`;
  return name;
}

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type Devnet, startDevnet } from '@triflow/devnet';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../tidy/sources.js';
import { freshGln, registerPlace } from './places.js';
import { runTriflow } from './triflow.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const found = CHROMIUM.find((path) => existsSync(path));
const run = promisify(execFile);
const SCREENSHOTS = join(root, '.triflow', 'screenshots');
const WAIT_MS = 20_000;
/** What a first visit fetches, compressed: the sdk with all schemas and both languages included. */
const FIRST_BYTES_MAX = 240_000;
const ASSETS_BYTES_MAX = 270_000;
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);
const desktop = { viewport: { width: 1360, height: 900 }, locale: 'en-GB' } as const;
const phone = { viewport: { width: 360, height: 780 }, locale: 'en-GB' } as const;

/** Every view, with words that stand on it once it has read what it shows. */
const views: readonly (readonly [path: string, words: RegExp])[] = [
  ['/', /signed the last/],
  ['/receipts', /wr_0007/],
  ['/receipts/wr_0007', /eight statutory items/],
  ['/pledges', /pl_0004/],
  ['/pledges/pl_0004', /Headroom/],
  ['/receivables', /rv_0042/],
  ['/receivables/rv_0042', /Each tier is one step/],
  ['/traces', /Follow any record/],
  ['/traces/wr_0007', /The same as a list/],
  // Only the rows in sight are drawn: the first by id.
  ['/parties', /Tank gauge 305/],
  ['/parties/uscc:91330900TRFW000140', /Dongji Refining/],
  ['/alerts', /Warnings in the event log/],
  ['/governance', /Block interval/],
  ['/blocks', /built by/],
  ['/blocks/3', /Commit certificate/],
  ['/orders/po_0001', /ordered from/],
  ['/prices/pf_brent', /pf_brent/],
  ['/evidence', /Choose a file/],
  ['/trust', /Genesis digest/],
  ['/receipts/wr_nobody', /Not on this ledger/],
  ['/no/such/page', /There is no such page/],
];

let net: Devnet;
let browser: Browser;
let base: string;
let context: BrowserContext | undefined;
let faults: string[] = [];

/** A page of its own browser profile; what it logs as an error is a fault. */
async function openPage(options: object = desktop): Promise<Page> {
  context = await browser.newContext({ baseURL: base, ...options });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !/status of 40[134]|ERR_/.test(text)) faults.push(text);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && !url.startsWith(base)) faults.push(`asked ${url}`);
  });
  return page;
}

const verify = (page: Page) => page.getByRole('button', { name: 'Verify in this browser' }).click();

beforeAll(async () => {
  if (found === undefined) return;
  mkdirSync(SCREENSHOTS, { recursive: true });
  await run(process.execPath, [join(root, 'packages/explorer/build.mjs')]);
  net = await startDevnet({ nodes: 4 });
  base = net.urls[0] ?? '';
  const seeds = join(root, 'seeds/bin/triflow-seeds.mjs');
  for (const name of ['fuel-oil', 'receivable-tiers', 'double-pledge']) {
    await run(process.execPath, [seeds, name, '--devnet', net.devnetFile]);
  }
  browser = await chromium.launch({ executablePath: found, args: ['--no-sandbox'] });
}, 400_000);

afterEach(async () => {
  await context?.close();
  context = undefined;
  const seen = faults;
  faults = [];
  expect(seen).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await net?.stop();
});

it('there is a browser to test with, in CI at least', () => {
  if (process.env.CI !== undefined) expect(found).toBeDefined();
});

describe.skipIf(found === undefined)('the explorer against a live devnet', () => {
  it.each(views)(
    '%s shows what it should, without serious faults of accessibility',
    async (path, words) => {
      const page = await openPage();
      await page.goto(path);
      await page.getByText(words).first().waitFor();
      await page.evaluate('document.fonts.ready.then(() => undefined)');
      const name = path === '/' ? 'network' : path.slice(1).replaceAll(/[/:]/g, '-');
      await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
      expect(await seriousFaults(page)).toEqual([]);
    },
  );

  it('a record is verified in the page: the lock names signers and height', async () => {
    const page = await openPage();
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
    const page = await openPage();
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
    const page = await openPage();
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

  it('a changed transaction beside a true proof is NOT verified', async () => {
    const page = await openPage();
    await page.goto('/blocks/3');
    const link = page.locator('a[href^="/transactions/tx_"]').first();
    const path = (await link.getAttribute('href')) ?? '';
    await page.goto(path);
    await verify(page);
    await page.locator('.proof.is-verified').waitFor();
    await page.route('**/v1/blocks/**', async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      const [transaction] = body.transactions ?? [];
      if (transaction?.commands !== undefined) transaction.commands[0].name = 'recall';
      await route.fulfill({ response, json: body });
    });
    await page.goto(path);
    await verify(page);
    await page.locator('.proof.is-refused').waitFor();
    expect(await page.locator('.proof').textContent()).toContain('/commands/0');
  });

  it('a physical event is verified, and a changed one is not', async () => {
    const page = await openPage();
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
    const page = await openPage();
    await page.goto('/pledges/pl_0004');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download evidence' }).click(),
    ]);
    const path = join(SCREENSHOTS, 'pl_0004.evidence.json');
    await download.saveAs(path);
    const bytes = readFileSync(path);
    const at = bytes.lastIndexOf('A');
    bytes.writeUInt8('B'.charCodeAt(0), at);
    await page.goto('/evidence');
    const file = { name: 'x.json', mimeType: 'application/json', buffer: bytes };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('The evidence does not hold').waitFor();
  });

  it('what a first visit fetches is bounded, and nothing may be fetched from elsewhere', async () => {
    const assets = join(root, 'packages/explorer/dist/page/assets');
    const sizes = readdirSync(assets).map((name) => {
      return { name, bytes: gzipSync(readFileSync(join(assets, name))).length };
    });
    const sum = (of: typeof sizes) => of.reduce((total, { bytes }) => total + bytes, 0);
    expect(sum(sizes.filter(({ name }) => name.startsWith('index-')))).toBeLessThan(
      FIRST_BYTES_MAX,
    );
    expect(sum(sizes)).toBeLessThan(ASSETS_BYTES_MAX);
    const page = await openPage();
    const headers = (await page.goto('/'))?.headers() ?? {};
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(/default-src 'none'; script-src 'self'/);
    expect(policy).not.toMatch(/unsafe-eval|https?:/);
  });

  it('a node of another genesis than the trusted one is not believed', async () => {
    const page = await openPage();
    await page.goto('/trust');
    await page.getByLabel('Trust another digest').fill('ab'.repeat(32));
    await page.getByRole('button', { name: 'Trust this digest' }).click();
    await page.getByText('another genesis').waitFor();
    await page.goto('/receipts/wr_0007');
    await verify(page);
    await page.locator('.proof.is-refused').waitFor();
  });

  it('evidence is saved, and holds when it is checked in the page; a changed byte does not', async () => {
    const page = await openPage();
    await page.goto('/receipts/wr_0007');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download evidence' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('wr_0007.evidence.json');
    const path = join(SCREENSHOTS, 'wr_0007.evidence.json');
    await download.saveAs(path);
    await page.goto('/evidence');
    const file = page.locator('input[type=file]');
    await file.setInputFiles(path);
    await page.getByText('The evidence holds').waitFor();
    const genesis = join(net.devnetFile, '..', 'genesis.json');
    const checked = await runTriflow(['verify', path, '--trust', genesis]);
    expect(checked, checked.stderr).toMatchObject({ code: 0, stderr: '' });
    const buffer = Buffer.from('{"format":"triflow/evidence/1"}');
    await file.setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer });
    await page.getByText('The evidence does not hold').waitFor();
  });

  it('speaks Chinese and English, and remembers which', async () => {
    const page = await openPage();
    await page.goto('/pledges/pl_0004');
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: '质押率' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.getByText('扬子银行').first().waitFor();
    await page.reload();
    await page.getByRole('heading', { name: '质押率' }).waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Loan to value' }).waitFor();
  });

  it('what happens on the ledger appears by itself, in every tab, over one stream', async () => {
    const page = await openPage();
    await page.goto('/');
    await page.getByText('As it happens').waitFor();
    const second = await (context as BrowserContext).newPage();
    const streams: string[] = [];
    second.on('request', (request) => {
      if (request.headers().accept === 'text/event-stream') streams.push(request.url());
    });
    await second.goto('/');
    await second.getByText('As it happens').waitFor();
    const gln = freshGln();
    const transaction = await net.client('carrier').transaction(registerPlace(gln));
    await transaction.commit();
    await page.getByText(gln).first().waitFor();
    await second.getByText(gln).first().waitFor();
    expect(streams).toEqual([]);
  });

  it('search finds papers by number and companies by name, all by keyboard', async () => {
    const page = await openPage();
    await page.goto('/');
    await page.getByText('As it happens').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('0007');
    await page
      .getByRole('option', { name: /wr_0007/ })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/receipts/wr_0007');
    for (const [typed, found] of [
      ['po_0001', /po_0001/],
      ['lt_0003', /lt_0003/],
      ['yangt', /Yangtze Bank/],
    ] as const) {
      await page.keyboard.press('/');
      await page.keyboard.type(typed);
      await page.getByRole('option', { name: found }).first().waitFor();
      await page.keyboard.press('Escape');
      await page.evaluate('document.activeElement.blur()');
    }
    await page.keyboard.press('/');
    await page.keyboard.type('扬子');
    await page.getByRole('option', { name: /Yangtze Bank/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Yangtze Bank' }).waitFor();
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('H1');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Verify in this browser' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('.proof.is-verified').waitFor();
  });

  it('the loan-to-value chart is read by arrow keys', async () => {
    const page = await openPage();
    await page.goto('/pledges/pl_0004');
    const chart = page.getByRole('img', { name: /^Loan to value: / });
    await chart.focus();
    const before = await page.locator('.chart-reading').textContent();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.chart-reading').textContent()).not.toBe(before);
  });

  it.each(views)('%s fits a phone of 360 pixels', async (path, words) => {
    const page = await openPage(phone);
    await page.goto(path);
    await page.getByText(words).first().waitFor();
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(360);
  });

  it('a node that goes away leaves what was read, with the last known height', async () => {
    const page = await openPage();
    await page.goto('/receipts/wr_0007');
    await page.getByText('eight statutory items').waitFor();
    await (context as BrowserContext).setOffline(true);
    await page
      .getByText(/last known height [\d,]+/)
      .first()
      .waitFor();
    expect(await page.getByText('eight statutory items').count()).toBe(1);
    await verify(page);
    await page.getByText('Could not be checked').waitFor();
    expect(await page.locator('.proof.is-refused').count()).toBe(0);
    await (context as BrowserContext).setOffline(false);
    await page
      .getByText(/last known height/)
      .first()
      .waitFor({ state: 'hidden' });
  });

  it('what a reader may not see is said to be so', async () => {
    const page = await openPage();
    await page.route('**/v1/receipts/wr_0007', (route) => {
      const json = { status: 403, code: 'AUTH_FORBIDDEN', title: 'x', details: {} };
      return route.fulfill({ status: 403, json });
    });
    await page.goto('/receipts/wr_0007');
    await page.getByText('Not for this reader').waitFor();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Demo parties of this devnet').selectOption({ label: 'Yangtze Bank' });
    await page.getByRole('button', { name: 'Reading as Yangtze Bank' }).waitFor();
  });

  it('a list of 100,000 keeps a few dozen rows in the document', async () => {
    const page = await openPage();
    await page.route('**/v1/receipts?**', (route) => {
      const cursor = new URL(route.request().url()).searchParams.get('cursor');
      const from = cursor === null ? 0 : Number(cursor);
      const data = Array.from({ length: 100 }, (_, index) => {
        const id = `wr_${String(from + index).padStart(6, '0')}`;
        return { id, data: { id, state: 'FREE', items: { goods: { variety: 'copper' } } } };
      });
      const next = from + 100 < 100_000 ? String(from + 100) : null;
      return route.fulfill({ json: { data, page: { next, atHeight: 9 } } });
    });
    await page.goto('/receipts');
    await page.getByText('wr_000000').waitFor();
    const height = async () => {
      return Number(await page.evaluate("document.querySelector('.list-body').clientHeight"));
    };
    for (let step = 0; step < 12; step += 1) {
      const before = await height();
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      await expect.poll(height, { timeout: WAIT_MS }).toBeGreaterThan(before);
    }
    expect(await page.locator('.list-body [role=row]').count()).toBeLessThan(80);
    await page.getByText(/1,[2-9]\d\d loaded|[2-9],\d\d\d loaded/).waitFor();
  });
});

/** What axe finds serious or critical. */
async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(`${axeSource};undefined`);
  return page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: { run: () => Promise<AxeResult> } }).axe;
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
  });
}

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

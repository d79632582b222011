import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../tidy/sources.js';
import {
  browserPath,
  ExplorerBrowser,
  phone,
  picture,
  SETUP_MS,
  verify,
  WAIT_MS,
} from './explorerBrowser.js';
import { testProofs } from './explorerProofs.js';
import { freshGln, registerPlace } from './places.js';

/** What a first visit fetches, compressed: the sdk with all schemas and both languages included. */
const FIRST_BYTES_MAX = 240_000;
const ASSETS_BYTES_MAX = 270_000;
/** Stops of the Tab key that are walked on one page. */
const STOPS_MAX = 70;
const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

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
  ['/lots', /lt_0102/],
  ['/lots/lt_0102', /What happened/],
  ['/traces/lt_0102', /The same as a list/],
  // Only the rows in sight are drawn: the first by id.
  ['/parties', /Tank gauge 305/],
  ['/parties/uscc:91330900TRFW000140', /Dongji Refining/],
  ['/alerts', /Warnings in the event log/],
  ['/governance', /gp_feature/],
  ['/blocks', /built by/],
  ['/blocks/3', /Commit certificate/],
  ['/orders/po_0001', /ordered from/],
  ['/units/vu_pallet-1', /What happened/],
  ['/devices/dv_logger-2', /Readings/],
  ['/proposals/gp_feature', /What happened/],
  ['/prices/pf_brent', /pf_brent/],
  ['/evidence', /Choose a file/],
  ['/trust', /Genesis digest/],
  ['/receipts/wr_nobody', /Not on this ledger/],
  ['/no/such/page', /There is no such page/],
];

let explorer: ExplorerBrowser;

beforeAll(async () => {
  if (browserPath !== undefined) explorer = await ExplorerBrowser.start(browserPath);
}, SETUP_MS);

afterEach(() => explorer?.closePage());

afterAll(() => explorer?.stop());

it('there is a browser to test with, in CI at least', () => {
  if (process.env.CI !== undefined) expect(browserPath).toBeDefined();
});

describe.skipIf(browserPath === undefined)('the explorer against a live devnet', () => {
  it.each(views)(
    '%s shows what it should, without serious faults; Tab reaches all; it fits a phone',
    async (path, words) => {
      const page = await explorer.keptPage();
      await page.goto(path);
      await page.getByText(words).first().waitFor();
      await page.evaluate('document.fonts.ready.then(() => undefined)');
      await picture(page, pictureOf(path));
      await page.getByRole('button', { name: '中文' }).click();
      await page.getByRole('button', { name: 'English' }).waitFor();
      await picture(page, pictureOf(path, 'zh-'));
      await page.getByRole('button', { name: 'English' }).click();
      await page.getByText(words).first().waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      await expectWalkable(page);
      await page.setViewportSize(phone.viewport);
      await page.evaluate('window.scrollTo(0, 0)');
      await picture(page, pictureOf(path, 'phone-'));
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      expect(wide).toBeLessThanOrEqual(360);
    },
  );

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
    const page = await explorer.openPage();
    const headers = (await page.goto('/'))?.headers() ?? {};
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(/default-src 'none'; script-src 'self'/);
    expect(policy).not.toMatch(/unsafe-eval|https?:/);
  });

  it('speaks Chinese and English, and remembers which', async () => {
    const page = await explorer.openPage();
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
    const page = await explorer.openPage();
    await page.goto('/');
    await page.getByText('As it happens').waitFor();
    const second = await explorer.context.newPage();
    const streams: string[] = [];
    second.on('request', (request) => {
      if (request.headers().accept === 'text/event-stream') streams.push(request.url());
    });
    await second.goto('/');
    await second.getByText('As it happens').waitFor();
    const gln = freshGln();
    const transaction = await explorer.net.client('carrier').transaction(registerPlace(gln));
    await transaction.commit();
    await page.getByText(gln).first().waitFor();
    await second.getByText(gln).first().waitFor();
    expect(streams).toEqual([]);
  });

  it('search finds papers by number and companies by name, all by keyboard', async () => {
    const page = await explorer.openPage();
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
    const page = await explorer.openPage();
    await page.goto('/pledges/pl_0004');
    const chart = page.getByRole('img', { name: /^Loan to value: / });
    await chart.focus();
    const before = await page.locator('.chart-reading').textContent();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.chart-reading').textContent()).not.toBe(before);
  });

  it('a phone that opens the page sees it whole', async () => {
    const page = await explorer.openPage(phone);
    await page.goto('/pledges/pl_0004');
    await page
      .getByText(/Headroom/)
      .first()
      .waitFor();
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(360);
  });

  it('temperatures come from the batches of a logger, read by arrow keys', async () => {
    const page = await explorer.openPage();
    await page.goto('/devices/dv_logger-2');
    const chart = page.getByRole('img', { name: /^temperature dv_logger-2: .* °C$/i });
    await chart.focus();
    const reading = page.locator('.chart-reading').first();
    const before = await reading.textContent();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await reading.textContent()).not.toBe(before);
  });

  it('governance shows what is proposed, what was carried and who voted', async () => {
    const page = await explorer.openPage();
    await page.goto('/governance');
    await page.getByText('gp_heartbeat').first().waitFor();
    await page.getByRole('button', { name: 'open', exact: true }).click();
    await page.getByText('gp_heartbeat').first().waitFor({ state: 'hidden' });
    await page.getByRole('link', { name: 'gp_feature' }).first().click();
    await page.getByText('sample-feature').first().waitFor();
    await verify(page);
    await page.locator('.proof.is-verified').waitFor();
    await page.goto('/proposals/gp_heartbeat');
    await page.getByText('Consortium Council').first().waitFor();
    await page.getByText('passed').first().waitFor();
  });

  it('a record prints without what only a screen needs', async () => {
    const page = await explorer.openPage();
    await page.goto('/receipts/wr_0007');
    await page.getByText('eight statutory items').waitFor();
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('header.top').isVisible()).toBe(false);
    expect(await page.getByRole('button', { name: 'Download evidence' }).isVisible()).toBe(false);
    expect(await page.getByText('eight statutory items').isVisible()).toBe(true);
    await picture(page, 'print-wr_0007');
  });

  it('a node that goes away leaves what was read, with the last known height', async () => {
    const page = await explorer.openPage();
    await page.goto('/receipts/wr_0007');
    await page.getByText('eight statutory items').waitFor();
    await explorer.context.setOffline(true);
    await page
      .getByText(/last known height [\d,]+/)
      .first()
      .waitFor();
    expect(await page.getByText('eight statutory items').count()).toBe(1);
    await verify(page);
    await page.getByText('Could not be checked').waitFor();
    expect(await page.locator('.proof.is-refused').count()).toBe(0);
    await explorer.context.setOffline(false);
    await page
      .getByText(/last known height/)
      .first()
      .waitFor({ state: 'hidden' });
  });

  it('what a reader may not see is said to be so', async () => {
    const page = await explorer.openPage();
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
    const page = await explorer.openPage();
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

describe.skipIf(browserPath === undefined)('what the explorer calls verified', () => {
  testProofs(() => explorer);
});

function pictureOf(path: string, kind = ''): string {
  const name = path === '/' ? 'network' : path.slice(1).replaceAll(/[/:]/g, '-');
  return `${kind}${name}`;
}

/** Numbers every control in sight, so that a walk can name them. */
async function markControls(page: Page): Promise<readonly string[]> {
  return page.evaluate(`[...document.querySelectorAll(
    'a[href], button:not([disabled]), input:not([disabled]), select, summary, [tabindex="0"]',
  )].filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one, index) => {
    one.dataset.mark = index + ' ' + one.tagName + ' ' + one.textContent.trim().slice(0, 40);
    return one.dataset.mark;
  })`);
}

/** The Tab key reaches every control, in order, none twice, each with a ring that is seen. */
async function expectWalkable(page: Page): Promise<void> {
  const controls = await markControls(page);
  const walked = await walkByTab(page);
  expect(walked.map(({ mark }) => mark)).toEqual([...new Set(walked.map(({ mark }) => mark))]);
  expect(walked.filter(({ ring }) => !ring)).toEqual([]);
  const missed = controls.filter((mark) => !walked.some((stop) => stop.mark === mark));
  if (walked.length < STOPS_MAX) expect(missed).toEqual([]);
  expect(walked.length).toBeGreaterThan(10);
}

/** Where the Tab key stops, from the top of the page, and whether that is seen. */
async function walkByTab(page: Page): Promise<readonly { mark: string; ring: boolean }[]> {
  const stops: { mark: string; ring: boolean }[] = [];
  await page.evaluate('document.activeElement?.blur()');
  while (stops.length < STOPS_MAX) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(`(() => {
      const one = document.activeElement;
      if (one === null || one === document.body) return undefined;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
      const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
      one.dataset.mark ??= 'new ' + Math.random() + one.outerHTML.slice(0, 80);
      const box = one.querySelector('rect');
      const drawn = box !== null && parseFloat(getComputedStyle(box).strokeWidth) >= 3;
      return { mark: one.dataset.mark, ring: outlined || drawn || boxShadow !== 'none' };
    })()`);
    if (stop === undefined) break;
    stops.push(stop as { mark: string; ring: boolean });
  }
  return stops;
}

/** What axe finds serious or critical. */
async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(`${axeSource};undefined`);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: (how: object) => Promise<AxeResult> } };
    const { violations } = await axe.run({ resultTypes: ['violations'] });
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

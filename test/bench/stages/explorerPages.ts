import { existsSync } from 'node:fs';
import { CodedError } from '@triflow/protocol';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { BenchNetwork } from '../benchNetwork.js';
import { receiptOf } from '../receiptLedger.js';
import { percentile } from '../statistics.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const RUNS = 5;
const SCROLLS = 20;
const MEDIAN = 500;
const MIB = 1_048_576;
const WAIT_MS = 60_000;

/** Milliseconds, the middle of several runs, on a ledger of so many receipts. */
export interface ExplorerFigures {
  readonly receipts: number;
  /** From an empty browser to the first rows: page, scripts and list. */
  readonly firstVisitMs: number;
  /** From the click in a page that is open to the first rows. */
  readonly listMs: number;
  readonly filteredMs: number;
  /** The next 100 rows at the end of the list. */
  readonly nextRowsMs: number;
  /** From the last key to the receipt in the list under the search field. */
  readonly searchMs: number;
  readonly recordMs: number;
  /** From the click to the lock. */
  readonly verifyMs: number;
  /** After so many rows were loaded: rows in the document, memory of its scripts. */
  readonly rowsLoaded: number;
  readonly rowsDrawn: number;
  readonly heapMib: number;
}

/**
 * Pages of the explorer in a real Chromium, served by one node whose ledger holds so many
 * receipts from its start; each run looks at other receipts.
 */
export async function explorerPages(
  network: BenchNetwork,
  receipts: number,
): Promise<ExplorerFigures> {
  const executablePath = CHROMIUM.find((path) => existsSync(path));
  if (executablePath === undefined) throw new CodedError('INTERNAL', 'bench: no Chromium here');
  const node = network.node(0);
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    return { receipts, ...(await measure(browser, node.url, receipts)) };
  } finally {
    await browser.close();
  }
}

async function measure(
  browser: Browser,
  url: string,
  receipts: number,
): Promise<Omit<ExplorerFigures, 'receipts'>> {
  const taken = new Map<string, number[]>();
  const take = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    const startMs = performance.now();
    await work();
    const list = taken.get(name) ?? [];
    taken.set(name, [...list, performance.now() - startMs]);
  };
  for (let run = 0; run < RUNS; run += 1) {
    const id = receiptOf(Math.floor((receipts * (run + 1)) / (RUNS + 1)));
    const page = await openPage(browser, url);
    await take('firstVisit', async () => {
      await page.goto('/receipts');
      await firstRow(page);
    });
    await page.goto('/trust');
    await take('list', async () => {
      await page.locator('nav a[href="/receipts"]').first().click();
      await firstRow(page);
    });
    await take('filtered', async () => {
      await page.goto('/receipts?state=FREE');
      await firstRow(page);
    });
    await take('nextRows', () => scrollOn(page));
    await page.keyboard.press('/');
    await page.keyboard.type(id.slice(0, -1));
    await take('search', async () => {
      await page.keyboard.type(id.slice(-1));
      await page.getByRole('option', { name: id }).first().waitFor();
    });
    await take('record', async () => {
      await page.keyboard.press('Enter');
      await page.getByText('eight statutory items').waitFor();
    });
    await take('verify', async () => {
      await page.getByRole('button', { name: 'Verify in this browser' }).click();
      await page.locator('.proof.is-verified').waitFor();
    });
    await page.context().close();
  }
  const median = (name: string) => percentile(taken.get(name) ?? [], MEDIAN);
  return {
    firstVisitMs: median('firstVisit'),
    listMs: median('list'),
    filteredMs: median('filtered'),
    nextRowsMs: median('nextRows'),
    searchMs: median('search'),
    recordMs: median('record'),
    verifyMs: median('verify'),
    ...(await scrollFar(browser, url)),
  };
}

async function openPage(browser: Browser, baseURL: string): Promise<Page> {
  const viewport = { width: 1360, height: 900 };
  const context = await browser.newContext({ baseURL, viewport, locale: 'en-GB' });
  context.setDefaultTimeout(WAIT_MS);
  return context.newPage();
}

async function firstRow(page: Page): Promise<void> {
  await page.locator('.list-body [role=row]').first().waitFor();
}

/** Scrolls to the end of what is loaded and waits until more is. */
async function scrollOn(page: Page): Promise<void> {
  await page.evaluate(`new Promise((done, fail) => {
    const body = document.querySelector('.list-body');
    const before = body.clientHeight;
    setTimeout(() => fail(new Error('no more rows came')), ${WAIT_MS});
    const look = () => {
      if (body.clientHeight > before) return done();
      scrollTo(0, document.body.scrollHeight);
      requestAnimationFrame(look);
    };
    look();
  })`);
}

async function scrollFar(
  browser: Browser,
  url: string,
): Promise<Pick<ExplorerFigures, 'rowsLoaded' | 'rowsDrawn' | 'heapMib'>> {
  const page = await openPage(browser, url);
  await page.goto('/receipts');
  await firstRow(page);
  for (let step = 0; step < SCROLLS; step += 1) await scrollOn(page);
  const told = (await page.locator('.list-note').textContent()) ?? '';
  const rowsLoaded = Number(/[\d,]+/.exec(told)?.[0].replaceAll(',', '') ?? 0);
  const rowsDrawn = await page.locator('.list-body [role=row]').count();
  const heap = Number(await page.evaluate('performance.memory.usedJSHeapSize'));
  await page.context().close();
  return { rowsLoaded, rowsDrawn, heapMib: heap / MIB };
}

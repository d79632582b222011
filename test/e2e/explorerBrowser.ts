import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Devnet, startDevnet } from '@triflow/devnet';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { root } from '../tidy/sources.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const SCENARIOS = ['fuel-oil', 'receivable-tiers', 'double-pledge', 'vaccine'];
const run = promisify(execFile);

/** Only a hang takes this long. */
export const WAIT_MS = 30_000;
export const SETUP_MS = 600_000;
/** Where files go that a page hands out, and pictures with TRIFLOW_SCREENSHOTS=yes. */
export const SAVED = join(root, '.triflow', 'screenshots');
/** The browser to test with; undefined where there is none. */
export const browserPath = CHROMIUM.find((path) => existsSync(path));
export const desktop = { viewport: { width: 1360, height: 900 }, locale: 'en-GB' } as const;
export const phone = { viewport: { width: 360, height: 780 }, locale: 'en-GB' } as const;

/** A devnet whose scenarios have been played, and a browser in front of its first node. */
export class ExplorerBrowser {
  readonly net: Devnet;
  readonly base: string;
  /** A block that holds a transaction: the vote that carried a proposal. */
  readonly voteHeight: number;
  readonly #browser: Browser;
  #context: BrowserContext | undefined;
  /** The open page, when it stays for the next test. */
  #kept: Page | undefined;
  #faults: string[] = [];

  private constructor(net: Devnet, browser: Browser, voteHeight: number) {
    this.net = net;
    this.base = net.urls[0] ?? '';
    this.#browser = browser;
    this.voteHeight = voteHeight;
  }

  /** Builds the page, starts four nodes, plays every scenario and decides a proposal. */
  static async start(executablePath: string): Promise<ExplorerBrowser> {
    mkdirSync(SAVED, { recursive: true });
    await run(process.execPath, [join(root, 'packages/explorer/build.mjs')]);
    const net = await startDevnet({ nodes: 4 });
    const seeds = join(root, 'seeds/bin/triflow-seeds.mjs');
    for (const name of SCENARIOS) {
      await run(process.execPath, [seeds, name, '--devnet', net.devnetFile]);
    }
    const voteHeight = await propose(net);
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    return new ExplorerBrowser(net, browser, voteHeight);
  }

  /** The profile that the last opened page belongs to. */
  get context(): BrowserContext {
    if (this.#context === undefined) throw new TypeError('no page is open');
    return this.#context;
  }

  /** A page that stays for tests that only look: a profile of its own compiles all scripts anew. */
  async keptPage(): Promise<Page> {
    const page = this.#kept ?? (await this.openPage());
    await page.setViewportSize(desktop.viewport);
    this.#kept = page;
    return page;
  }

  /** A page of its own browser profile; what it logs as an error is a fault. */
  async openPage(options: object = desktop): Promise<Page> {
    await this.#leave();
    // Nothing moves that nobody watches: a browser without a graphics card paints each frame.
    const still = { baseURL: this.base, reducedMotion: 'reduce' } as const;
    this.#context = await this.#browser.newContext({ ...still, ...options });
    this.#context.setDefaultTimeout(WAIT_MS);
    const page = await this.#context.newPage();
    page.on('pageerror', (error) => this.#faults.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() !== 'error' || /status of 40[134]|ERR_/.test(text)) return;
      this.#faults.push(text);
    });
    page.on('request', (request) => {
      const url = request.url();
      if (/^(data|blob):/.test(url) || url.startsWith(this.base)) return;
      this.#faults.push(`asked ${url}`);
    });
    return page;
  }

  /** Ends a test: nothing may have gone wrong in its pages. */
  async closePage(): Promise<void> {
    if (this.#kept === undefined) await this.#leave();
    await this.#kept?.unrouteAll({ behavior: 'wait' });
    const seen = this.#faults;
    this.#faults = [];
    expect(seen).toEqual([]);
  }

  async #leave(): Promise<void> {
    this.#kept = undefined;
    await this.#context?.close();
    this.#context = undefined;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.net.stop();
  }
}

/** Takes a picture of the whole page for people, when they ask for pictures. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.TRIFLOW_SCREENSHOTS === undefined) return;
  await page.screenshot({ path: join(SAVED, `${name}.png`), fullPage: true });
}

/** Presses the button of the proof panel. */
export async function verify(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Verify in this browser' }).click();
}

/** One proposal that is carried and one that is still open; gives the height of the vote. */
async function propose(net: Devnet): Promise<number> {
  const { proposals } = net.client('governor');
  const body = { contract: 'consensus', name: 'heartbeatMs', value: 20_000 };
  const carried = { id: 'gp_heartbeat', change: { kind: 'set_parameter', body } } as const;
  await (await proposals.propose(carried)).commit();
  const { height } = await (await proposals.vote({ id: carried.id, yes: true })).commit();
  const feature = { kind: 'activate_feature', body: { feature: 'sample-feature' } } as const;
  await (await proposals.propose({ id: 'gp_feature', change: feature })).commit();
  return height;
}

// The `test` that every browser test uses: a server per worker, and a page that may not complain.
import { test as base, expect, type Browser, type BrowserContext, type ConsoleMessage, type Locator, type Page } from '@playwright/test';
import { Reporter } from './report.ts';
import { Server } from './server.ts';
import { MIXED, world } from './world.ts';

export { expect, type Browser, type BrowserContext, type Locator, type Page };
export { Reporter } from './report.ts';
export { Server } from './server.ts';

export interface Fixtures {
  /** What the browser complained about so far; a test that provokes a complaint takes it out. */
  complaints: string[];
}

export interface WorkerFixtures {
  /** The server of the worker, with the reports of `world.ts` in it and no others. */
  server: Server;
  /** A second server of the worker, for tests that report data of their own. */
  spare: { server: Server; reporter: Reporter };
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      const reporter = await Reporter.of(server);
      await reporter.send(...world());
      await reporter.attach(MIXED.run, 'refused', 'refused orders.csv', 'order;reason\n1001;token\n', MIXED.refused);
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],

  spare: [
    async ({}, use) => {
      const server = await Server.start();
      await use({ server, reporter: await Reporter.of(server) });
      await server.stop();
    },
    { scope: 'worker' },
  ],

  // Addresses in tests are paths of the worker's server.
  baseURL: async ({ server }, use) => use(server.url),

  // Any console error, uncaught error or breach of the content security policy fails the test,
  // also when nobody looks for it: hydration warnings come as console messages.
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      await listen(context, complaints);
      await use(complaints);
      expect(complaints, 'the browser complained').toEqual([]);
    },
    { auto: true },
  ],
});

/** For tests that report data of their own: addresses are paths of the spare server. */
export const ownData = test.extend({
  baseURL: async ({ spare }, use) => use(spare.server.url),
});

/** Gathers what the pages of a context complain about. A test that opens a context calls this. */
export async function listen(context: BrowserContext, complaints: string[]): Promise<void> {
  context.on('console', (message) => {
    if (isComplaint(message)) complaints.push(`console ${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => complaints.push(`page error: ${error.error()}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`CSP refuses ${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
    });
  });
}

function isComplaint(message: ConsoleMessage): boolean {
  const hydration = /hydrat|recoverable|panicked/i.test(message.text());
  return message.type() === 'error' || (message.type() === 'warning' && hydration);
}

/** Takes out what browsers log of every page that is answered 404, and nothing else. */
export function forgiveNotFound(complaints: string[]): void {
  const others = complaints.filter((text) => !/status of 404/.test(text));
  complaints.splice(0, complaints.length, ...others);
}

/** Waits until the wasm has taken over the page that the server rendered. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator('body[data-hydrated]')).toBeAttached();
}

/** Opens an address cold and waits for hydration. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
}

/** The main heading. */
export const heading = (page: Page): Locator => page.getByRole('heading', { level: 1 });

/** A fact in the header of a page, by its name. */
export const fact = (page: Page, name: string): Locator =>
  page.getByRole('term').filter({ hasText: new RegExp(`^${name}$`) }).locator('xpath=following-sibling::dd');

/** The list of a page; its caption begins with this. */
export const table = (page: Page, caption: string | RegExp): Locator => page.getByRole('table', { name: caption });

/** The row whose header holds exactly this text; a long key is cut in the middle for the eye only. */
export const row = (list: Locator, name: string): Locator => {
  const exactly = new RegExp(`^\\s*${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
  return list.getByRole('row').filter({ has: list.page().getByRole('rowheader').filter({ hasText: exactly }) });
};

/** What stands in a row under a column. */
export async function cell(list: Locator, name: string, column: string): Promise<Locator> {
  const columns = await headers(list);
  const index = columns.indexOf(column);
  expect(index, `there is no column ${column} among ${columns.join(', ')}`).toBeGreaterThanOrEqual(0);
  // The box that selects a row stands under no column.
  const cells = row(list, name).getByRole('cell').filter({ hasNot: list.page().getByRole('checkbox') });
  return row(list, name).getByRole('rowheader').or(cells).nth(index);
}

/** The columns of a list, in their order, as they are read. */
export async function headers(list: Locator): Promise<string[]> {
  const texts = await list.getByRole('columnheader').allTextContents();
  return texts.map((text) => text.replace(/[↓↑↕]/g, '').trim());
}

/** The keys of all rows, from top to bottom. */
export async function keys(list: Locator): Promise<string[]> {
  const texts = await list.getByRole('rowheader').allTextContents();
  return texts.map((text) => text.trim());
}

/** Opens the filter. */
export async function openFilter(page: Page): Promise<void> {
  await page.getByText(/^Filter/).click();
  await expect(page.getByRole('button', { name: 'Apply' })).toBeVisible();
}

/** Opens the meatballs menu of a row. */
export async function openMenu(page: Page, of: string): Promise<void> {
  await page.getByRole('button', { name: `More for ${of}` }).click();
  await expect(page.getByRole('button', { name: 'Copy link' })).toBeVisible();
}

/** Ticks what is asked for in the open filter, and applies it. */
export async function applyFilter(page: Page, group: string, ...labels: string[]): Promise<void> {
  await openFilter(page);
  for (const label of labels) {
    await page.getByRole('group', { name: group }).getByLabel(label, { exact: true }).check();
  }
  await page.getByRole('button', { name: 'Apply' }).click();
}

/** Sends the search form. */
export async function search(page: Page, text: string): Promise<void> {
  await page.getByRole('main').getByRole('searchbox').fill(text);
  await page.getByRole('button', { name: 'Search' }).click();
}

/** The line below a list that says where one is. */
export const position = (page: Page): Locator => page.getByRole('main').getByText(/^(\d[\d,]*–|0 of)/);

/** The text of the body that a section shows. */
export const body = (page: Page): Locator => page.getByRole('region', { name: /^Body/ }).getByRole('code');

/** Counts what only a full load of a document asks for. */
export function documentRequests(page: Page): () => number {
  let count = 0;
  page.on('request', (request) => {
    if (request.resourceType() === 'document') count += 1;
  });
  return () => count;
}

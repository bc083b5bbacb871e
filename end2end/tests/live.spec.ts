// An open page hears of what is new: announced in lists, in place on the page of a run.
import { Reporter, Server, expect, fact, hydrated, keys, open, row, table, test, type Browser, type Page } from '../helper/page.ts';

const STARTED = '2024-04-01T00:00:00Z';
const runs = (page: Page) => table(page, /^Runs of/);
const oneRun = (key: string, integration: string, more: object = {}) => ({
  type: 'run', key, status: 'ok', started_at: STARTED, integration: { key: integration, flow: 'flow_live' }, ...more,
});
/** Does what makes news, and waits until a colleague's page has told them: by then ours would have, too. */
async function toldToOthers(browser: Browser, address: string, act: () => Promise<unknown>): Promise<void> {
  const colleague = await (await browser.newContext()).newPage();
  await open(colleague, address);
  await act();
  await expect(colleague.locator('.live-news')).toContainText('1 new run. Show');
  await colleague.context().close();
}

/** Whether the page has a stream that is open. */
const streams = (page: Page) => {
  const seen: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/events?')) seen.push(new URL(request.url()).pathname);
  });
  return seen;
};

test('new runs are announced, the rows stay where they are, and a click shows them', async ({ page, spare }) => {
  await spare.reporter.send(...['a', 'b', 'c'].map((key) => oneRun(`quiet_${key}`, 'int_quiet')));
  await open(page, `${spare.server.url}/main/integrations/int_quiet`);
  const before = await keys(runs(page));
  const box = await runs(page).boundingBox();
  await spare.reporter.send(oneRun('quiet_d', 'int_quiet', { started_at: '2024-04-02T00:00:00Z' }));
  await expect(page.getByText('1 new run.').locator('visible=true').first()).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: '1 new run.' })).toBeAttached();
  await spare.reporter.send(oneRun('quiet_e', 'int_quiet', { started_at: '2024-04-03T00:00:00Z' }), oneRun('elsewhere', 'int_other'));
  await expect(page.locator('.live-news')).toContainText('2 new runs. Show');
  expect(await keys(runs(page))).toEqual(before);
  expect(await runs(page).boundingBox()).toEqual(box);

  await page.getByRole('link', { name: 'Show', exact: true }).click();
  await expect.poll(() => keys(runs(page))).toEqual(['quiet_e', 'quiet_d', ...before]);
  await expect(page.locator('.live-news')).toHaveCount(0);
  // The list hears of what comes after that, and only of that.
  await spare.reporter.send(oneRun('quiet_f', 'int_quiet'));
  await expect(page.locator('.live-news')).toContainText('1 new run. Show');
});

test('from another page of a list the announcement leads to its beginning', async ({ page, spare }) => {
  const many = Array.from({ length: 12 }, (_, index) => oneRun(`many_${index}`, 'int_many', { started_at: `2024-04-01T00:00:${10 + index}Z` }));
  await spare.reporter.send(...many);
  await open(page, `${spare.server.url}/main/integrations/int_many?at=last`);
  await spare.reporter.send(oneRun('many_new', 'int_many', { started_at: '2024-04-02T00:00:00Z' }));
  await page.getByRole('link', { name: 'Show', exact: true }).click();
  await expect(page).toHaveURL(`${spare.server.url}/main/integrations/int_many`);
  await expect.poll(async () => (await keys(runs(page)))[0]).toBe('many_new');
});

test('a flow says how many of its integrations have new runs', async ({ page, spare }) => {
  await spare.reporter.send(oneRun('of_flow_1', 'int_f1', { integration: { key: 'int_f1', flow: 'flow_f' } }));
  await open(page, `${spare.server.url}/main/flows/flow_f`);
  await spare.reporter.send(oneRun('of_flow_2', 'int_f1', { integration: 'int_f1', status: 'failed', started_at: '2024-04-02T00:00:00Z' }));
  await expect(page.locator('.live-news')).toContainText('1 integration has new runs. Show');
  await page.getByRole('link', { name: 'Show', exact: true }).click();
  await expect(row(table(page, /^Integrations of/), 'int_f1')).toContainText('Failed');
});

test('a running run fails under its reader, in place, and then falls silent', async ({ page, spare }) => {
  const started = new Date().toISOString();
  await spare.reporter.send(oneRun('growing', 'int_growing', {
    status: 'running', started_at: started, steps: [{ key: 's1', name: 'First', status: 'running', started_at: started }],
    log: [{ key: 'l1', logged_at: started, level: 'info', message: 'begun', description: 'at length' }],
  }));
  const seen = streams(page);
  await open(page, `${spare.server.url}/main/runs/growing`);
  await expect(fact(page, 'Duration').locator('[data-for]')).toBeAttached();
  const ticking = () => fact(page, 'Duration').locator('[data-since]').getAttribute('data-for');
  const first = await ticking();
  await expect.poll(ticking).not.toBe(first);
  await page.getByText('Description').click();
  const link = page.getByRole('link', { name: 'View Payload of step s1' });
  await link.focus();

  await spare.reporter.send({ type: 'step', run: 'growing', key: 's2', name: 'Second', status: 'running', started_at: started });
  await expect(row(table(page, /^Steps of/), 's2')).toContainText('Running');
  await spare.reporter.send({ type: 'step', run: 'growing', key: 's2', status: 'failed', network_code: 401, error: 'refused' });
  await expect(row(table(page, /^Steps of/), 's2')).toContainText('Failed');
  await expect(link).toBeFocused();
  await expect(page.getByText('at length')).toBeVisible();

  await spare.reporter.send(oneRun('growing', 'int_growing', { status: 'failed', started_at: started, duration_ms: 4_210 }));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Failed');
  await expect(page.getByText('Step 2 failed')).toBeVisible();
  await expect(fact(page, 'Duration')).toHaveText('4.21 s');
  await expect(page).toHaveTitle(/^Failed/);
  // One stream for all of it, and none behind its end.
  expect(seen).toEqual(['/main/runs/growing/events']);
});

test('the payload of a running step appears in place', async ({ page, spare }) => {
  await spare.reporter.send(oneRun('asking', 'int_asking', { status: 'running', steps: [{ key: 's1', status: 'running' }] }));
  await open(page, `${spare.server.url}/main/runs/asking/steps/s1`);
  await spare.reporter.send({ type: 'step', run: 'asking', key: 's1', status: 'failed', response: { status: 401, body: { code: 'TOKEN_EXPIRED' } } });
  await expect(page.getByText('TOKEN_EXPIRED')).toBeVisible();
});

test('switched off, nothing is opened; switched on again, nothing was missed', async ({ page, browser, spare }) => {
  await spare.reporter.send(oneRun('off_1', 'int_off'));
  const seen = streams(page);
  await open(page, `${spare.server.url}/main/integrations/int_off`);
  await expect.poll(() => seen.length).toBe(1);
  await page.getByRole('button', { name: 'Display' }).click();
  await page.getByRole('group', { name: 'Live updates' }).getByText('Off').click();
  await page.reload();
  await hydrated(page);
  await toldToOthers(browser, page.url(), () => spare.reporter.send(oneRun('off_2', 'int_off')));
  expect(seen.length).toBe(1);
  await expect(page.locator('.live-news')).toHaveCount(0);
  await page.getByRole('button', { name: 'Display' }).click();
  await page.getByRole('group', { name: 'Live updates' }).getByText('On').click();
  await expect(page.locator('.live-news')).toContainText('1 new run. Show');
});

test('a tab that nobody looks at is not connected, and catches up when it is shown', async ({ page, browser, spare }) => {
  await spare.reporter.send(oneRun('tab_1', 'int_tab'));
  const seen = streams(page);
  const look = (state: 'hidden' | 'visible') => page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, state);
  await open(page, `${spare.server.url}/main/integrations/int_tab`);
  await expect.poll(() => seen.length).toBe(1);
  await look('hidden');
  await toldToOthers(browser, page.url(), () => spare.reporter.send(oneRun('tab_2', 'int_tab')));
  await expect(page.locator('.live-news')).toHaveCount(0);
  await look('visible');
  await expect(page.locator('.live-news')).toContainText('1 new run. Show');
  expect(seen.length).toBe(2);
});

test('a server that goes away is said, and what came meanwhile is told when it is back', async ({ page, complaints }) => {
  test.setTimeout(90_000);
  const first = await Server.start();
  const port = new URL(first.url).port;
  await (await Reporter.of(first)).send(oneRun('lost_1', 'int_lost'));
  await open(page, `${first.url}/main/integrations/int_lost`);
  await first.kill();
  await expect(page.locator('.live-lost')).toHaveText(/^Connection lost since \d\d:\d\d\. Trying again\.$/, { timeout: 25_000 });
  const second = await Server.start({ dataDir: first.dataDir, listen: `127.0.0.1:${port}` });
  await (await Reporter.of(second)).send(oneRun('lost_2', 'int_lost'));
  await expect(page.locator('.live-lost')).toHaveCount(0, { timeout: 25_000 });
  await expect(page.locator('.live-news')).toContainText('1 new run. Show');
  await second.stop();
  const others = complaints.filter((text) => !/ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(text));
  complaints.splice(0, complaints.length, ...others);
});

// The log of a run: whole, narrowed, followed while it runs, its first error one key away, its files saved.
// OV-12 OV-15 OV-16 OV-17 OV-18 OV-19 OV-20
import { readFile } from 'node:fs/promises';
import { expect, fact, hydrated, open, ownData as test, position, type Page } from '../helper/page.ts';

const START = Date.UTC(2024, 3, 1, 8);
const entries = (page: Page) => page.getByRole('main').getByRole('listitem').filter({ has: page.locator('.log-level') });
const messages = (page: Page) => page.locator('.log-message').allTextContents();

/** Entry 130 tells of the first error, every fiftieth of a warning. */
function entry(run: string, number: number) {
  const level = number % 130 === 0 && number > 0 ? 'error' : number % 50 === 0 ? 'warning' : number % 2 ? 'debug' : 'info';
  const description = number % 130 === 0 ? `Trace of ${number}` : null;
  return { type: 'log', run, key: `line ${number}/x`, logged_at: new Date(START + number * 1_000).toISOString(), level, message: `Line ${number}`, description };
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const run = (key: string, more: object = {}) => ({
  type: 'run', key, integration: { key: 'int_logged', flow: 'flow_logged' }, status: 'ok', started_at: new Date(START).toISOString(), ...more,
});

test('a log is paged whole, and narrowed by level and text with true counts', async ({ page, spare }) => {
  await spare.reporter.send(run('logged'), ...range(0, 270).map((number) => entry('logged', number)));
  await open(page, '/main/runs/logged');
  await expect(page.getByText('The first 100 of 270 entries.')).toBeVisible();
  await page.getByRole('link', { name: 'Whole log' }).click();
  await expect(fact(page, 'Log Entries')).toHaveText('270');
  await expect(position(page)).toContainText('1–100 of 270 entries');
  const pages = page.getByRole('navigation', { name: 'Pages' });
  await pages.getByRole('link', { name: 'Last' }).click();
  await expect(position(page)).toContainText('201–270 of 270 entries');
  await pages.getByRole('link', { name: 'Previous' }).click();
  await expect.poll(async () => (await messages(page))[0]).toBe('Line 100');

  const levels = page.getByRole('navigation', { name: 'Level' });
  await levels.getByRole('link', { name: 'Warning and above' }).click();
  await expect(fact(page, 'Log Entries')).toHaveText('8 of 270');
  expect(await messages(page)).toEqual([0, 50, 100, 130, 150, 200, 250, 260].map((number) => `Line ${number}`));
  await levels.getByRole('link', { name: 'Error' }).click();
  await expect(fact(page, 'Log Entries')).toHaveText('2 of 270');
  await expect(entries(page).first()).toContainText('Error');
  await levels.getByRole('link', { name: 'All levels' }).click();
  await page.getByRole('main').getByRole('searchbox').fill('trace of 13');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(fact(page, 'Log Entries')).toHaveText('1 of 270');
  // Where the text stands is unfolded.
  await expect(page.getByText('Trace of 130')).toBeVisible();
  await page.getByRole('link', { name: 'Remove filter Text: trace of 13' }).click();
  await expect(fact(page, 'Log Entries')).toHaveText('270');
});

test('the first error is one key away, from the run and from its log, and a link to it stays', async ({ page, spare }) => {
  await spare.reporter.send(run('erring', { status: 'failed' }), ...range(0, 270).map((number) => entry('erring', number)));
  for (const path of ['/main/runs/erring', '/main/runs/erring/log?at=last', '/main/runs/erring/log']) {
    await open(page, path);
    await page.keyboard.press('e');
    await expect(page).toHaveURL(/\/log\?entry=line%20130%2Fx#log-line%20130%2Fx$/);
    await hydrated(page);
    const marked = page.locator('[aria-current=true].log-entry');
    await expect(marked).toContainText('Line 130');
    await expect(marked).toBeInViewport();
    await expect(position(page)).toContainText('101–200 of 270');
  }
  // Each entry has such a link.
  await entries(page).filter({ hasText: 'Line 142' }).getByTitle('Link to entry line 142/x').click();
  await expect(page.locator('[aria-current=true].log-entry')).toContainText('Line 142');
  await page.keyboard.press('?');
  await expect(page.getByText('First error in the log of a run')).toBeVisible();
});

test('a running run is followed to its end without a reload', async ({ page, spare }) => {
  await spare.reporter.send(run('followed', { status: 'running' }), ...range(0, 5).map((number) => entry('followed', number)));
  await open(page, '/main/runs/followed/log');
  await spare.reporter.send(entry('followed', 5));
  await expect(page.getByText('Line 5', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Follow the end' }).click();
  await expect(page).toHaveURL(/\?tail=1$/);
  const tail = page.getByRole('log');
  await spare.reporter.send(...range(6, 250).map((number) => entry('followed', number)));
  await expect(tail.getByText('Line 249', { exact: true })).toBeInViewport();
  await expect(entries(page)).toHaveCount(100);
  // Whoever reads further up is left there.
  await tail.hover();
  await page.mouse.wheel(0, -600);
  const read = tail.getByText('Line 220', { exact: true });
  await expect(read).toBeInViewport();
  await spare.reporter.send(entry('followed', 250));
  await expect(tail.getByText('Line 250', { exact: true })).toBeAttached();
  await expect(read).toBeInViewport();
  await spare.reporter.send(run('followed', { duration_ms: 1_000 }));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('OK');
  await page.getByRole('link', { name: 'Follow the end' }).click();
  await expect(tail).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Follow the end' })).toHaveCount(0);
});

test('who has switched live updates off is told nothing', async ({ page, context, spare }) => {
  await spare.reporter.send(run('silent', { status: 'running' }), entry('silent', 0));
  await context.addCookies([{ name: 'display', value: 'live=off', url: spare.server.url }]);
  const streams: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/events?')) streams.push(request.url());
  });
  await open(page, '/main/runs/silent/log');
  await expect(page.getByText('Line 0', { exact: true })).toBeVisible();
  expect(streams).toEqual([]);
});

test('a file is saved from the run, and from the entry that carries it', async ({ page, spare }) => {
  const bytes = 'a;b\r\n<script>alert(1)</script>\r\n';
  await spare.reporter.send(run('filed'), entry('filed', 0), entry('filed', 1));
  await spare.reporter.attach('filed', 'f/1', 'übersicht <1>.html', bytes, 'line 1/x');
  await spare.reporter.attach('filed', 'f2', 'token.csv', 'token=hunter2hunter2hunter2\n');
  await open(page, '/main/runs/filed');
  const files = page.getByRole('table', { name: 'Files of filed' });
  await expect(files.getByRole('row')).toHaveCount(3);
  await expect(files.getByRole('row').filter({ hasText: 'token.csv' })).toContainText('secrets replaced');
  for (const place of [files, entries(page).filter({ hasText: 'Line 1' })]) {
    const [download] = await Promise.all([page.waitForEvent('download'), place.getByRole('link', { name: 'übersicht' }).click()]);
    expect(await readFile(await download.path(), 'utf8')).toBe(bytes);
    // What names a folder or a device on some machine is not in it.
    expect(download.suggestedFilename()).toMatch(/^übersicht .1.\.html$/);
  }
  await files.getByRole('link', { name: 'line 1/x' }).click();
  await expect(page.locator('[aria-current=true].log-entry')).toContainText('Line 1');
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });
  test('a log is read, narrowed, and led into at an entry', async ({ page, spare }) => {
    await spare.reporter.send(run('plain'), ...range(0, 140).map((number) => entry('plain', number)));
    await page.goto('/main/runs/plain');
    await page.getByRole('link', { name: 'First error' }).click();
    await expect(page.locator('[aria-current=true].log-entry')).toBeInViewport();
    await page.getByRole('main').getByRole('searchbox').fill('line 13');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(fact(page, 'Log Entries')).toHaveText('11 of 140');
  });
});

// The steps of a run along its time, and the attempts of a step together.
import { cell, expect, fact, heading, open, ownData as test, table, type Page, type Reporter } from '../helper/page.ts';

const START = Date.UTC(2024, 5, 1, 8);
const at = (ms: number) => new Date(START + ms).toISOString();
const step = (key: string, name: string, from: number | null, took: number | null, status = 'ok', more = {}) => ({
  key, name, app: 'crm', status, started_at: from === null ? null : at(from), duration_ms: took, ...more,
});

const DATA = [
  {
    type: 'run', key: 'tl_retried', integration: 'int_tl', status: 'ok', started_at: at(0), duration_ms: 10_000,
    steps: [
      step('get', 'Get contact', 0, 400),
      step('send', 'Send contact', 500, 1_000, 'failed', { attempt: 1, network_code: 503 }),
      step('send-2', 'Send contact', 3_500, 1_000, 'failed', { attempt: 2, network_code: 503 }),
      step('send-3', 'Send contact', 8_500, 1_000, 'ok', { attempt: 3, network_code: 200 }),
      step('note', 'Note', null, null, 'skipped'),
    ],
  },
  {
    type: 'run', key: 'tl_skewed', integration: 'int_tl', status: 'ok', started_at: at(0), duration_ms: 1_000,
    steps: [step('early', 'Early', -3_600_000, 100), step('fine', 'Fine', 200, 300), step('late', 'Late', 86_400_000, 50)],
  },
  {
    type: 'run', key: 'tl_long', integration: 'int_tl', status: 'ok', started_at: at(0), duration_ms: 300_000,
    steps: Array.from({ length: 260 }, (_, index) => step(`s${index}`, `Step ${index}`, index * 1_000, 900)),
  },
];

let reported: Reporter | undefined;
test.beforeEach(async ({ spare }) => {
  if (reported === spare.reporter) return;
  await spare.reporter.send(...DATA);
  reported = spare.reporter;
});

const timeline = (page: Page) => page.getByRole('region', { name: 'Timeline' });
const bars = (page: Page) => timeline(page).locator('path.bar');
const steps = (page: Page) => table(page, /^Steps of/);

test('the steps of a run are drawn along its time, and gaps are said', async ({ page }) => {
  await open(page, '/main/runs/tl_retried');
  await expect(timeline(page).getByRole('img', { name: 'Timeline of 4 steps over 10.00 s' })).toBeVisible();
  await expect(bars(page)).toHaveCount(4);
  await expect(timeline(page)).toContainText('Gaps of 2.00 s before step 3, 4.00 s before step 4, 500 ms after the last step.');
  await expect(timeline(page)).toContainText('No start was reported for step 5.');
  await expect(timeline(page).getByRole('list', { name: 'Statuses' }).getByRole('listitem')).toHaveText(['OK', 'Failed']);
  const lefts = await bars(page).evaluateAll((all) => all.map((bar) => bar.getBoundingClientRect().left));
  expect([...lefts].sort((a, b) => a - b)).toEqual(lefts);
});

test('clocks that disagree move a bar and do not stretch the axis', async ({ page }) => {
  await open(page, '/main/runs/tl_skewed');
  await expect(timeline(page).getByRole('img', { name: 'Timeline of 3 steps over 1.00 s' })).toBeVisible();
  await expect(timeline(page)).toContainText('Step 1 is said to begin before the run: it is shown moved.');
  await expect(timeline(page)).toContainText('Step 3 is said to end after the run: it is shown moved.');
});

test('of a very long run the first 200 steps are drawn, and on a narrow screen nothing overflows', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, '/main/runs/tl_long');
  await expect(bars(page)).toHaveCount(200);
  await expect(timeline(page)).toContainText('The first 200 of 260 steps.');
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBeLessThanOrEqual(0);
});

test('the attempts of a step are told together', async ({ page }) => {
  await open(page, '/main/runs/tl_retried');
  await expect(await cell(steps(page), 'send', 'Step Name')).toContainText('attempt 1 of 3');
  await expect(await cell(steps(page), 'send-3', 'Step Name')).toContainText('attempt 3 of 3');
  await page.getByRole('link', { name: 'send-2', exact: true }).click();
  await expect(fact(page, 'Attempt')).toHaveText('2 of 3');
  const list = page.getByRole('navigation', { name: 'Steps of this run' });
  await expect(list.getByRole('link', { name: /attempt 2 of 3/ })).toHaveAttribute('aria-current', 'step');
  const ways = page.getByRole('navigation', { name: 'Other steps' });
  await ways.getByRole('link', { name: 'Next attempt' }).click();
  await expect(page).toHaveURL('/main/runs/tl_retried/steps/send-3');
  await expect(heading(page)).toContainText('OK');
  await ways.getByRole('link', { name: 'Previous attempt' }).click();
  await expect(page).toHaveURL('/main/runs/tl_retried/steps/send-2');
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('timeline and attempts are there', async ({ page }) => {
    await page.goto('/main/runs/tl_retried');
    await expect(bars(page)).toHaveCount(4);
    await page.getByRole('link', { name: 'send', exact: true }).click();
    await page.getByRole('link', { name: 'Next attempt' }).click();
    await expect(fact(page, 'Attempt')).toHaveText('2 of 3');
  });
});

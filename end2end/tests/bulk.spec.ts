// Selecting rows and doing something to all of them: the number first, then the result, then the way back.
import { cell, expect, heading, headers, open, ownData as test, row, table, type Page } from '../helper/page.ts';
import type { Reporter } from '../helper/report.ts';

const list = (page: Page) => table(page, /^(Integrations of|Runs)/);

/** A flow of the test's own with twelve integrations, every second of which failed. */
async function twelve(reporter: Reporter, name: string): Promise<string> {
  const numbers = Array.from({ length: 12 }, (_, index) => index + 1);
  await reporter.send(...numbers.map((number) => ({
    type: 'run' as const, key: `run_${name}_${number}`, status: number % 2 ? 'ok' : 'failed', started_at: '2024-04-01T00:00:00Z',
    integration: { key: `${name}_${number}`, flow: `flow_${name}`, user_id: `u_${name}`, created_at: `2024-03-${10 + number}T00:00:00Z` },
    steps: [{ key: 's', app: 'crm', status: number % 2 ? 'ok' : 'failed', network_code: number % 2 ? 200 : 500 }],
  })));
  return `/main/flows/flow_${name}`;
}

test('rows that are ticked are disabled together, and get their status back', async ({ page, spare }) => {
  await open(page, await twelve(spare.reporter, 'some'));
  await expect(page.getByRole('button', { name: 'Disable…' })).toBeHidden();
  await page.getByLabel('Select some_12').check();
  await page.getByLabel('Select some_11').check();
  await expect(page.getByRole('status').filter({ hasText: '2 selected' })).toBeAttached();
  await page.getByRole('button', { name: 'Disable…' }).click();
  await expect(heading(page)).toHaveText('Disable 2 integrations?');
  await expect(page.getByRole('list', { name: 'What is meant' }).getByRole('listitem')).toHaveText(['some_11', 'some_12']);
  await page.getByRole('button', { name: 'Disable 2 integrations' }).click();
  await expect(heading(page)).toHaveText('2 integrations were disabled');
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await expect(row(list(page), 'some_12')).toBeVisible();
  await expect(await cell(list(page), 'some_12', 'Integration Status')).toHaveText('Disabled');
  await page.goBack();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(heading(page)).toHaveText('Undone: 2 integrations were given their status back');
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await expect(row(list(page), 'some_12')).toBeVisible();
  await expect(await cell(list(page), 'some_12', 'Integration Status')).toHaveText('Enabled');
});

test('all that match are deleted only after their number was shown', async ({ page, spare }) => {
  await open(page, `${await twelve(spare.reporter, 'all')}?last_run=failed&size=10`);
  await page.getByLabel('Select all on this page').check();
  // The page shows all six that match: there is nothing beyond it to offer.
  await expect(page.getByLabel(/^All .* that match$/)).toHaveCount(0);
  await open(page, '/main/flows/flow_all');
  await page.getByLabel('Select all_12').check();
  await page.getByLabel('All 12 that match').check();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await expect(heading(page)).toHaveText('Delete 12 integrations?');
  await expect(page.getByText('Deleting is final')).toBeVisible();
  await expect(page.getByText('and 2 more')).toBeVisible();
  await page.getByRole('button', { name: 'Delete 12 integrations' }).click();
  await expect(heading(page)).toHaveText('12 integrations were deleted');
  await expect(page.getByRole('button', { name: 'Undo' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await expect(row(list(page), 'all_12')).toBeVisible();
  await expect(await cell(list(page), 'all_12', 'Integration Status')).toHaveText('Deleted');
});

test('failures are marked as handled with a note, and stop showing red', async ({ page, spare }) => {
  await open(page, await twelve(spare.reporter, 'note'));
  await open(page, '/main/runs?user=u_note');
  await page.getByLabel('Select run_note_12').check();
  await page.getByLabel('Select run_note_11').check();
  await page.getByRole('button', { name: 'Mark as handled…' }).click();
  await page.getByLabel('Note').fill('Token renewed with the customer');
  await page.getByRole('button', { name: 'Mark 2 runs as handled' }).click();
  await expect(page.getByText('1 changed, 1 left alone.')).toBeVisible();
  await expect(page.getByText('Only failed, interrupted and warning runs')).toBeVisible();
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await expect(heading(page)).toHaveText('Runs');
  await expect(await cell(list(page), 'run_note_12', 'Status')).toContainText('handled');
  await expect(row(list(page), 'run_note_12')).not.toHaveClass(/row-failed/);
  await row(list(page), 'run_note_12').getByRole('link', { name: 'View' }).click();
  await expect(page.getByText('Token renewed with the customer')).toBeVisible();
  // The integration needs nobody's attention any more.
  await open(page, '/main/flows/flow_note?faulty=1&size=25');
  await expect(page.getByText('note_12', { exact: true })).toHaveCount(0);
  await expect(row(list(page), 'note_10')).toBeVisible();
});

test('a single failure is marked from its menu', async ({ page, spare }) => {
  await twelve(spare.reporter, 'one');
  await open(page, '/main/runs/run_one_2');
  await page.getByRole('button', { name: 'More for run run_one_2' }).click();
  await page.getByRole('link', { name: 'Mark as handled…' }).click();
  await page.getByRole('button', { name: 'Mark 1 run as handled' }).click();
  await expect(heading(page)).toHaveText('1 run was marked as handled');
});

test('what was selected does not stay selected when other rows come', async ({ page, spare }) => {
  await open(page, await twelve(spare.reporter, 'turn'));
  await page.getByLabel('Select all on this page').check();
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.getByLabel('Select turn_1', { exact: true })).not.toBeChecked();
  await expect(page.getByRole('button', { name: 'Disable…' })).toBeHidden();
  expect(await headers(list(page))).not.toContain('Select');
});

test('without script rows are selected and disabled just so', async ({ browser, spare }) => {
  const path = await twelve(spare.reporter, 'plain');
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${spare.server.url}${path}`);
  await page.getByLabel('Select plain_12').check();
  await page.getByRole('button', { name: 'Disable…' }).click();
  await page.getByRole('button', { name: 'Disable 1 integration' }).click();
  await expect(heading(page)).toHaveText('1 integration was disabled');
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await expect(await cell(list(page), 'plain_12', 'Integration Status')).toHaveText('Disabled');
  await context.close();
});

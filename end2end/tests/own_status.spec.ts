// A workspace's own words for statuses, and what runs are called elsewhere.
import { expect, heading, hydrated, openFilter, ownData as test, type Page } from '../helper/page.ts';

async function save(page: Page, words: string): Promise<void> {
  await page.getByLabel('Words').fill(words);
  await page.getByRole('region', { name: 'Own statuses' }).getByRole('button', { name: 'Save' }).click();
}

test('an own status is set, reported, seen and filtered by (LM-58)', async ({ page, spare }) => {
  await page.goto('/main/settings');
  await hydrated(page);
  await save(page, 'half done = fine');
  await expect(page.getByText('not for “fine”')).toBeVisible();
  await expect(page.getByLabel('Words')).toHaveValue('half done = fine');
  await save(page, 'half done = warning');
  await expect(page.getByText('not for “fine”')).toHaveCount(0);
  await expect(page.getByLabel('Words')).toHaveValue('half done = warning');

  const run = { type: 'run', integration: 'prices' };
  await spare.reporter.send(
    { ...run, key: 'batch_1', status: 'half done', reference: 'job-4711', started_at: '2026-11-12T09:14:00Z' },
    { ...run, key: 'batch_2', status: 'ok', started_at: '2026-11-12T09:15:00Z' },
  );
  await page.goto('/main/runs');
  await hydrated(page);
  await expect(page.getByRole('row', { name: /batch_1/ })).toContainText('Warning half done');
  await openFilter(page);
  await page.getByLabel('Own status').selectOption('half done');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('link', { name: 'Remove filter Own status: half done' })).toBeVisible();
  await expect(page.getByRole('row', { name: /batch_2/ })).toHaveCount(0);

  // What it is called elsewhere is pasted into the one box and leads to it.
  await page.goto('/main/find?q=job-4711');
  await expect(heading(page)).toContainText('batch_1');
  await expect(page.getByText('job-4711')).toBeVisible();
});

// Scanning many runs: all of a workspace, filters that combine, columns, order, views of the team.
import { applyFilter, cell, expect, headers, keys, open, openFilter, ownData, position, row, table, test, type Page } from '../helper/page.ts';
import { BUSY, MIXED, SHARED, integration, paths, run } from '../helper/world.ts';

const runs = (page: Page) => table(page, /^Runs/);

test('all runs of a workspace are listed, with whose they are', async ({ page }) => {
  await open(page, paths.flows);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Runs' }).click();
  await expect(page).toHaveURL(/\/main\/runs$/);
  expect(await headers(runs(page))).toEqual([
    'Run ID', 'Integration ID', 'User ID', 'Trigger App', 'Start Time', 'Duration', 'Status', 'Network Code', 'Failing App', 'View',
  ]);
  await expect(await cell(runs(page), MIXED.run, 'Integration ID')).toHaveText(MIXED.integration);
  await expect(await cell(runs(page), MIXED.run, 'Failing App')).toHaveText('crm');
  await (await cell(runs(page), MIXED.run, 'User ID')).getByRole('link').click();
  await expect(page).toHaveURL(/\/main\/users\/u_105$/);
});

test('filters combine, each is a chip that takes only itself away', async ({ page }) => {
  await open(page, `/main/runs?status=failed&code=5xx&app=crm&took_from=1s&took_to=2s&trigger_name=NEW+ORDER`);
  const all = await keys(runs(page));
  expect(all.length).toBeGreaterThan(3);
  const chips = page.getByRole('list', { name: 'Filters in force' });
  await expect(chips.getByRole('listitem')).toHaveText([
    /^Status: Failed/, /^Network code: 5xx/, /^Took 1.00 s to 2.00 s/, /^Failing app: crm/, /^Trigger Name: NEW ORDER/, 'Clear all',
  ]);
  await chips.getByRole('link', { name: 'Remove filter Network code: 5xx' }).click();
  await expect(page).toHaveURL(/status=failed&app=crm&trigger_name=NEW\+ORDER&took_from=1\+s&took_to=2\+s$/);
  await expect(row(runs(page), run(20))).toBeVisible();
});

test('a filter by user lists the runs of that end-user over all flows', async ({ page }) => {
  await open(page, `/main/users/${SHARED.userId}`);
  await page.getByRole('link', { name: `All runs of ${SHARED.userId}` }).click();
  await expect(page.getByRole('list', { name: 'Filters in force' })).toContainText(`User: ${SHARED.userId}`);
  const owners = await runs(page).getByRole('link', { name: /^int_crm_/ }).allTextContents();
  expect([...new Set(owners)].sort()).toEqual(SHARED.integrations);
});

test('a moving window moves: what is old is left out, and the address keeps it relative', async ({ page }) => {
  await open(page, '/main/runs');
  await openFilter(page);
  await page.getByRole('group', { name: /^Start Time/ }).getByRole('combobox').selectOption('Last 24 hours');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/\/main\/runs\?started_within=24h$/);
  await expect(page.getByText('No run passes the filter.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Filters in force' })).toContainText('Started in the last 24 hours');
});

test('a duration that cannot be read is told, and nothing else is lost', async ({ page }) => {
  await open(page, `${paths.busy}?status=failed`);
  await openFilter(page);
  await page.getByLabel('Took at least').fill('a while');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('main')).toContainText('took_from');
  await expect(page.getByRole('list', { name: 'Filters in force' })).toContainText('Status: Failed');
});

test('runs are sorted by duration, over all pages', async ({ page }) => {
  await open(page, paths.busy);
  await page.getByRole('columnheader', { name: 'Duration' }).getByRole('link').click();
  await expect(page).toHaveURL(/sort=longest$/);
  await expect(page.getByRole('columnheader', { name: 'Duration' })).toHaveAttribute('aria-sort', 'descending');
  expect((await keys(runs(page)))[0]).toBe(run(23));
  await page.getByRole('link', { name: 'Next' }).click();
  await page.getByRole('link', { name: 'Next' }).click();
  // The one that still runs took no time that could be told.
  await expect.poll(async () => (await keys(runs(page))).at(-1)).toBe(run(22));
});

test('the failures that nobody looked after are one click away', async ({ page }) => {
  await open(page, paths.busy);
  await page.getByRole('link', { name: 'Failed only' }).click();
  await expect(position(page)).toHaveText(/of 5 runs/);
  await page.getByRole('link', { name: 'Failed only' }).click();
  await expect(position(page)).toHaveText(/of 23 runs/);
});

test('columns are chosen and ordered, and stay through paging and back', async ({ page }) => {
  await open(page, paths.busy);
  await page.getByText(/^Columns/).click();
  await page.getByLabel('Column 1', { exact: true }).selectOption('Status');
  await page.getByLabel('Column 2', { exact: true }).selectOption('Run ID');
  await page.getByLabel('Column 3', { exact: true }).selectOption('Failing Step');
  for (const number of [4, 5, 6, 7, 8]) await page.getByLabel(`Column ${number}`, { exact: true }).selectOption('');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/columns=status&columns=run_id&columns=failing_step/);
  const chosen = ['Status', 'Run ID', 'Failing Step', 'View'];
  expect(await headers(runs(page))).toEqual(chosen);
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(position(page)).toHaveText(/^11–20/);
  expect(await headers(runs(page))).toEqual(chosen);
  await page.getByText(/^Columns/).click();
  await page.getByRole('link', { name: 'Usual columns' }).click();
  await expect.poll(() => headers(runs(page))).toContain('Trigger App');
});

ownData('a saved view is everybody\'s, keeps what is relative, and is deleted again', async ({ page, spare, browser }) => {
  await spare.reporter.send({ type: 'run', key: 'fresh', status: 'failed', started_at: new Date().toISOString(), integration: { key: 'viewed', flow: 'flow_views' } });
  await open(page, '/main/runs?status=failed&started_within=24h');
  await page.getByText(/^Views/).click();
  await page.getByLabel('Save what is shown as').fill('Failed today');
  await page.getByRole('button', { name: 'Save view' }).click();
  await expect(page.getByText('The view “Failed today” is saved.')).toBeVisible();
  // A colleague, elsewhere.
  const colleague = await (await browser.newContext()).newPage();
  await open(colleague, `${spare.server.url}/main/runs`);
  await colleague.getByText(/^Views/).click();
  await colleague.getByRole('link', { name: 'Failed today' }).click();
  await expect(colleague).toHaveURL(/status=failed&started_within=24h$/);
  await expect(row(runs(colleague), 'fresh')).toBeVisible();
  await colleague.getByText(/^Views/).click();
  await colleague.getByRole('button', { name: 'Delete view Failed today' }).click();
  await expect(colleague.getByText('The view “Failed today” is deleted.')).toBeVisible();
  await colleague.context().close();
  await page.reload();
  await page.getByText(/^Views/).click();
  await expect(page.getByText('No views yet.')).toBeVisible();
});

test('a filter of integrations has moving windows too', async ({ page }) => {
  await open(page, `${paths.flow}?created_within=7d`);
  await expect(page.getByText('No integration of this flow passes the filter.')).toBeVisible();
  await applyFilter(page, 'Integration Status', 'Disabled');
  await expect(page).toHaveURL(/status=disabled&created_within=7d$/);
});

test('a half-typed run ID is offered over the whole workspace', async ({ page }) => {
  await open(page, '/main/runs?search=run_mix');
  await expect(page.getByText('No run has exactly the Run ID or the Trigger App “run_mix”.')).toBeVisible();
  await expect(table(page, /^Runs of which the ID begins/).getByRole('link', { name: MIXED.run, exact: true })).toBeVisible();
  await open(page, `/main/runs?search=${MIXED.run}`);
  expect(await keys(runs(page))).toEqual([MIXED.run]);
  expect(integration(1)).toBe(BUSY);
});

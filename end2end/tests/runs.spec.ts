// The Run Detail Page: what it says of an integration and its runs, and how a run is found.
import {
  body, applyFilter, cell, expect, fact, headers, heading, keys, open, openFilter, position, row, search, table, test, type Page,
} from '../helper/page.ts';
import { BUSY, FLOW, MIXED, RUNNING, RUNS, WELL, paths, run } from '../helper/world.ts';

const list = (page: Page) => table(page, /^Runs of/);
const all = `${paths.busy}?size=25`;
/** Keys of runs, newest first. */
const runs = (passes: (number: number) => boolean) =>
  Array.from({ length: RUNS }, (_, index) => RUNS - index).filter(passes).map(run);

test('IG-47 the top tells flow and integration, and below are the runs', async ({ page }) => {
  await open(page, paths.busy);
  await expect(heading(page)).toHaveText(BUSY);
  await expect(fact(page, 'Flow').getByRole('link', { name: FLOW.name })).toBeVisible();
  await expect(fact(page, 'Flow')).toContainText('Published');
  await expect(fact(page, 'Integration ID')).toContainText(BUSY);
  await expect(fact(page, 'User ID')).toContainText('u_101');
  await expect(fact(page, 'User Auth')).toContainText('person1@acme.test');
  await expect(fact(page, 'Integration Status')).toHaveText('Enabled');
  await expect(fact(page, 'Date Created')).toHaveText('1 Mar 2024 09:00:00 UTC');
  await expect(fact(page, 'Last Run Status')).toHaveText('OK');
  await expect(fact(page, 'Runs')).toHaveText('23');
  await expect(fact(page, 'Failed')).toHaveText('5');
  await expect(list(page)).toBeVisible();
});

test('IG-48 the runs table has its columns in order', async ({ page }) => {
  await open(page, paths.busy);
  expect(await headers(list(page))).toEqual([
    'Run ID', 'Trigger App', 'Trigger Name', 'Trigger Type', 'Start Time', 'Duration', 'Status', 'Network Code', 'View',
  ]);
  const last = row(list(page), run(RUNS));
  await expect(last.getByRole('link', { name: `View steps of ${run(RUNS)}` })).toBeVisible();
  await expect(last.getByRole('button', { name: `More for run ${run(RUNS)}` })).toBeVisible();
});

test('IG-49 every run has an ID of its own', async ({ page }) => {
  await open(page, all);
  expect(await keys(list(page))).toEqual(runs(() => true));
});

test('IG-50 IG-51 IG-52 Trigger App, Trigger Name and Trigger Type are those of the app', async ({ page }) => {
  await open(page, all);
  const rows = list(page);
  const trigger = async (key: string) =>
    Promise.all(['Trigger App', 'Trigger Name', 'Trigger Type'].map(async (name) => (await cell(rows, key, name)).textContent()));
  expect(await trigger(run(1))).toEqual(['Shop', 'New order', 'webhook']);
  expect(await trigger(run(3))).toEqual(['Calendar', 'Every hour', 'poll']);
});

test('IG-53 Start Time is when the run was initiated', async ({ page }) => {
  await open(page, all);
  const started = await cell(list(page), run(5), 'Start Time');
  await expect(started).toHaveText('1 Apr 2024 05:00');
  await expect(started.getByRole('time')).toHaveAttribute('title', '1 Apr 2024 05:00:00 UTC');
});

test('IG-54 Duration is what the run took, and a dash while it runs', async ({ page }) => {
  await open(page, all);
  await expect(await cell(list(page), run(5), 'Duration')).toHaveText('1.00 s');
  await expect((await cell(list(page), run(5), 'Duration')).getByTitle('1,005 ms')).toBeVisible();
  await expect(await cell(list(page), RUNNING, 'Duration')).toHaveText(/^[–—]/);
});

test('IG-55 Status tells whether a run was executed well', async ({ page }) => {
  await open(page, all);
  for (const [key, status] of [[run(1), 'OK'], [run(4), 'Failed'], [RUNNING, 'Running']] as const) {
    await expect(await cell(list(page), key, 'Status')).toHaveText(status);
  }
});

test('IG-56 Network Code is that of the last step, and a failing one of another code is told too', async ({ page }) => {
  await open(page, all);
  for (const [key, code] of [[run(1), '200'], [run(4), '404'], [run(8), '500']] as const) {
    await expect(await cell(list(page), key, 'Network Code')).toContainText(code);
  }
  await open(page, `/main/integrations/${MIXED.integration}`);
  const codes = await cell(list(page), MIXED.run, 'Network Code');
  await expect(codes.getByRole('link')).toHaveText(['200 OK', '401 Unauthorized']);
});

test('IG-57 a code tells its name and leads to the list of all codes', async ({ page }) => {
  await open(page, all);
  const code = (await cell(list(page), run(4), 'Network Code')).getByRole('link');
  await expect(code).toHaveAttribute('title', '404 Not Found');
  await expect(code).toHaveAccessibleName(/404 Not Found/);
  await expect(code).toHaveAttribute('href', /^https:\/\/www\.iana\.org\/assignments\/http-status-codes\//);
});

test('IG-58 a run is found by its Run ID', async ({ page }) => {
  await open(page, paths.busy);
  await search(page, run(7));
  await expect(position(page)).toContainText('1–1 of 1 runs');
  expect(await keys(list(page))).toEqual([run(7)]);

  await search(page, 'run_01_0');
  await expect(page.getByText('No run has exactly the Run ID or the Trigger App “run_01_0”.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Beginning with “run_01_0”' })).toBeVisible();
});

test('IG-59 runs are found by Trigger App', async ({ page }) => {
  await open(page, paths.busy);
  await search(page, 'calendar');
  await expect(position(page)).toContainText('1–7 of 7 runs');
  expect(await keys(list(page))).toEqual(runs((number) => number % 3 === 0));
});

test('IG-60 runs are filtered by Start Time', async ({ page }) => {
  await open(page, paths.busy);
  await openFilter(page);
  const started = page.getByRole('group', { name: 'Start Time' });
  await started.getByLabel('from').fill('2024-04-01T05:00');
  await started.getByLabel('to').fill('2024-04-01T08:00');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(position(page)).toContainText('1–4 of 4 runs');
  expect(await keys(list(page))).toEqual([8, 7, 6, 5].map(run));
  await expect(page.getByText('Started 2024-04-01 05:00 to 2024-04-01 08:00 UTC', { exact: true })).toBeVisible();
});

test('IG-61 runs are filtered by status', async ({ page }) => {
  await open(page, paths.busy);
  await applyFilter(page, 'Status', 'Failed');
  await expect(position(page)).toContainText('1–5 of 5 runs');
  expect(await keys(list(page))).toEqual(runs((number) => number % 4 === 0));
  await applyFilter(page, 'Status', 'Running');
  await expect(position(page)).toContainText('1–6 of 6 runs');
});

test('IG-62 runs are filtered by Network Code, its class, or none', async ({ page }) => {
  await open(page, paths.busy);
  for (const [typed, numbers] of [['404', [20, 12, 4]], ['5xx', [16, 8]], ['none', [22]], ['404 5xx', [20, 16, 12, 8, 4]]] as const) {
    await openFilter(page);
    await page.getByLabel('Network Code').fill(typed);
    await page.getByRole('button', { name: 'Apply' }).click();
    await expect(position(page)).toContainText(`of ${numbers.length} runs`);
    expect(await keys(list(page))).toEqual(numbers.map(run));
  }
});

test('IG-63 filter values take effect on Apply and not before', async ({ page }) => {
  await open(page, paths.busy);
  await openFilter(page);
  await page.getByRole('group', { name: 'Status' }).getByLabel('Failed').check();
  await page.getByLabel('Network Code').fill('404');
  await expect(position(page)).toContainText('of 23 runs');
  await expect(page).toHaveURL(paths.busy);
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(`${paths.busy}?status=failed&code=404`);
  await expect(position(page)).toContainText('of 3 runs');
});

test('IG-46 of a healthy integration every run, step and payload can be followed', async ({ page }) => {
  await open(page, `/main/integrations/${WELL.integration}`);
  await page.getByRole('link', { name: `View steps of ${WELL.run}` }).click();
  for (const number of [1, 2, 3]) {
    await page.getByRole('link', { name: `View Payload of step step_${number}` }).click();
    await expect(body(page)).toContainText(`"answer": ${number}`);
    await page.getByRole('link', { name: 'Request', exact: true }).click();
    await expect(body(page)).toContainText(`"question": ${number}`);
    await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: WELL.run }).click();
    await expect(table(page, /^Steps of/)).toBeVisible();
  }
});

test('runs are sorted and paged to the last one', async ({ page }) => {
  await open(page, paths.busy);
  await page.getByRole('link', { name: 'Last', exact: true }).click();
  await expect(position(page)).toContainText('21–23 of 23 runs');
  expect(await keys(list(page))).toEqual([3, 2, 1].map(run));
  await page.getByRole('columnheader', { name: 'Start Time' }).getByRole('link').click();
  await expect.poll(() => keys(list(page))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(run));
});

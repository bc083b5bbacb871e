// A run: which of its steps failed, and what every one did.
import {
  cell, expect, fact, forgiveNotFound, headers, heading, keys, open, table, test, type Page,
} from '../helper/page.ts';
import { BUSY, MIXED, RUNNING, WELL, paths, run } from '../helper/world.ts';

const steps = (page: Page) => table(page, /^Steps of/);

test('IG-03 of a run one sees whether every step did what it should, also where the run went well', async ({ page }) => {
  await open(page, paths.well);
  await expect(heading(page)).toContainText('OK');
  for (const key of await keys(steps(page))) {
    await expect(await cell(steps(page), key, 'Step Status')).toHaveText('OK');
  }
  await expect(fact(page, 'Steps')).toHaveText('3');

  await open(page, paths.mixed);
  await expect(fact(page, 'Steps')).toHaveText('1 of 6 failed');
  await expect(await cell(steps(page), 'add_to_list', 'Step Status')).toHaveText('Skipped');
});

test('IG-66 View opens the steps of a run and shows the one that failed', async ({ page }) => {
  await open(page, `/main/integrations/${MIXED.integration}`);
  await page.getByRole('link', { name: `View steps of ${MIXED.run}` }).click();
  await expect(page).toHaveURL(paths.mixed);
  await expect(page.getByText(/^Step 4 failed: CRM · Create contact/)).toBeVisible();
  await expect(page.getByText('Unauthorized: the provider refused the token.').first()).toBeVisible();
  await page.getByRole('link', { name: 'View response' }).click();
  await expect(page).toHaveURL(paths.failing);
  await expect(heading(page)).toContainText('Create contact');
});

test('IG-67 the top tells of the integration and the run', async ({ page }) => {
  await open(page, paths.mixed);
  await expect(heading(page)).toHaveText(/Failed\s*run_mixed/);
  await expect(fact(page, 'Run ID')).toContainText(MIXED.run);
  await expect(fact(page, 'Integration').getByRole('link')).toHaveText(MIXED.integration);
  await expect(fact(page, 'Integration')).toContainText('Enabled');
  await expect(fact(page, 'User ID')).toHaveText('u_105');
  await expect(fact(page, 'User Auth')).toHaveText('person5@acme.test');
  await expect(fact(page, 'Start Time')).toHaveText('5 Apr 2024 04:00:00 UTC');
  await expect(fact(page, 'Duration')).toHaveText('4.21 s');
  await expect(fact(page, 'Trigger')).toHaveText('webhook “Order created” from Shop');

  await page.getByRole('link', { name: 'View Payload of step get_customer' }).click();
  await expect(fact(page, 'Step ID')).toContainText('get_customer');
  await expect(fact(page, 'Run').getByRole('link', { name: MIXED.run })).toBeVisible();
  await expect(fact(page, 'Integration').getByRole('link')).toHaveText(MIXED.integration);
});

test('IG-68 the steps table has its columns in order', async ({ page }) => {
  await open(page, paths.mixed);
  expect(await headers(steps(page))).toEqual([
    'Step ID', 'Step App', 'Step Name', 'Start Time', 'Duration', 'Step Status', 'Network Code', 'View Payload',
  ]);
});

test('IG-69 every step has an ID of its own, and the steps stand in their order', async ({ page }) => {
  await open(page, paths.mixed);
  expect(await keys(steps(page))).toEqual([
    'order_created', 'get_customer', 'map_fields', MIXED.failing, 'add_to_list', 'tag_order',
  ]);
});

test('IG-70 Step App and Step Name are those of the step', async ({ page }) => {
  await open(page, paths.mixed);
  await expect(await cell(steps(page), 'order_created', 'Step App')).toHaveText('Shop');
  await expect(await cell(steps(page), 'order_created', 'Step Name')).toHaveText('Order created');
  await expect(await cell(steps(page), 'map_fields', 'Step App')).toHaveText('mapper');
});

test('IG-71 Start Time and Duration are those of the step', async ({ page }) => {
  await open(page, paths.mixed);
  await expect(await cell(steps(page), MIXED.failing, 'Start Time')).toHaveText('5 Apr 2024 04:00');
  await expect(await cell(steps(page), MIXED.failing, 'Duration')).toHaveText('1.90 s');
  await expect(await cell(steps(page), 'order_created', 'Duration')).toHaveText('12 ms');
  await expect(await cell(steps(page), 'add_to_list', 'Duration')).toHaveText(/^[–—]/);
});

test('IG-72 Step Status tells whether a step was executed well', async ({ page }) => {
  await open(page, paths.mixed);
  const statuses = { get_customer: 'OK', [MIXED.failing]: 'Failed', add_to_list: 'Skipped', tag_order: 'OK' };
  for (const [key, status] of Object.entries(statuses)) {
    await expect(await cell(steps(page), key, 'Step Status')).toHaveText(status);
  }
});

test('IG-73 Network Code is that of the step’s answer, and a dash where there was no HTTP', async ({ page }) => {
  await open(page, paths.mixed);
  await expect(await cell(steps(page), MIXED.failing, 'Network Code')).toHaveText('401 Unauthorized');
  await expect(await cell(steps(page), 'get_customer', 'Network Code')).toHaveText('200 OK');
  for (const key of ['order_created', 'map_fields', 'add_to_list']) {
    await expect(await cell(steps(page), key, 'Network Code')).toHaveText(/^[–—]/);
  }
});

test('IG-74 the failing step is seen without opening a payload', async ({ page }) => {
  await open(page, paths.mixed);
  const failing = steps(page).getByRole('row').filter({ hasText: 'Failed' });
  await expect(failing).toHaveCount(1);
  await expect(failing.getByRole('rowheader')).toHaveText(MIXED.failing);
  await expect(failing).toContainText('Unauthorized: the provider refused the token.');

  await open(page, `/main/runs/${run(4)}`);
  await expect(page.getByText(/^Step 1 failed: CRM · Send/)).toBeVisible();
});

test('a run that still runs without steps says so', async ({ page }) => {
  await open(page, `/main/runs/${RUNNING}`);
  await expect(heading(page)).toContainText('Running');
  await expect(page.getByText('No steps.')).toBeVisible();
});

test('the log of a run stands below its steps', async ({ page }) => {
  await open(page, paths.mixed);
  await expect(page.getByRole('heading', { name: 'Log 2' })).toBeVisible();
  const log = page.getByRole('region', { name: 'Log 2' }).getByRole('listitem');
  await expect(log).toContainText(['Order 1001 received.', 'The CRM refused the token.']);
});

test('the breadcrumb leads all the way up', async ({ page }) => {
  await open(page, paths.failing);
  const trail = page.getByRole('navigation', { name: 'Breadcrumb' });
  await trail.getByRole('link', { name: MIXED.run }).click();
  await expect(heading(page)).toContainText(MIXED.run);
  await trail.getByRole('link', { name: MIXED.integration }).click();
  await expect(heading(page)).toHaveText(MIXED.integration);
  await trail.getByRole('link', { name: 'Sync contacts to CRM' }).click();
  await expect(heading(page)).toHaveText('Sync contacts to CRM');
  await trail.getByRole('link', { name: 'Flows' }).click();
  await expect(heading(page)).toHaveText('Flows');
});

test('the ways beside a step lead to the next one and to the failing one', async ({ page }) => {
  await open(page, `${paths.mixed}/steps/get_customer`);
  const ways = page.getByRole('navigation', { name: 'Other steps' });
  await ways.getByRole('link', { name: 'Next failed' }).click();
  await expect(heading(page)).toContainText('Create contact');
  await ways.getByRole('link', { name: 'Previous step' }).click();
  await expect(heading(page)).toContainText('Map fields');
  const list = page.getByRole('navigation', { name: 'Steps of this run' });
  await expect(list.getByRole('link')).toHaveCount(6);
  await expect(list.getByRole('link', { name: /Map fields/ })).toHaveAttribute('aria-current', 'step');
});

test('of a run and a step that do not exist nothing is made up', async ({ page, complaints }) => {
  for (const path of ['/main/runs/nowhere', `${paths.well}/steps/nowhere`, `/other/integrations/${BUSY}`]) {
    const response = await page.goto(path);
    expect(response?.status()).toBe(404);
    await expect(heading(page)).toHaveText('Not found');
  }
  forgiveNotFound(complaints);
});

// The pages work where no script runs: plain links and GET forms.
import {
  body, Server, applyFilter, expect, heading, keys, openFilter, position, search, table, test, type Page,
} from '../helper/page.ts';
import { FLOW, MIXED, integration, paths } from '../helper/world.ts';

test.use({ javaScriptEnabled: false });

const integrations = (page: Page) => table(page, /^Integrations of/);
const keyOf = async (page: Page) => (await keys(integrations(page))).map((key) => key.replace('int_crm_', ''));

test('without script one walks from the flows to a response', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(paths.flows);
  await page.getByRole('link', { name: FLOW.name, exact: true }).click();
  await search(page, MIXED.integration);
  await page.getByRole('link', { name: `View runs of ${MIXED.integration}` }).click();
  await expect(heading(page)).toHaveText(MIXED.integration);
  await page.getByRole('link', { name: `View steps of ${MIXED.run}` }).click();
  await expect(page.getByText(/^Step 4 failed/)).toBeVisible();
  await page.getByRole('link', { name: 'View response' }).click();
  await expect(page.getByText('"TOKEN_EXPIRED"')).toBeVisible();
  await expect(page.locator('body[data-hydrated]')).toHaveCount(0);
});

test('without script search and filter work, the filter on Apply', async ({ page }) => {
  await page.goto(paths.flow);
  await applyFilter(page, 'Last Run Status', 'Failed');
  await expect(position(page)).toContainText('1–4 of 4 integrations');
  expect(await keyOf(page)).toEqual(['20', '15', '10', '05']);
  await search(page, integration(10));
  expect(await keyOf(page)).toEqual(['10']);
  await page.getByRole('link', { name: /^Remove filter/ }).click();
  await expect(page).toHaveURL(`${paths.flow}?search=${integration(10)}`);

  await page.goto(paths.busy);
  await openFilter(page);
  await page.getByLabel('Network Code').fill('5xx');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(position(page)).toContainText('1–2 of 2 runs');
});

test('without script a list is sorted, paged and made longer', async ({ page }) => {
  await page.goto(paths.flow);
  await page.getByRole('columnheader', { name: 'Date Created' }).getByRole('link').click();
  expect((await keyOf(page))[0]).toBe('01');
  await page.getByRole('link', { name: 'Next' }).click();
  expect((await keyOf(page))[0]).toBe('11');
  await page.getByRole('link', { name: 'Previous' }).click();
  expect((await keyOf(page))[0]).toBe('01');
  await page.getByRole('link', { name: '50 per page' }).click();
  await expect(position(page)).toContainText('1–26 of 26 integrations');
});

test('without script the sections and forms of a payload are links', async ({ page }) => {
  await page.goto(paths.failing);
  await page.getByRole('link', { name: 'Request', exact: true }).click();
  await expect(page.getByText('https://api.crm.test/v2/contacts?notify=no')).toBeVisible();
  await page.getByRole('link', { name: 'Raw' }).click();
  await expect(body(page)).toHaveText(/^\{"email":"dana@birch.test"/);
  await page.getByRole('link', { name: 'Object', exact: true }).click();
  await expect(page.getByRole('table', { name: 'Object' })).toContainText('contact');
});

test('without script nothing is shown that only script could do', async ({ page }) => {
  await page.goto(paths.failing);
  await expect(page.getByRole('button', { name: /^Copy/ })).toHaveCount(0);
});

test('without script the sample workspace is loaded by a form, and its progress is shown', async ({ page }) => {
  const server = await Server.start();
  await page.goto(`${server.url}/main/flows`);
  await expect(page.getByRole('code').filter({ hasText: 'curl' })).toContainText('-X PUT');
  await page.getByRole('button', { name: 'Load the sample workspace' }).click();
  await expect(page).toHaveURL(`${server.url}/main/flows`);
  await expect(page.getByRole('progressbar', { name: 'Loading the sample workspace' })).toBeVisible();
  // The page asks again by itself, so the first flows come without a hand.
  await expect(page.getByRole('table', { name: /^Flows of/ })).toBeVisible({ timeout: 30_000 });
  await server.stop();
});

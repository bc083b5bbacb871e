// The Integration Detail Page: its header and what stands in its rows.
import { cell, expect, fact, headers, heading, open, row, table, test } from '../helper/page.ts';
import { DRAFT, FLOW, INTEGRATIONS, SHARED, integration, paths } from '../helper/world.ts';

const all = `${paths.flow}?size=50`;

test('IG-10 IG-11 IG-12 the top names flow, Flow ID and Flow Status', async ({ page }) => {
  await open(page, paths.flow);
  await expect(heading(page)).toHaveText(FLOW.name);
  await expect(fact(page, 'Flow ID')).toContainText(FLOW.key);
  await expect(fact(page, 'Flow Status')).toHaveText('Published');

  await open(page, `/main/flows/${DRAFT.key}`);
  await expect(heading(page)).toHaveText(DRAFT.name);
  await expect(fact(page, 'Flow Status')).toHaveText('Draft');
});

test('IG-13 the search bar stands below the header and before the table', async ({ page }) => {
  await open(page, paths.flow);
  const box = async (role: 'heading' | 'searchbox' | 'table') => {
    const found = await page.getByRole('main').getByRole(role).first().boundingBox();
    return found ?? { y: Number.NaN };
  };
  const [top, search, rows] = [await box('heading'), await box('searchbox'), await box('table')];
  expect(top.y).toBeLessThan(search.y);
  expect(search.y).toBeLessThan(rows.y);
});

test('IG-18 the integrations table has its columns in order', async ({ page }) => {
  await open(page, paths.flow);
  expect(await headers(table(page, /^Integrations of/))).toEqual([
    'Integration ID', 'User ID', 'User Auth', 'Date Created', 'Last Run Start', 'Last Run Status',
    'Integration Status', 'View',
  ]);
});

test('IG-19 every integration has an ID of its own', async ({ page }) => {
  await open(page, all);
  const ids = await table(page, /^Integrations of/).getByRole('rowheader').allTextContents();
  expect(ids).toHaveLength(INTEGRATIONS);
  expect(new Set(ids).size).toBe(INTEGRATIONS);
});

test('IG-20 IG-21 User ID and User Auth are shown as they were reported', async ({ page }) => {
  await open(page, all);
  const list = table(page, /^Integrations of/);
  await expect(await cell(list, integration(3), 'User ID')).toHaveText(SHARED.userId);
  await expect(await cell(list, integration(3), 'User Auth')).toHaveText(SHARED.userAuth);
  await expect(await cell(list, integration(8), 'User ID')).toHaveText('u_108');
  await expect(await cell(list, integration(8), 'User Auth')).toHaveText('person8@acme.test');
});

test('IG-22 Date Created shows date and time', async ({ page }) => {
  await open(page, all);
  const created = await cell(table(page, /^Integrations of/), integration(1), 'Date Created');
  await expect(created).toHaveText('1 Mar 2024 09:00');
  await expect(created.getByRole('time')).toHaveAttribute('title', '1 Mar 2024 09:00:00 UTC');
});

test('IG-24 Last Run Start shows when it last ran, and nothing when it never did', async ({ page }) => {
  await open(page, all);
  const list = table(page, /^Integrations of/);
  await expect(await cell(list, integration(10), 'Last Run Start')).toHaveText('1 Apr 2024 10:00');
  await expect(await cell(list, integration(26), 'Last Run Start')).toHaveText('');
});

test('IG-25 IG-26 IG-27 IG-28 IG-29 Last Run Status tells OK, Failed, Running and Hasn’t Run', async ({ page }) => {
  await open(page, all);
  const list = table(page, /^Integrations of/);
  const statuses = { 1: 'OK', 4: 'OK', 10: 'Failed', 19: 'Running', 26: "Hasn't Run" };
  for (const [number, status] of Object.entries(statuses)) {
    await expect(await cell(list, integration(Number(number)), 'Last Run Status')).toHaveText(status);
  }
});

test('IG-30 IG-31 IG-34 IG-35 Integration Status tells all states by their names', async ({ page }) => {
  await open(page, all);
  const list = table(page, /^Integrations of/);
  const statuses = {
    1: 'Enabled', 21: 'Initializing', 22: 'Disabled', 23: 'Paused', 24: 'Failed to Initialize', 25: 'Deleted',
  };
  for (const [number, status] of Object.entries(statuses)) {
    await expect(await cell(list, integration(Number(number)), 'Integration Status')).toHaveText(status);
  }
});

test('IG-38 View opens all runs of that integration', async ({ page }) => {
  await open(page, `${paths.flow}?search=${integration(1)}`);
  await row(table(page, /^Integrations of/), integration(1)).getByRole('link', { name: /^View runs of/ }).click();
  await expect(heading(page)).toHaveText(integration(1));
  await expect(page.getByText('1–10 of 23 runs')).toBeVisible();
});

test('an integration that never ran says so instead of showing an empty table', async ({ page }) => {
  await open(page, `/main/integrations/${integration(26)}`);
  await expect(page.getByText("This integration hasn't run.")).toBeVisible();
});

import { cell, expect, heading, open, row, test } from '../helper/page.ts';
import { DRAFT, FLOW, INTEGRATIONS, paths } from '../helper/world.ts';

test('IG-01 a flow leads to its integrations, and these to runs, steps and payloads', async ({ page }) => {
  await open(page, paths.flows);
  await page.getByRole('link', { name: FLOW.name, exact: true }).click();
  await expect(heading(page)).toHaveText(FLOW.name);

  await page.getByRole('searchbox').fill('int_crm_05');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'int_crm_05' })).toContainText('Failed');
  await page.getByRole('link', { name: 'View runs of int_crm_05' }).click();
  await expect(heading(page)).toHaveText('int_crm_05');

  await page.getByRole('link', { name: 'View steps of run_mixed' }).click();
  await expect(heading(page)).toHaveText(/Failed\s*run_mixed/);

  await page.getByRole('link', { name: 'View Payload of step get_customer' }).click();
  await expect(heading(page)).toContainText('Get customer');
  await expect(page.getByText('"dana@birch.test"')).toBeVisible();
});

test('IG-06 the stats of a flow lead to its integrations', async ({ page }) => {
  await open(page, paths.flows);
  const flows = page.getByRole('table', { name: /^Flows of/ });
  const stats = (await cell(flows, `${FLOW.name}${FLOW.key}`, 'Integrations')).getByRole('link');
  // A deleted one is no longer counted.
  await expect(stats).toHaveText(`${INTEGRATIONS - 1} integrations`);
  await stats.click();
  await expect(page).toHaveURL(paths.flow);
  await expect(heading(page)).toHaveText(FLOW.name);
});

test('a flow without integrations has stats that lead nowhere', async ({ page }) => {
  await open(page, paths.flows);
  const flows = page.getByRole('table', { name: /^Flows of/ });
  const stats = await cell(flows, `${DRAFT.name}${DRAFT.key}`, 'Integrations');
  await expect(stats).toHaveText('No integrations');
  await expect(stats.getByRole('link')).toHaveCount(0);
  await expect(row(flows, `${DRAFT.name}${DRAFT.key}`)).toContainText('Draft');
});

test('flows are found by the beginning of a name or an ID', async ({ page }) => {
  await open(page, paths.flows);
  for (const text of ['sync', 'flow_crm']) {
    await page.getByRole('searchbox').fill(text);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page).toHaveURL(`${paths.flows}?search=${text}`);
    await expect(page.getByRole('link', { name: FLOW.name, exact: true })).toBeVisible();
    await expect(page.getByRole('link', { name: DRAFT.name, exact: true })).toHaveCount(0);
  }
});

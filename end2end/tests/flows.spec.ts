import { cell, expect, heading, open, row, test } from '../helper/page.ts';
import { DRAFT, FLOW, INTEGRATIONS, paths } from '../helper/world.ts';

test('IG-01 a flow leads to its integrations, and these to runs, steps and payloads', async ({ page }) => {
  await open(page, paths.flows);
  await page.getByRole('link', { name: FLOW.name, exact: true }).click();
  await expect(heading(page)).toHaveText(FLOW.name);

  await page.getByRole('main').getByRole('searchbox').fill('int_crm_05');
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

test('IG-04 IG-06 the Flows tab shows the stats of each flow, which lead to its integrations', async ({ page }) => {
  await open(page, paths.flows);
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Flows' })).toHaveAttribute('aria-current', 'page');
  const flows = page.getByRole('table', { name: /^Flows of/ });
  const stats = (await cell(flows, `${FLOW.name}${FLOW.key}`, 'Integrations')).getByRole('link');
  // A deleted one is no longer counted.
  await expect(stats).toHaveText(`${INTEGRATIONS - 1} integrations`);
  await stats.click();
  await expect(page).toHaveURL(paths.flow);
  await expect(heading(page)).toHaveText(FLOW.name);
});

test('IG-05 the stats of a flow say View Integrations to a mouse and to a keyboard', async ({ page }) => {
  await open(page, paths.flows);
  const flows = page.getByRole('table', { name: /^Flows of/ });
  const stats = (await cell(flows, `${FLOW.name}${FLOW.key}`, 'Integrations')).getByRole('link');
  const tip = page.getByRole('tooltip');
  await expect(tip).toHaveCount(0);
  await stats.hover();
  await expect(tip).toHaveText('View Integrations');
  await page.mouse.move(0, 0);
  await expect(tip).toHaveCount(0);
  await flows.getByRole('link', { name: FLOW.name, exact: true }).focus();
  await page.keyboard.press('Tab');
  await expect(stats).toBeFocused();
  await expect(tip).toHaveText('View Integrations');
  await expect(stats).toHaveAccessibleDescription('View Integrations');
});

test('IG-07 the menu of a flow offers All Integrations', async ({ page }) => {
  await open(page, paths.flows);
  await page.getByRole('button', { name: `More for flow ${FLOW.name}` }).click();
  await page.getByRole('link', { name: 'All Integrations' }).click();
  await expect(page).toHaveURL(paths.flow);
  await expect(heading(page)).toHaveText(FLOW.name);
});

test('IG-08 IG-09 a flow without integrations says No integrations to see, and its stats do nothing', async ({ page }) => {
  await open(page, paths.flows);
  const flows = page.getByRole('table', { name: /^Flows of/ });
  const stats = await cell(flows, `${DRAFT.name}${DRAFT.key}`, 'Integrations');
  const text = stats.getByText('No integrations', { exact: true });
  await expect(stats.getByRole('link').or(stats.getByRole('button'))).toHaveCount(0);
  await text.hover();
  await expect(page.getByRole('tooltip')).toHaveText('No integrations to see');
  await text.click();
  await text.dispatchEvent('click');
  await expect(page).toHaveURL(paths.flows);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(paths.flows);
  await expect(row(flows, `${DRAFT.name}${DRAFT.key}`)).toContainText('Draft');
});

test('flows are found by the beginning of a name or an ID', async ({ page }) => {
  await open(page, paths.flows);
  for (const text of ['sync', 'flow_crm']) {
    await page.getByRole('main').getByRole('searchbox').fill(text);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page).toHaveURL(`${paths.flows}?search=${text}`);
    await expect(page.getByRole('link', { name: FLOW.name, exact: true })).toBeVisible();
    await expect(page.getByRole('link', { name: DRAFT.name, exact: true })).toHaveCount(0);
  }
});

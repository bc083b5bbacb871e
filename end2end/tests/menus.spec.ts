// What can be done from the meatballs menus: links are copied, integrations disabled, enabled and deleted.
import { cell, expect, fact, heading, open, row, table, test, type Page } from '../helper/page.ts';
import type { Reporter } from '../helper/report.ts';
import { FLOW, integration, paths, run, RUNS } from '../helper/world.ts';

const list = (page: Page) => table(page, /^Integrations of/);
const menu = (page: Page, of: string) => page.getByRole('button', { name: `More for ${of}` });

/** An integration of the test's own, which it may change. */
async function own(reporter: Reporter, key: string): Promise<string> {
  await reporter.send({ type: 'run', key: `run_of_${key}`, status: 'ok', started_at: '2024-04-01T00:00:00Z', integration: { key, flow: { key: `flow_${key}` }, user_id: `u_${key}` } });
  return `/main/flows/flow_${key}`;
}

test('IG-64 the menu of a run copies its link, which shows the same run in another browser', async ({ page, context, browser }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, paths.busy);
  await menu(page, `run ${run(RUNS)}`).click();
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Link copied.' })).toBeAttached();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(new RegExp(`^http://.*/main/runs/${run(RUNS)}$`));
  const other = await (await browser.newContext()).newPage();
  await open(other, link);
  await expect(heading(other)).toContainText(run(RUNS));
  await other.context().close();
});

test('a menu opens and closes by the keyboard, one at a time', async ({ page }) => {
  await open(page, paths.flow);
  const [first, second] = [menu(page, `integration ${integration(26)}`), menu(page, `integration ${integration(24)}`)];
  await first.focus();
  await page.keyboard.press('Enter');
  const items = page.getByRole('list').filter({ has: page.getByRole('button', { name: 'Copy link' }) });
  await expect(items).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(items).toHaveCount(0);
  await expect(first).toBeFocused();
  // The open menu lies over what is below its button, not over what is above.
  await second.click();
  await first.click();
  await expect(items).toHaveCount(1);
});

test('IG-32 IG-39 the menu of an integration disables it, and the page offers the way back', async ({ page, spare }) => {
  const path = await own(spare.reporter, 'to_disable');
  await open(page, `${spare.server.url}${path}?size=25`);
  await menu(page, 'integration to_disable').click();
  await page.getByRole('button', { name: 'Disable', exact: true }).click();
  await expect(page.getByText('to_disable is disabled. It takes no new runs')).toBeVisible();
  await expect(await cell(list(page), 'to_disable', 'Integration Status')).toHaveText('Disabled');
  // What was done is told once: a copied address does not tell it again.
  await expect(page).toHaveURL(`${spare.server.url}${path}?size=25`);
  const late = spare.reporter.send({ type: 'run', key: 'too_late', integration: 'to_disable', status: 'ok' });
  await expect(late).rejects.toThrow('integration_disabled');
  await page.getByRole('button', { name: 'Enable it again' }).click();
  await expect(await cell(list(page), 'to_disable', 'Integration Status')).toHaveText('Enabled');
  await spare.reporter.send({ type: 'run', key: 'in_time', integration: 'to_disable', status: 'ok' });
});

test('IG-36 IG-37 IG-40 the menu offers Delete, which advises to disable first and is final', async ({ page, spare }) => {
  const path = await own(spare.reporter, 'to_delete');
  await open(page, `${spare.server.url}${path}`);
  await menu(page, 'integration to_delete').click();
  await page.getByRole('link', { name: 'Delete…' }).click();
  await expect(heading(page)).toHaveText('Delete to_delete');
  await expect(page.getByText('Disable it first.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Disable instead' })).toBeVisible();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await expect(fact(page, 'Integration Status')).toHaveText('Enabled');

  await menu(page, 'integration to_delete').click();
  await page.getByRole('link', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete for good' }).click();
  await expect(page.getByText('to_delete is deleted. Its runs stay readable.')).toBeVisible();
  await expect(fact(page, 'Integration Status')).toHaveText('Deleted');
  await expect(row(table(page, /^Runs of/), 'run_of_to_delete')).toBeVisible();
  await menu(page, 'integration to_delete').click();
  await expect(page.getByRole('button', { name: 'Copy link' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Enable', exact: true })).toHaveCount(0);
  const back = spare.reporter.send({ type: 'integration', key: 'to_delete', status: 'enabled' });
  await expect(back).rejects.toThrow('deleted_is_final');
});

test('IG-33 a paused integration says whether errors or a bill paused it', async ({ page, spare }) => {
  for (const [key, reason] of [['by_errors', 'Too many errors'], ['by_bill', 'Billing: the card was declined']]) {
    await spare.reporter.send({ type: 'integration', key, flow: 'flow_paused', status: 'paused', status_reason: reason });
    await open(page, `${spare.server.url}/main/flows/flow_paused`);
    const status = await cell(list(page), key, 'Integration Status');
    await expect(status).toHaveText('Paused');
    await expect(status.getByTitle(reason)).toBeVisible();
    await open(page, `${spare.server.url}/main/integrations/${key}`);
    await expect(fact(page, 'Reason')).toHaveText(reason);
  }
});

test('IG-65 the logs link of a workspace stands in the menu of every run', async ({ page, spare }) => {
  await own(spare.reporter, 'logged');
  await open(page, `${spare.server.url}/main/settings`);
  await page.getByLabel('Address').fill('ftp://logs.test/{run}');
  await page.getByRole('region', { name: 'Logs explorer' }).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The address begins with https:// or http://.')).toBeVisible();
  await expect(page.getByLabel('Address')).toHaveValue('ftp://logs.test/{run}');
  await page.getByLabel('Address').fill('https://logs.test/{run}?from={from}&to={to}');
  await page.getByRole('region', { name: 'Logs explorer' }).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await open(page, `${spare.server.url}/main/runs/run_of_logged`);
  await menu(page, 'run run_of_logged').click();
  const link = page.getByRole('link', { name: 'View GCP Logs Explorer' });
  await expect(link).toHaveAttribute('href', /^https:\/\/logs\.test\/run_of_logged\?from=2024-03-31T23%3A55%3A00\.000Z&to=/);
});

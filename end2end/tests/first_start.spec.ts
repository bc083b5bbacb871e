// An empty workspace teaches how to fill it.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Server, expect, heading, open, test } from '../helper/page.ts';

const execute = promisify(execFile);
const newServer = test.extend<{ fresh: Server }>({
  fresh: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.stop();
  },
});

newServer('the command of an empty workspace works when it is pasted, and its run is found', async ({ page, fresh }) => {
  await open(page, `${fresh.url}/`);
  await expect(page).toHaveURL(`${fresh.url}/main/flows`);
  const command = await page.getByRole('code').filter({ hasText: 'curl' }).innerText();
  expect(command).toMatch(/Bearer iv_ingest_\w{20,}/);
  const { stdout } = await execute('bash', ['-c', command]);
  expect(JSON.parse(stdout)).toMatchObject({ key: 'first-run-1' });

  await page.reload();
  await page.getByRole('link', { name: 'Order export', exact: true }).click();
  await expect(heading(page)).toHaveText('Order export');
  await page.getByRole('link', { name: 'View runs of int_dana_orders' }).click();
  await page.getByRole('link', { name: 'View steps of first-run-1' }).click();
  await expect(page.getByText(/^Step 2 failed: Billing · Create invoice/)).toBeVisible();
  await page.getByRole('link', { name: 'View response' }).click();
  await expect(page.getByRole('region', { name: /^Body/ })).toContainText('"TOKEN_EXPIRED"');
});

newServer('the copy button of an empty workspace copies the whole command', async ({ page, context, fresh }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, `${fresh.url}/main/flows`);
  await page.getByRole('button', { name: 'Copy command' }).click();
  await expect(page.getByRole('status')).toHaveText('command copied.');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(await page.getByRole('code').filter({ hasText: 'curl' }).textContent());
});

newServer('the page that taught the command can be read again by the run that it reported', async ({ page, fresh }) => {
  await open(page, `${fresh.url}/main/flows`);
  const command = await page.getByRole('code').filter({ hasText: 'curl' }).innerText();
  await execute('bash', ['-c', command]);
  await execute('bash', ['-c', command]);
  await open(page, `${fresh.url}/main/integrations/int_dana_orders`);
  await expect(page.getByRole('main').getByText(/^1–1 of 1 runs/)).toBeVisible();
});

newServer('one button loads the sample workspace, and the progress shows', async ({ page, fresh }) => {
  await open(page, `${fresh.url}/main/flows`);
  await page.getByRole('button', { name: 'Load the sample workspace' }).click();
  const progress = page.getByRole('progressbar', { name: 'Loading the sample workspace' });
  await expect(progress).toBeVisible();
  const said = page.getByText(/^[\d,]+ of [\d,]+ reports$/).last();
  const first = await said.textContent();
  // With script the page reads the numbers anew, without a reload.
  await expect(said).not.toHaveText(first ?? '', { timeout: 30_000 });
  await expect(page.getByRole('table', { name: /^Flows of/ })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('button', { name: 'Load the sample workspace' })).toHaveCount(0);
  // The page asks again and again; it must not find its server gone when the test ends.
  await page.goto('about:blank');
});

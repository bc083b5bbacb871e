// Originals of secrets: an admin has them kept, and sees one after saying why.
import AxeBuilder from '@axe-core/playwright';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Reporter, Server, expect, heading, hydrated, listen, test, type Page } from '../helper/page.ts';
import { leave } from '../helper/people.ts';
import { run } from '../helper/server.ts';

const TOKEN = 'tok-Gx7QmPz41LwVbn93';
const WHY = 'Ticket 4711: the customer asks which token was used';

const report = {
  type: 'run', key: 'run_1', status: 'failed', integration: { key: 'int_1', flow: 'flow_1' },
  steps: [{
    key: 's1', name: 'Create contact', status: 'failed',
    request: { method: 'POST', url: `https://crm.test/v1/contacts?access_token=${TOKEN}`, headers: { Authorization: `Bearer ${TOKEN}` }, body: { name: 'Lee' } },
    response: { status: 401, body: { error: 'TOKEN_EXPIRED', access_token: TOKEN } },
  }],
};

/** Nothing to complain about, wide and narrow, light and dark. */
async function isFine(page: Page, what: string): Promise<void> {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      const found = await new AxeBuilder({ page }).analyze();
      expect(found.violations.map((one) => `${what} ${width}: ${one.id} ${one.nodes[0]?.html}`)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} at ${width}`).toBe(true);
      if (process.env.IV_SHOTS) await page.screenshot({ path: join(process.env.IV_SHOTS, `${what}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}

test('originals are kept once an admin says so, and shown to one who says why', async ({ browser, complaints }) => {
  const folder = await mkdtemp(join(tmpdir(), 'iv-keys-'));
  const file = join(folder, 'secrets.key');
  await writeFile(file, await run(['secrets-key']));
  await chmod(file, 0o600);
  const server = await Server.start({ args: ['--secrets-key-file', file] });
  const context = await browser.newContext({ baseURL: server.url });
  await listen(context, complaints);
  const page = await context.newPage();

  await page.goto('/main/settings');
  await hydrated(page);
  await page.getByRole('link', { name: 'Keep the originals…' }).click();
  await expect(page.getByText('Originals are not kept.')).toBeVisible();
  await isFine(page, 'off');
  await page.getByRole('button', { name: 'Keep originals' }).click();
  await expect(page.getByText('Originals are kept, sealed')).toBeVisible();

  await (await Reporter.of(server)).send(report);
  await page.goto('/main/runs/run_1/steps/s1');
  await hydrated(page);
  await expect(page.getByText('TOKEN_EXPIRED')).toBeVisible();
  await expect(page.getByText(TOKEN)).toHaveCount(0);
  await isFine(page, 'step');
  await page.getByRole('link', { name: 'Reveal the originals…' }).click();
  await expect(heading(page)).toHaveText('Originals of Create contact');
  await expect(page.getByText('Request: URL, 1 header')).toBeVisible();
  await isFine(page, 'question');

  // Refused by the server also where the browser does not mind.
  await page.locator('form').evaluate((form: HTMLFormElement) => (form.noValidate = true));
  await page.getByLabel('Reason').fill('because');
  await page.getByRole('button', { name: 'Reveal the originals' }).click();
  await expect(page.getByRole('alert')).toContainText('Reason: it has at least 10 characters');
  await expect(page.getByLabel('Reason')).toHaveValue('because');
  await isFine(page, 'refused');
  await page.getByLabel('Reason').fill(WHY);
  await page.getByRole('button', { name: 'Reveal the originals' }).click();
  await expect(page.getByText(`Bearer ${TOKEN}`)).toBeVisible();
  await expect(page.getByText(`https://crm.test/v1/contacts?access_token=${TOKEN}`)).toBeVisible();
  await isFine(page, 'revealed');

  await page.goto('/main/audit');
  await expect(page.getByRole('row', { name: 'originals.reveal' })).toContainText(`run run_1, step s1: ${WHY}`);
  await page.getByRole('link', { name: 'Originals', exact: true }).click();
  await isFine(page, 'on');
  await page.getByLabel('They will not come back').check();
  await page.getByRole('button', { name: 'Delete the originals of 1 step' }).click();
  await expect(page.getByText('Delete what was kept')).toHaveCount(0);
  await page.goto('/main/runs/run_1/steps/s1');
  await hydrated(page);
  await expect(page.getByRole('link', { name: 'Reveal the originals…' })).toHaveCount(0);
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !/status of 422/.test(text)));
  await leave(browser, server);
  await rm(folder, { recursive: true });
});

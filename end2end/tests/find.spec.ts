// The one box: from what a customer says on the phone to the response that explains it.
import { body, expect, fact, heading, open, row, table, test, type Page } from '../helper/page.ts';
import { FLOW, MIXED, SHARED, integration, paths, run } from '../helper/world.ts';

const box = (page: Page) => page.getByRole('searchbox', { name: 'Find a user, integration, run or step' });

async function paste(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await page.keyboard.press('Enter');
}

test('from a user ID to the failing response it takes one paste, Enter and one click', async ({ page }) => {
  await open(page, paths.flows);
  await page.keyboard.press('/');
  await page.keyboard.insertText('u_105');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('u_105');
  await page.getByRole('link', { name: `View response of ${MIXED.run}` }).click();
  await expect(heading(page)).toContainText('Create contact');
  await expect(body(page)).toContainText('TOKEN_EXPIRED');
});

test('the failed mark of an integration leads to the failing response', async ({ page }) => {
  await open(page, `${paths.flow}?search=${MIXED.integration}`);
  await page.getByRole('link', { name: 'Failed', exact: true }).click();
  await expect(page).toHaveURL(paths.failing);
  await expect(body(page)).toContainText('TOKEN_EXPIRED');
});

test('the box is reached by / and by Ctrl+K, and / can be typed where one types', async ({ page }) => {
  await open(page, paths.flow);
  await page.keyboard.press('Control+k');
  await expect(box(page)).toBeFocused();
  const search = page.getByRole('main').getByRole('searchbox');
  await search.focus();
  await page.keyboard.press('/');
  await expect(search).toHaveValue('/');
  await expect(search).toBeFocused();
});

test('an ID of one thing leads straight to it, a failed run to its failing step', async ({ page, server }) => {
  await open(page, paths.flows);
  for (const [text, url] of [
    [integration(7), `/main/integrations/${integration(7)}`],
    [MIXED.run, paths.failing],
    [run(1), `/main/runs/${run(1)}`],
    ['get_customer', `${paths.mixed}/steps/get_customer`],
    [SHARED.userAuth, `/main/users/${encodeURIComponent(SHARED.userAuth)}`],
    [FLOW.key, paths.flow],
    [`${server.url}${paths.failing}?section=request`, `${paths.failing}?section=request`],
    [`https://elsewhere.test${paths.well}`, paths.well],
    [`  “${MIXED.run}”,`, paths.failing],
  ]) {
    await paste(page, text);
    await expect.poll(() => new URL(page.url()).pathname + new URL(page.url()).search, text).toBe(url);
  }
});

test('IG-17 what only begins with the text is offered as such, never as the match', async ({ page }) => {
  await open(page, paths.flows);
  await paste(page, 'u_shar');
  await expect(heading(page)).toHaveText('Nothing has exactly the ID “u_shar”');
  await expect(page.getByText('Below is what begins with it.')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Integrations' }).getByRole('rowheader')).toHaveCount(3);
  await paste(page, 'nobody');
  await expect(page.getByText('Nothing begins with it either.')).toBeVisible();
});

test('an ID of several things lists each of them', async ({ page, spare }) => {
  const steps = (key: string) => ({ type: 'run', key, status: 'ok', steps: [{ key: 'twin', name: 'Twin' }], integration: { key: 'twin', flow: 'twin_flow' } });
  await spare.reporter.send(steps('twin_1'), steps('twin_2'));
  await open(page, `${spare.server.url}/main/find?q=twin`);
  await expect(heading(page)).toHaveText('“twin” is the ID of several things');
  await expect(page.getByRole('table', { name: 'Steps' }).getByRole('rowheader')).toHaveCount(2);
  await page.getByRole('table', { name: 'Integrations' }).getByRole('link', { name: 'twin' }).click();
  await expect(page).toHaveURL(`${spare.server.url}/main/integrations/twin`);
});

test('IG-02 the page of an end-user tells tasks and integrations over all flows', async ({ page, spare }) => {
  const now = new Date().toISOString();
  const one = (key: string, flow: string, status: string, steps: number) => ({
    type: 'run', key: `run_${key}`, status, started_at: now, integration: { key, flow: { key: flow, name: `Flow ${flow}` }, user_id: 'u_tasks', user_auth: 'tasks@acme.test' },
    steps: Array.from({ length: steps }, (_, index) => ({ key: `${index}`, status: index ? 'ok' : status })),
  });
  await spare.reporter.send(one('int_a', 'a', 'ok', 3), one('int_b', 'b', 'failed', 2));
  await open(page, `${spare.server.url}/main/users/u_tasks`);
  await expect(fact(page, 'User Auth')).toContainText('tasks@acme.test');
  await expect(fact(page, 'Integrations')).toHaveText('2');
  await expect(fact(page, 'Faulty')).toHaveText('1');
  await expect(fact(page, 'Tasks consumed')).toContainText('5 in 30 days, 5 today');
  await expect(page.getByRole('img', { name: 'Tasks per day (UTC), 30 days: 5 in all, at most 5 on a day, 5 today' })).toBeVisible();
  await expect(row(table(page, /^Integrations of/), 'int_a')).toContainText('Flow a');
  await open(page, `${spare.server.url}/main/integrations/int_a`);
  await expect(fact(page, 'Tasks consumed')).toContainText('3 in all, 3 in 30 days, 3 today');
});

test('J and K walk through the failed runs of an integration', async ({ page }) => {
  await open(page, `/main/runs/${run(8)}`);
  await page.keyboard.press('j');
  await expect(heading(page)).toContainText(run(12));
  await page.keyboard.press('k');
  await expect(heading(page)).toContainText(run(8));
  await page.keyboard.press('k');
  await expect(heading(page)).toContainText(run(4));
  await expect(page.getByRole('link', { name: 'Previous failed' })).toBeDisabled();
});

test('the keys are listed under ?, and the list closes with Escape', async ({ page }) => {
  await open(page, paths.flows);
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(list).toContainText('Next failed run');
  await page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
});

test('the strip shows the last runs by shape and colour, and leads to them', async ({ page }) => {
  await open(page, paths.busy);
  const strip = page.getByRole('list', { name: 'Last 23 runs, oldest first, 5 failed' });
  await expect(strip.getByRole('listitem')).toHaveCount(23);
  const failed = strip.getByRole('link', { name: /^Failed/ });
  await expect(failed).toHaveCount(5);
  const height = (name: RegExp) =>
    strip.getByRole('link', { name }).first().evaluate((link) => Number.parseFloat(getComputedStyle(link, '::before').height));
  expect(await height(/^Failed/)).toBeGreaterThan(await height(/^OK/));
  await failed.last().click();
  await expect(page).toHaveURL(new RegExp(`/main/runs/${run(20)}/steps/`));
});

test('a list is exported as it is filtered, all of it', async ({ page }) => {
  await open(page, `${paths.busy}?status=failed`);
  await expect(page.getByText('All 5 as')).toBeVisible();
  const fetched = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const file = await (await fetched).createReadStream();
  const text = (await file.toArray()).join('');
  expect((await fetched).suggestedFilename()).toBe('runs-of-int_crm_01.csv');
  const keys = text.trim().split('\r\n').slice(1).map((line) => line.split(',')[0]);
  expect(keys).toEqual([20, 16, 12, 8, 4].map(run));
});

// What changed since a step last worked, and two runs beside each other.
import {
  expect, fact, forgiveNotFound, heading, hydrated, open, ownData as test, table, type Page, type Reporter,
} from '../helper/page.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2024, 4, 1, 8);
const at = (ms: number) => new Date(START + ms).toISOString();

const step = (key: string, failed: boolean, order: number) => ({
  key, name: 'Create order', app: 'erp', status: failed ? 'failed' : 'ok', network_code: failed ? 422 : 201,
  duration_ms: failed ? 900 : 310, started_at: at(order * HOUR),
  request: {
    method: 'POST', url: `https://api.erp.test/v1/orders?notify=${failed ? 'yes' : 'no'}`,
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer never-shown', 'X-Request-Id': `req-${order}-a1b2` },
    body: { order_id: order, created: at(order * HOUR), total: '49.90', currency: failed ? null : 'EUR', token: 'never-shown' },
  },
  response: {
    status: failed ? 422 : 201,
    headers: { 'Content-Type': 'application/json', Date: `Wed, 01 May 2024 0${order}:00:00 GMT` },
    body: failed ? { error: { field: 'currency', code: 'REQUIRED' } } : { id: order, state: 'accepted' },
  },
});

const run = (key: string, integration: string, order: number, failed: boolean, stepKey = 'create') => ({
  type: 'run', key, integration: { key: integration, flow: { key: 'flow_orders', name: 'Orders' } },
  status: failed ? 'failed' : 'ok', started_at: at(order * HOUR), duration_ms: 1_000, steps: [step(stepKey, failed, order)],
});

const DATA = [
  run('cmp_good', 'int_cmp', 1, false),
  run('cmp_bad', 'int_cmp', 3, true),
  run('cmp_never', 'int_never', 4, true),
  { ...run('cmp_lone', 'int_lone', 5, true, 'other'), integration: { key: 'int_lone', flow: 'flow_lone' } },
];

let reported: Reporter | undefined;
test.beforeEach(async ({ spare }) => {
  // The spare server is the worker's.
  if (reported === spare.reporter) return;
  await spare.reporter.send(...DATA);
  reported = spare.reporter;
});

const failing = '/main/runs/cmp_bad/steps/create';
const differences = (page: Page, of: string) => table(page, `${of}: what differs`);
const places = (page: Page, of: string) => differences(page, of).getByRole('rowheader').allTextContents();

test('a failed step shows what changed since it last worked', async ({ page }) => {
  await open(page, failing);
  await page.getByRole('link', { name: 'What changed' }).click();
  await expect(page).toHaveURL(`${failing}?section=changes`);
  await expect(page.getByText('Compared with run cmp_good, 2 h 0 min earlier, the last in which this step worked.')).toBeVisible();
  expect(await places(page, 'Request, Body')).toEqual(['currency≠ Changed']);
  const row = differences(page, 'Request, Body').getByRole('row').filter({ hasText: 'currency' });
  await expect(row.getByRole('cell')).toHaveText(['"EUR"', 'null']);
  expect(await places(page, 'Request, Method and URL')).toEqual(['parameter notify≠ Changed']);
  expect(await places(page, 'Response, Status')).toEqual(['status≠ Changed']);
  expect(await places(page, 'Response, Body')).toEqual(['error+ Added', 'id− Removed', 'state− Removed']);
  await page.getByRole('link', { name: 'cmp_good' }).click();
  await expect(page).toHaveURL('/main/runs/cmp_good/steps/create');
});

test('dates and IDs are folded, and a secret is said to be the same one', async ({ page }) => {
  await open(page, `${failing}?section=changes`);
  const usual = page.getByText('2 differences in dates and IDs, as in every run');
  await expect(table(page, 'Request, Body: what always differs')).toBeHidden();
  await usual.click();
  const rows = table(page, 'Request, Body: what always differs').getByRole('rowheader');
  await expect(rows).toHaveText([/^order_id/, /^created/]);
  await expect(page.getByText('The same secret as then: token.')).toBeVisible();
  await expect(page.getByText('The same secret as then: Authorization.')).toBeVisible();
  await expect(page.getByText('never-shown')).toHaveCount(0);
});

test('the response stays the section that opens, and a good step has no tab for changes', async ({ page }) => {
  await open(page, failing);
  const sections = page.getByRole('navigation', { name: 'Sections of the payload' });
  await expect(sections.getByRole('link')).toHaveText([/^Response/, /^Request/, /^Object/, 'What changed']);
  await expect(sections.getByRole('link', { name: 'Response' })).toHaveAttribute('aria-current', 'true');
  await open(page, '/main/runs/cmp_good/steps/create');
  await expect(sections.getByRole('link', { name: 'What changed' })).toHaveCount(0);
});

test('a step that never worked is compared within its flow, or says that there is nothing', async ({ page }) => {
  await open(page, '/main/runs/cmp_never/steps/create?section=changes');
  await expect(page.getByText(/has not worked before in this integration\. Compared with run cmp_good of integration int_cmp of the same flow/)).toBeVisible();
  await open(page, '/main/runs/cmp_lone/steps/other?section=changes');
  await expect(page.getByText('There is nothing to compare with.')).toBeVisible();
});

test('two runs stand beside each other, and each of their steps leads to its changes', async ({ page }) => {
  await open(page, '/main/runs/cmp_bad');
  await page.getByRole('link', { name: 'Compare with last good run' }).click();
  await expect(page).toHaveURL('/main/runs/cmp_bad/compare/cmp_good');
  await expect(heading(page)).toHaveText('Two runs compared');
  const facts = table(page, 'Both runs');
  await expect(facts.getByRole('row').filter({ hasText: 'Status' }).getByRole('cell')).toHaveText(['OK', 'Failed']);
  await expect(facts.getByRole('row').filter({ hasText: 'Network Code' })).toContainText('Differs');
  const steps = table(page, 'Steps of both runs');
  await expect(steps.getByRole('row').nth(1)).toContainText('Request differs · Response differs');
  await steps.getByRole('link', { name: 'What changed' }).click();
  await expect(page).toHaveURL(`${failing}?section=changes&with=cmp_good`);
  await expect(differences(page, 'Request, Body')).toBeVisible();
  await page.goBack();
  await page.getByRole('link', { name: 'Swap then and now' }).click();
  await expect(page).toHaveURL('/main/runs/cmp_good/compare/cmp_bad');
  await expect(fact(page, 'Then')).toHaveText('2 h 0 min later');
});

test('any run is compared with by pasting its ID or a link', async ({ page, baseURL }) => {
  for (const text of ['cmp_never', ` “cmp_never” `, `${baseURL}/main/runs/cmp_never/steps/create?section=request`]) {
    await open(page, '/main/runs/cmp_bad');
    await page.getByText('Compare with…').click();
    await page.getByLabel('Run ID or link').fill(text);
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await expect(page).toHaveURL('/main/runs/cmp_bad/compare/cmp_never');
    await expect(fact(page, 'Integration then')).toHaveText('int_never');
  }
});

test('a run that does not exist is not compared with', async ({ page, complaints }) => {
  for (const path of ['/main/runs/cmp_bad/compare/nowhere', '/main/runs/nowhere/compare/cmp_good', `${failing}?section=changes&with=nowhere`]) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await expect(heading(page)).toHaveText('Not found');
    await hydrated(page);
  }
  forgiveNotFound(complaints);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('changes and comparisons are plain pages', async ({ page }) => {
    await page.goto('/main/runs/cmp_bad');
    await page.getByText('Compare with…').click();
    await page.getByLabel('Run ID or link').fill('cmp_good');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('link', { name: 'What changed' }).click();
    await expect(differences(page, 'Request, Body')).toContainText('currency');
    await page.getByText('2 differences in dates and IDs').click();
    await expect(table(page, 'Request, Body: what always differs')).toBeVisible();
  });
});

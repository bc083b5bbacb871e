// Runs of real engines, told by their own data, and the failing step found in them by clicking.
import { engineReports } from '../helper/engines.ts';
import { body, cell, expect, fact, heading, keys, open, ownData as test, search, table, type Page } from '../helper/page.ts';

const CONDUCTOR = '1be75865-00a1-4e2b-95c0-573c444d98d7';
const FORK = 'd4b14434-73a7-4be9-b085-d4b40b30856e';
const JOB = 'Codertocat/Hello-World/289782451/1';

const steps = (page: Page) => table(page, /^Steps of/);

/** From the list of flows to a run, as a person goes. */
async function walkTo(page: Page, flow: string, integration: string, run: string): Promise<void> {
  await open(page, '/main/flows');
  await search(page, flow);
  await page.getByRole('link', { name: flow, exact: true }).first().click();
  await expect(heading(page)).toHaveText(flow);
  await page.getByRole('link', { name: `View runs of ${integration}` }).click();
  await expect(heading(page)).toHaveText(integration);
  await page.getByRole('link', { name: `View steps of ${run}` }).click();
  await expect(heading(page)).toContainText(run);
}

test('an executed Conductor workflow is opened, and its HTTP step shows the response', async ({ page, spare }) => {
  await spare.reporter.sendLines(await engineReports('conductor'));
  await walkTo(page, 'performance_test_1', '1547430586940', CONDUCTOR);
  await expect(heading(page)).toContainText('OK');
  expect(await keys(steps(page))).toHaveLength(15);
  const http = 'b8095fef-0028-4fa3-a2a2-6e59c224bb7d';
  await expect(await cell(steps(page), http, 'Network Code')).toHaveText('200 OK');
  await page.getByRole('link', { name: `View Payload of step ${http}` }).click();
  await expect(heading(page)).toContainText('get_es_1');
  await expect(body(page)).toContainText('"timed_out": false');
  await expect(page.getByRole('table', { name: 'Headers' })).toContainText('application/json; charset=UTF-8');
});

test('a Conductor workflow that failed in one branch names it and its error', async ({ page, spare }) => {
  await spare.reporter.sendLines(await engineReports('conductor-fork'));
  await walkTo(page, 'example_dynamic_tasks', 'example_dynamic_tasks', FORK);
  await expect(heading(page)).toContainText('Failed');
  await expect(page.getByText(/^Step 3 failed: LAMBDA · second_task/)).toBeVisible();
  await expect(page.getByText(/^Empty 'scriptExpression'/).first()).toBeVisible();
  const failed = steps(page).getByRole('row').filter({ hasText: 'second_task' });
  await expect(failed).toContainText('Failed');
  await failed.getByRole('link', { name: /^View Payload/ }).click();
  await expect(heading(page)).toContainText('second_task');
  await page.getByRole('link', { name: 'Request', exact: true }).click();
  await expect(body(page)).toBeVisible();
});

test('of a failed GitHub job the failing step in the middle is found, with its answer', async ({ page, spare }) => {
  await spare.reporter.sendLines(await engineReports('github'));
  await walkTo(page, 'CodeQL', 'Codertocat/Hello-World', JOB);
  await expect(heading(page)).toContainText('Failed');
  await expect(fact(page, 'Trigger')).toContainText('GitHub Actions');

  const rows = steps(page).getByRole('row').filter({ hasText: 'Failed' });
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Run yarn run format-check');
  for (const after of ['16', '17']) await expect(await cell(steps(page), after, 'Step Status')).toHaveText('OK');

  await page.getByRole('link', { name: 'View response' }).click();
  await expect(heading(page)).toContainText('Run yarn run format-check');
  await expect(page.getByText('concluded with failure')).toBeVisible();
  await expect(body(page)).toContainText('"conclusion": "failure"');
  await page.getByRole('link', { name: 'Next step' }).click();
  await expect(heading(page)).toContainText('Post Run actions/cache@v2');
});

// Keys are whatever an engine calls its things. Each is reported, listed, clicked and opened cold.
import { expect, heading, hydrated, keys, ownData as test, search, table, type Page } from '../helper/page.ts';

const ODD = [
  'octo-org/octo-repo', '100%', '50%25', '%2F', '#12', 'what?now=1&then', 'é日本', 'two words', '"quoted"', "it's", 'a\\b',
  '<b>bold</b>', '+plus+', 'semi;colon', '😀', 'a//b', '.hidden', ':', 'null', 'ünï/c?o#d%e "x"',
];

/** What a page is about, as it stands in its heading or its breadcrumb. */
async function expectPageOf(page: Page, key: string): Promise<void> {
  await expect(page.getByRole('navigation', { name: 'Breadcrumb' }).getByText(key, { exact: true })).toHaveAttribute(
    'aria-current', 'page',
  );
  await expect(heading(page)).toContainText(key);
}

/** Follows a link, and then opens cold where it points to, and where it led to. */
async function follow(page: Page, name: string, key: string): Promise<void> {
  const link = page.getByRole('link', { name, exact: true });
  const pointsTo = new URL((await link.getAttribute('href')) ?? '', page.url()).href;
  await link.click();
  await expectPageOf(page, key);
  for (const address of new Set([pointsTo, page.url()])) {
    await page.goto(address);
    await expectPageOf(page, key);
    await hydrated(page);
    await expectPageOf(page, key);
  }
}

for (const odd of ODD) {
  test(`a key is taken, listed, clicked and opened cold: ${odd}`, async ({ page, spare }) => {
    // Each level has a key of its own, so that a mix-up of levels is seen.
    const [flow, integration, run, step] = ['f', 'i', 'r', 's'].map((level) => `${odd}${level}`);
    await spare.reporter.send({
      type: 'run', key: run, integration: { key: integration, user_id: odd, flow: { key: flow } }, status: 'failed',
      started_at: '2024-04-01T00:00:00Z', trigger: { app: odd, name: odd, type: odd },
      steps: [{ key: step, position: 1, app: { key: odd }, status: 'failed', error: odd, response: { status: 500, body: { key: odd } } }],
    });
    await page.goto('/main/flows');
    await hydrated(page);
    await search(page, flow);
    await follow(page, flow, flow);

    await search(page, odd);
    expect(await keys(table(page, /^Integrations of/))).toEqual([integration]);
    await follow(page, `View runs of ${integration}`, integration);

    await search(page, run);
    expect(await keys(table(page, /^Runs of/))).toEqual([run]);
    await follow(page, `View steps of ${run}`, run);
    await follow(page, `View Payload of step ${step}`, step);
    await expect(page.getByRole('region', { name: /^Body/ })).toContainText(JSON.stringify(odd));

    await page.getByRole('link', { name: 'Request' }).click();
    await expect(page.getByText('No request was reported for this step.')).toBeVisible();
    await page.goBack();
    await expect(page.getByRole('region', { name: /^Body/ })).toContainText(JSON.stringify(odd));
  });
}

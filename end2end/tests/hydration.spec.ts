// After hydration the pages change without a full load, and addresses still mean the same.
import {
  body, applyFilter, documentRequests, expect, heading, hydrated, keys, open, position, search, table, test, type Page,
} from '../helper/page.ts';
import { FLOW, MIXED, integration, paths } from '../helper/world.ts';

const list = (page: Page) => table(page, /^Integrations of/);
const scrolled = (page: Page) => page.evaluate(() => window.scrollY);

test('filter, sort, pages, back and forward change the list without a full load', async ({ page }) => {
  await open(page, paths.flow);
  const loads = documentRequests(page);
  await applyFilter(page, 'Integration Status', 'Enabled');
  await expect(position(page)).toContainText('1–10 of 21 integrations');
  await page.getByRole('columnheader', { name: 'Date Created' }).getByRole('link').click();
  await expect.poll(async () => (await keys(list(page)))[0]).toBe(integration(1));
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(position(page)).toContainText('11–20 of 21 integrations');
  const second = await keys(list(page));

  await page.goBack();
  await expect(position(page)).toContainText('1–10 of 21 integrations');
  expect((await keys(list(page)))[0]).toBe(integration(1));
  await page.goBack();
  await expect.poll(async () => (await keys(list(page)))[0]).toBe(integration(26));
  await page.goBack();
  await expect(position(page)).toContainText('1–10 of 26 integrations');
  await page.goForward();
  await page.goForward();
  await page.goForward();
  await expect(position(page)).toContainText('11–20 of 21 integrations');
  expect(await keys(list(page))).toEqual(second);
  expect(loads()).toBe(0);
});

test('links from page to page are followed without a full load', async ({ page }) => {
  await open(page, paths.flows);
  const loads = documentRequests(page);
  await page.getByRole('link', { name: FLOW.name, exact: true }).click();
  // The page that is left has a search of its own.
  await expect(heading(page)).toHaveText(FLOW.name);
  await search(page, MIXED.integration);
  await page.getByRole('link', { name: `View runs of ${MIXED.integration}` }).click();
  await page.getByRole('link', { name: `View steps of ${MIXED.run}` }).click();
  await page.getByRole('link', { name: 'View response' }).click();
  await page.getByRole('link', { name: 'Request', exact: true }).click();
  await expect(page.getByText('https://api.crm.test/v2/contacts?notify=no')).toBeVisible();
  expect(loads()).toBe(0);
  await expect(page).toHaveTitle('Failed · Create contact · run_mixed · Integration View');
});

test('Back restores the list and the place in it', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 500 });
  await open(page, `${paths.flow}?size=50&sort=created_oldest`);
  const rows = await keys(list(page));
  const target = page.getByRole('link', { name: `View runs of ${integration(22)}` });
  await target.scrollIntoViewIfNeeded();
  const before = await scrolled(page);
  expect(before).toBeGreaterThan(100);
  await target.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(integration(22));
  await page.goBack();
  await expect.poll(() => keys(list(page))).toEqual(rows);
  await expect.poll(() => scrolled(page)).toBe(before);
  await expect(target).toBeInViewport();
});

test('a page that is opened by a link begins at its top', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 500 });
  await open(page, `${paths.flow}?size=50`);
  const target = page.getByRole('link', { name: `View runs of ${integration(2)}` });
  await target.scrollIntoViewIfNeeded();
  await target.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(integration(2));
  await expect.poll(() => scrolled(page)).toBe(0);
});

test('an address that was reached by clicking shows the same rows when it is opened cold', async ({ page, context }) => {
  await open(page, paths.flow);
  await applyFilter(page, 'Last Run Status', 'OK', "Hasn't Run");
  await page.getByRole('columnheader', { name: 'Last Run Start' }).getByRole('link').click();
  await page.getByRole('link', { name: '10 per page' }).click();
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(position(page)).toContainText('11–');
  const clicked = { rows: await keys(list(page)), position: await position(page).textContent() };

  const cold = await context.newPage();
  await cold.goto(page.url());
  expect(await keys(list(cold))).toEqual(clicked.rows);
  await hydrated(cold);
  expect(await keys(list(cold))).toEqual(clicked.rows);
  expect(await position(cold).textContent()).toBe(clicked.position);
});

test('IG-84 copy buttons copy, the error response too, and say so to those who cannot see it', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const said = page.getByRole('status');
  await open(page, paths.failing);
  for (const [button, text] of [
    ['Copy Step ID', MIXED.failing],
    ['Copy error', 'Unauthorized: the provider refused the token.'],
  ] as const) {
    await page.getByRole('button', { name: button }).click();
    await expect(said).toHaveText(`${button.replace('Copy ', '')} copied.`);
    expect(await clipboard()).toBe(text);
  }
  await page.getByRole('link', { name: 'Raw' }).click();
  const sent = '{"error":{"code":"TOKEN_EXPIRED","message":"The access token has expired."}}';
  await expect(body(page)).toHaveText(sent);
  await page.getByRole('button', { name: 'Copy response' }).click();
  await expect(said).toHaveText('response copied.');
  expect(await clipboard()).toBe(
    `401 Unauthorized\nContent-Type: application/json\nWWW-Authenticate: Bearer error="invalid_token"\n\n${sent}`,
  );
  await page.getByRole('link', { name: 'Parsed' }).click();
  await expect(body(page)).toContainText('"code": "TOKEN_EXPIRED"');
  await page.getByRole('button', { name: 'Copy body' }).click();
  await expect(said).toHaveText('body copied.');
  await expect.poll(async () => JSON.parse(await clipboard()).error.code).toBe('TOKEN_EXPIRED');
  expect((await clipboard()).split('\n').length).toBeGreaterThan(4);
});

test('a moment of today also tells how long ago it was', async ({ page, spare }) => {
  const started = new Date(Date.now() - 5 * 60_000).toISOString();
  await spare.reporter.send({ type: 'run', key: 'run_now', integration: 'int_now', status: 'ok', started_at: started });
  await open(page, `${spare.server.url}/main/integrations/int_now`);
  const time = page.getByRole('table').getByRole('time');
  await expect(time).toHaveAttribute('data-ago', /^[56] min ago$/);
});

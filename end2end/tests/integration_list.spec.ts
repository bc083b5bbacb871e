// The Integration Detail Page as a list: search, filter, sort, pages, and all of them together.
import { applyFilter, expect, keys, open, openFilter, position, search, table, test, type Page } from '../helper/page.ts';
import { FAULTY, INTEGRATIONS, SHARED, integration, paths } from '../helper/world.ts';

const list = (page: Page) => table(page, /^Integrations of/);
/** Both ends belong to it; the first may be the greater one. */
const range = (from: number, to: number) =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, index) => integration(from + Math.sign(to - from) * index));

test('IG-14 a complete Integration ID lists exactly that integration', async ({ page }) => {
  await open(page, paths.flow);
  await search(page, integration(12));
  await expect(position(page)).toContainText('1–1 of 1 integrations');
  expect(await keys(list(page))).toEqual([integration(12)]);
});

test('IG-15 a complete User ID lists all integrations of that end-user', async ({ page }) => {
  await open(page, paths.flow);
  await search(page, SHARED.userId);
  await expect(position(page)).toContainText('1–3 of 3 integrations');
  expect((await keys(list(page))).sort()).toEqual(SHARED.integrations);
});

test('IG-16 a complete User Auth lists all integrations of that sign-in', async ({ page }) => {
  await open(page, paths.flow);
  await search(page, SHARED.userAuth);
  await expect(position(page)).toContainText('1–2 of 2 integrations');
  expect((await keys(list(page))).sort()).toEqual(SHARED.integrations.slice(0, 2));
});

test('IG-17 complete IDs are asked for, and an incomplete one is never presented as the match', async ({ page }) => {
  await open(page, paths.flow);
  await expect(page.getByRole('searchbox', { name: 'Complete Integration ID, User ID or User Auth' })).toBeVisible();
  await search(page, 'int_crm_0');
  await expect(page.getByText('No integration has exactly the ID “int_crm_0”.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Beginning with “int_crm_0”' })).toBeVisible();
  await expect(list(page).and(page.getByRole('table', { name: 'Integrations of Sync' }))).toHaveCount(0);

  await search(page, 'crm_01');
  await expect(page.getByText('No integration has exactly the ID “crm_01”.')).toBeVisible();
  await expect(page.getByRole('table')).toHaveCount(0);
  await page.getByRole('link', { name: 'Show all integrations' }).click();
  await expect(position(page)).toContainText(`of ${INTEGRATIONS} integrations`);
});

test('IG-23 Date Created sorts newest and oldest first, over all pages', async ({ page }) => {
  await open(page, paths.flow);
  const header = page.getByRole('columnheader', { name: 'Date Created' });
  await expect(header).toHaveAttribute('aria-sort', 'descending');
  expect(await keys(list(page))).toEqual(range(26, 17));

  await header.getByRole('link').click();
  await expect(header).toHaveAttribute('aria-sort', 'ascending');
  await expect.poll(() => keys(list(page))).toEqual(range(1, 10));
  await page.getByRole('link', { name: 'Last', exact: true }).click();
  await expect.poll(() => keys(list(page))).toEqual(range(21, 26));
  await page.getByRole('columnheader', { name: 'Date Created' }).getByRole('link').click();
  await expect.poll(() => keys(list(page))).toEqual(range(26, 17));
});

test('IG-41 ten integrations are shown per page', async ({ page }) => {
  await open(page, paths.flow);
  expect(await keys(list(page))).toHaveLength(10);
  await expect(position(page)).toContainText('1–10 of 26 integrations');
  await expect(page.getByRole('navigation', { name: 'Rows per page' }).getByRole('link', { name: '10 per page' }))
    .toHaveAttribute('aria-current', 'true');
});

test('IG-42 the number of integrations per page can be changed', async ({ page }) => {
  await open(page, paths.flow);
  await page.getByRole('link', { name: '25 per page' }).click();
  await expect(position(page)).toContainText('1–25 of 26 integrations');
  expect(await keys(list(page))).toHaveLength(25);
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(position(page)).toContainText('26–26 of 26 integrations');
  await page.getByRole('link', { name: '50 per page' }).click();
  await expect(position(page)).toContainText('1–26 of 26 integrations');
});

test('IG-43 Filter opens the filter, and Apply narrows the list', async ({ page }) => {
  await open(page, paths.flow);
  await expect(page.getByRole('button', { name: 'Apply' })).toBeHidden();
  await applyFilter(page, 'Last Run Status', "Hasn't Run");
  await expect(page).toHaveURL(`${paths.flow}?last_run=none`);
  await expect(position(page)).toContainText('1–6 of 6 integrations');
  expect(await keys(list(page))).toEqual(range(26, 21));
  await expect(page.getByText("Last run: Hasn't Run", { exact: true })).toBeVisible();

  await applyFilter(page, 'Integration Status', 'Paused', 'Deleted');
  await expect(position(page)).toContainText('1–2 of 2 integrations');
  expect(await keys(list(page))).toEqual([integration(25), integration(23)]);

  await page.getByRole('link', { name: 'Remove filter Integration: Paused' }).click();
  await expect(position(page)).toContainText('1–1 of 1 integrations');
  await page.getByRole('link', { name: 'Clear all' }).click();
  await expect(position(page)).toContainText('of 26 integrations');
});

test('IG-43 integrations are filtered by Date Created and by App', async ({ page }) => {
  await open(page, paths.flow);
  await openFilter(page);
  const created = page.getByRole('group', { name: 'Date Created' });
  await created.getByLabel('from').fill('2024-03-01T18:00');
  await created.getByLabel('to').fill('2024-03-01T20:00');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(position(page)).toContainText('1–3 of 3 integrations');
  expect(await keys(list(page))).toEqual(range(12, 10));

  await openFilter(page);
  await page.getByLabel('App').selectOption('shop');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(position(page)).toContainText('1–1 of 1 integrations');
  expect(await keys(list(page))).toEqual([integration(11)]);
});

test('IG-44 one click lists the faulty integrations, to be opened one by one', async ({ page }) => {
  await open(page, paths.flow);
  await page.getByRole('link', { name: 'Faulty only' }).click();
  await expect(position(page)).toContainText('1–6 of 6 integrations');
  expect((await keys(list(page))).sort()).toEqual(FAULTY);
  for (const faulty of FAULTY.slice(0, 2)) {
    await page.getByRole('link', { name: `View runs of ${faulty}` }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(faulty);
    await page.goBack();
    await expect(position(page)).toContainText('1–6 of 6 integrations');
  }
});

test('IG-45 search, filter, sort and pages hold together', async ({ page }) => {
  await open(page, paths.flow);
  await applyFilter(page, 'Last Run Status', 'OK');
  // 1 to 18 ran; of these 5, 10 and 15 failed and 18 warned.
  const ok = range(1, 17).filter((key) => !FAULTY.includes(key));
  await expect(position(page)).toContainText(`1–10 of ${ok.length} integrations`);
  await page.getByRole('columnheader', { name: 'Date Created' }).getByRole('link').click();
  await expect.poll(() => keys(list(page))).toEqual(ok.slice(0, 10));
  await page.getByRole('link', { name: 'Next' }).click();
  await expect.poll(() => keys(list(page))).toEqual(ok.slice(10));
  await expect(position(page)).toContainText(`11–${ok.length} of ${ok.length} integrations`);

  await search(page, SHARED.userId);
  await expect.poll(() => keys(list(page))).toEqual(SHARED.integrations);
  await expect(page.getByText('Last run: OK', { exact: true })).toBeVisible();
  const address = page.url();
  for (const part of ['search=u_shared', 'last_run=ok', 'sort=created_oldest']) expect(address).toContain(part);
  expect(address).not.toContain('at=');
});

test('a value of the address that means nothing is said, not guessed', async ({ page }) => {
  await open(page, `${paths.flow}?last_run=perhaps&size=7`);
  await expect(page.getByText('last_run=perhaps means nothing here and was left out.')).toBeVisible();
  await expect(position(page)).toContainText('1–10 of 26 integrations');
});

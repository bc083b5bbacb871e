// The menu that sets how pages look: at once with script, by a form without.
import { expect, fact, open, test, type Page } from '../helper/page.ts';
import { FLOW, paths } from '../helper/world.ts';

const button = (page: Page) => page.getByRole('button', { name: 'Display' });
const pick = (page: Page, group: string, choice: string) => page.getByRole('group', { name: group }).getByText(choice, { exact: true }).click();
const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const rowHeight = (page: Page) => page.getByRole('row').nth(1).evaluate((row) => row.getBoundingClientRect().height);

test('theme and density change at once and stay', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await open(page, `${paths.busy}?size=25`);
  const [light, high] = [await background(page), await rowHeight(page)];
  await button(page).click();
  await pick(page, 'Theme', 'Dark');
  await pick(page, 'Density', 'Compact');
  await expect.poll(() => background(page)).not.toBe(light);
  expect(await rowHeight(page)).toBe(high - 8);
  const dark = await background(page);

  await page.goto(paths.flow, { waitUntil: 'commit' });
  await expect(page.locator('html[data-theme=dark][data-density=compact]')).toBeAttached();
  expect(await background(page)).toBe(dark);
  await open(page, paths.flow);
  await button(page).click();
  await expect(page.getByRole('radio', { name: 'Dark' })).toBeChecked();
  await pick(page, 'Theme', 'System');
  await expect.poll(() => background(page)).toBe(light);
});

test('the menu is used by the keyboard alone', async ({ page }) => {
  await open(page, paths.flows);
  await button(page).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('radio', { name: 'System' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('html[data-theme=light]')).toBeAttached();
  await page.keyboard.press('Escape');
  await expect(button(page)).toBeFocused();
});

test.describe('in New York', () => {
  test.use({ timezoneId: 'America/New_York' });

  test("the browser's zone is offered, and pages, chips and fields are told in it without a load", async ({ page }) => {
    const loads: string[] = [];
    await open(page, `${paths.busy}?started_from=2024-04-01T00:00`);
    page.on('request', (request) => request.resourceType() === 'document' && loads.push(request.url()));
    await expect(page.getByText('Started from 2024-04-01 00:00 UTC', { exact: true })).toBeVisible();
    await button(page).click();
    await page.getByLabel('Time zone').selectOption("This browser's: America/New_York");
    await expect(page.getByText('Started from 2024-03-31 20:00 America/New_York', { exact: true })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByText(/^Filter/).click();
    await expect(page.getByLabel('from')).toHaveValue('2024-03-31T20:00');
    expect(loads).toEqual([]);
    await open(page, paths.mixed);
    await expect(fact(page, 'Start Time')).toContainText(/2024 \d\d:\d\d:\d\d E[SD]T/);
    await button(page).click();
    await expect(page.getByLabel('Time zone')).toHaveValue('America/New_York');
  });
});

test('a filter typed in a zone is an address that means the same elsewhere', async ({ page, context, browser, baseURL }) => {
  await context.addCookies([{ name: 'display', value: 'zone=Europe/Oslo', url: baseURL! }]);
  await open(page, paths.busy);
  await page.getByText(/^Filter/).click();
  await page.getByLabel('from').fill('2024-04-01T02:00');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('Started from 2024-04-01 02:00 Europe/Oslo', { exact: true })).toBeVisible();
  const other = await (await browser.newContext()).newPage();
  await other.goto(page.url());
  await expect(other.getByText('Started from 2024-04-01 00:00 UTC', { exact: true })).toBeVisible();
  await other.context().close();
});

test('every zone can be chosen on the settings page', async ({ page }) => {
  await open(page, paths.flows);
  await button(page).click();
  await page.getByRole('link', { name: 'All time zones' }).click();
  await page.getByRole('region', { name: 'Time zone' }).getByLabel('Time zone').selectOption('Asia/Kathmandu');
  await page.getByRole('button', { name: 'Use this zone' }).click();
  await page.goto(paths.mixed);
  await expect(fact(page, 'Start Time')).toContainText('UTC+05:45');
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('the menu is a form that leads back to the page', async ({ page }) => {
    await page.goto(`${paths.flow}?size=50`);
    await button(page).click();
    await page.getByRole('radio', { name: 'Dark' }).check();
    await page.getByRole('radio', { name: 'Off' }).check();
    await page.getByRole('button', { name: 'Apply' }).locator('visible=true').click();
    await expect(page).toHaveURL(`${paths.flow}?size=50`);
    await expect(page.locator('html[data-theme=dark][data-live=off]')).toBeAttached();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(FLOW.name);
  });
});

test('a click on a key copies it, and a selection of it does not', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, paths.mixed);
  const key = fact(page, 'Run ID').locator('.key-text');
  await page.evaluate(() => navigator.clipboard.writeText('before'));
  await key.dblclick();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.evaluate(() => getSelection()?.removeAllRanges());
  await page.evaluate(() => navigator.clipboard.writeText('before'));
  await page.evaluate((text) => getSelection()?.selectAllChildren(text!), await key.elementHandle());
  await key.dispatchEvent('click');
  expect(await copied()).toBe('before');
  await page.evaluate(() => getSelection()?.removeAllRanges());
  await key.click();
  await expect.poll(copied).toBe('run_mixed');
});

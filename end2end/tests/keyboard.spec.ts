// Everything by keyboard alone: Tab, Enter, Space, Escape.
import { body, expect, heading, open, openFilter, position, test, type Locator, type Page } from '../helper/page.ts';
import { FLOW, MIXED, paths } from '../helper/world.ts';

/** More stops than any page of the test data has. */
const STOPS = 200;

/** Presses Tab until `target` has the focus. Every stop on the way must show that it has it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let stop = 0; stop < STOPS; stop += 1) {
    await page.keyboard.press('Tab');
    await expectVisibleFocus(page);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${target} is not reached by ${STOPS} times Tab`);
}

/** The focused element lies in the window and is told from the others by a ring. */
async function expectVisibleFocus(page: Page): Promise<void> {
  const focus = await page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    return {
      what: `${element.tagName} ${element.className} ${element.textContent?.trim().slice(0, 40)}`,
      // Of a moment's field the browser marks the part that is typed into.
      ring: element.matches('[type=datetime-local]') ||
        (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1),
      within: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < window.innerHeight,
    };
  });
  if (focus) expect(focus).toEqual({ what: focus.what, ring: true, within: true });
}

test('by keyboard alone one goes from the skip link to a response', async ({ page }) => {
  await open(page, paths.flows);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await expectVisibleFocus(page);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();

  await tabTo(page, page.getByRole('link', { name: FLOW.name, exact: true }));
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText(FLOW.name);
  await expect(heading(page)).toBeFocused();

  await tabTo(page, page.getByRole('main').getByRole('searchbox'));
  await page.keyboard.type(MIXED.integration);
  await page.keyboard.press('Enter');
  await expect(position(page)).toContainText('1–1 of 1 integrations');
  await tabTo(page, page.getByRole('link', { name: `View runs of ${MIXED.integration}` }));
  await page.keyboard.press('Enter');
  await expect(heading(page)).toBeFocused();
  await expect(heading(page)).toHaveText(MIXED.integration);

  await tabTo(page, page.getByRole('link', { name: `View steps of ${MIXED.run}` }));
  await page.keyboard.press('Enter');
  await expect(heading(page)).toContainText(MIXED.run);
  await expect(heading(page)).toBeFocused();

  await tabTo(page, page.getByRole('link', { name: 'View response' }));
  await page.keyboard.press('Enter');
  await expect(heading(page)).toContainText('Create contact');
  await expect(heading(page)).toBeFocused();
  await expect(body(page)).toContainText('TOKEN_EXPIRED');
});

test('a filter is opened, filled and applied by keyboard', async ({ page }) => {
  await open(page, paths.busy);
  await tabTo(page, page.getByText(/^Filter/));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('group', { name: 'Status' }).getByLabel('Failed'));
  await page.keyboard.press('Space');
  await tabTo(page, page.getByRole('button', { name: 'Apply' }));
  await page.keyboard.press('Enter');
  await expect(position(page)).toContainText('1–5 of 5 runs');
  // The form is closed, and whoever sent it is not thrown back to the top of the page.
  await expect(page.getByRole('button', { name: 'Apply' })).toBeHidden();
  expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
});

test('Escape closes the filter and gives the focus back to its button', async ({ page }) => {
  await open(page, paths.flow);
  await openFilter(page);
  await page.getByRole('group', { name: 'Last Run Status' }).getByLabel('Failed').focus();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Apply' })).toBeHidden();
  await expect(page.getByText(/^Filter/)).toBeFocused();
});

test('a click elsewhere closes the filter', async ({ page }) => {
  await open(page, paths.flow);
  await openFilter(page);
  await heading(page).click();
  await expect(page.getByRole('button', { name: 'Apply' })).toBeHidden();
});

test('the page’s name is announced on another page and not on another order of the same', async ({ page }) => {
  await open(page, paths.flow);
  const said = page.getByRole('status');
  await expect(said).toHaveText('');
  const sort = page.getByRole('columnheader', { name: 'Date Created' }).getByRole('link');
  await sort.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('columnheader', { name: 'Date Created' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(said).not.toContainText(FLOW.name);
  await expect(sort).toBeFocused();

  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Flows' }).press('Enter');
  await expect(heading(page)).toBeFocused();
  await expect(said).toHaveText('Flows');
});

const walked = {
  flows: paths.flows, integrations: paths.flow, runs: paths.busy, run: paths.mixed, response: paths.failing,
  request: `${paths.failing}?section=request`,
};
for (const [name, path] of Object.entries(walked)) {
  test(`nothing traps the focus, and every stop is visible: ${name}`, async ({ page }) => {
    await open(page, path);
    await page.keyboard.press('Tab');
    const first = page.getByRole('link', { name: 'Skip to content' });
    await expect(first).toBeFocused();
    // Each stop is marked; a trap would come to a marked one before the end of the page.
    const visit = () =>
      page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return 'end';
        if (element.hasAttribute('data-seen')) return element.textContent?.startsWith('Skip') ? 'end' : 'again';
        element.setAttribute('data-seen', '');
        return 'new';
      });
    let [stops, state] = [0, await visit()];
    for (; state === 'new' && stops < STOPS; stops += 1) {
      await page.keyboard.press('Tab');
      await expectVisibleFocus(page);
      state = await visit();
    }
    expect(state).toBe('end');
    const missed = await page.evaluate(() => {
      const all = document.querySelectorAll<HTMLElement>('a[href], button, input:not([type=hidden]), select, summary');
      const shown = [...all].filter((element) => element.checkVisibility() && element.tabIndex >= 0);
      return shown.filter((element) => !element.hasAttribute('data-seen')).map((element) => element.outerHTML.slice(0, 120));
    });
    expect(missed).toEqual([]);
  });
}

test('back on the page before, its heading has the focus', async ({ page }) => {
  await open(page, paths.mixed);
  await page.getByRole('link', { name: 'View response' }).press('Enter');
  await expect(heading(page)).toContainText('Create contact');
  await page.goBack();
  await expect(heading(page)).toContainText(MIXED.run);
  await expect(heading(page)).toBeFocused();
});

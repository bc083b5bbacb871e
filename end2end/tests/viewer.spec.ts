// The viewer of a body: folding, searching, copying, and bodies that are hard to show.
import { hardBodies, measured, reportBody, watchTasks } from '../helper/bodies.ts';
import { Reporter, Server, body, expect, heading, open, ownData as test, type Locator, type Page } from '../helper/page.ts';

const MOST_NODES = 2_000;
/** The aim is a second (`npm run bench:viewer`); tests may run on a busy machine, with a debug build. */
const WITHIN_MS = 5_000;

const ORDER = {
  order: { id: 7, 'two words': [1, { sku: 'A-1', note: 'Ärger' }], text: 'x'.repeat(400) },
  customers: Array.from({ length: 300 }, (_, id) => ({ id, city: id === 250 ? 'Zürich' : 'Bern' })),
};

const pane = (page: Page) => page.getByRole('group', { name: 'Lines of the body' });
const box = (page: Page) => page.getByRole('searchbox', { name: 'Find in body' });
const foldOf = (page: Page, line: number) => page.getByRole('button', { name: `Content of line ${line}`, exact: true });
const here = (page: Page) => body(page).locator('mark.here');
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const nodes = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length);

async function openBody(page: Page, reporter: Reporter, key: string, type: string, text: string, query = ''): Promise<void> {
  await open(page, (await reportBody(reporter, key, type, Buffer.from(text))) + query);
  await measured(page);
}

const openOrder = (page: Page, reporter: Reporter) => openBody(page, reporter, 'order', 'application/json', JSON.stringify(ORDER));

/** How high something is, and where. */
async function place(locator: Locator) {
  const found = await locator.boundingBox();
  return found && [found.x, found.y, found.width, found.height].map(Math.round);
}

for (const [index, hard] of hardBodies().entries()) {
  test(`a hard body opens soon, in few elements, and is searched and downloaded whole: ${hard.name}`, async ({ page, spare, request }) => {
    const path = await reportBody(spare.reporter, `hard_${index}`, hard.type, hard.bytes);
    await watchTasks(page);
    await open(page, path);
    const found = await measured(page);
    console.log(`${hard.name}: ${JSON.stringify(found)}`);
    expect(found.nodes).toBeLessThanOrEqual(MOST_NODES);
    expect(found.viewerMs).toBeLessThan(WITHIN_MS);
    expect(found.longestTaskMs).toBeLessThan(WITHIN_MS);
    await expect(page.getByText(hard.lines === 1 ? '1 line' : `${hard.lines.toLocaleString('en')} lines`, { exact: true })).toBeVisible();
    await expect(body(page)).toContainText(hard.begins);

    await box(page).fill(hard.ends);
    await expect(here(page).first()).toBeInViewport();
    expect(await nodes(page)).toBeLessThanOrEqual(MOST_NODES);
    await pane(page).evaluate((element) => (element.scrollTop = element.scrollHeight));
    await expect(body(page)).not.toBeEmpty();
    expect(await nodes(page)).toBeLessThanOrEqual(MOST_NODES);
    const download = await request.get(`${path}/response-body`);
    expect((await download.body()).equals(hard.bytes)).toBe(true);
  });
}

test('a hundred levels are shown to the innermost value, and a million do no harm', async ({ page, spare }) => {
  const levels = (count: number, innermost: string) => '{"a":'.repeat(count) + innermost + '}'.repeat(count);
  await openBody(page, spare.reporter, 'levels', 'application/json', levels(100, '"innermost"'));
  await expect(page.getByText('201 lines', { exact: true })).toBeVisible();
  await box(page).fill('innermost');
  await expect(here(page)).toBeInViewport();
  await expect(page.getByText(`$${'.a'.repeat(100)}`, { exact: true })).toBeVisible();

  // Nothing that reads it follows it by calling itself; what is too deep for the pane is shown raw or not at all.
  const million = Buffer.from('['.repeat(1_000_000));
  await open(page, await reportBody(spare.reporter, 'million', 'application/json', million));
  await expect(body(page)).toContainText('[[[[');
  await expect(heading(page)).toBeVisible();
});

test('the pane is taken over without moving anything', async ({ page, spare }) => {
  let letThrough = () => {};
  const held = new Promise<void>((resolve) => (letThrough = resolve));
  await page.route(/\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  const path = await reportBody(spare.reporter, 'small', 'application/json', Buffer.from(JSON.stringify(ORDER.order)));
  await page.goto(path, { waitUntil: 'commit' });
  await expect(body(page)).toContainText('"sku": "A-1"');
  const foot = page.getByText('11 lines', { exact: true });
  const before = [await place(pane(page)), await place(foot), await body(page).textContent()];
  letThrough();
  await measured(page);
  expect([await place(pane(page)), await place(foot), await body(page).textContent()]).toEqual(before);
});

test('lines fold by button, by level and by key, and say so', async ({ page, spare }) => {
  await openOrder(page, spare.reporter);
  await expect(foldOf(page, 2)).toHaveAttribute('aria-expanded', 'true');
  await foldOf(page, 2).click();
  await expect(foldOf(page, 2)).toHaveAttribute('aria-expanded', 'false');
  await expect(foldOf(page, 2)).toBeFocused();
  await expect(body(page)).toContainText('"order": { … },');
  await expect(body(page)).not.toContainText('sku');

  await page.getByRole('combobox', { name: 'Levels' }).selectOption('1');
  await expect.poll(() => body(page).textContent()).toBe('{\n  "order": { … },\n  "customers": [ … ]\n}');
  await pane(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(body(page)).toContainText('"two words": [ … ]');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText('$.order.id', { exact: true })).toBeVisible();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(body(page)).not.toContainText('sku');
  const active = await pane(page).getAttribute('aria-activedescendant');
  await expect(page.locator(`#${active}`)).toContainText('"order": { … },');
});

test('a find is counted, marked, unfolded and walked through', async ({ page, spare }) => {
  await openOrder(page, spare.reporter);
  await page.getByRole('combobox', { name: 'Levels' }).selectOption('1');
  await heading(page).click();
  await page.keyboard.press('f');
  await expect(box(page)).toBeFocused();
  await page.keyboard.type('zürich');
  await expect(page.getByText('1 of 1', { exact: true })).toBeVisible();
  await expect(here(page)).toHaveText('Zürich');
  await expect(here(page)).toBeInViewport();
  await expect(page.getByText('$.customers[250].city', { exact: true })).toBeVisible();

  await box(page).fill('BERN');
  const count = page.getByText(/^[\d,]+ of 299$/);
  await expect(count).toHaveText('1 of 299');
  await page.keyboard.press('Enter');
  await expect(count).toHaveText('2 of 299');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.press('Shift+Enter');
  await expect(count).toHaveText('299 of 299');
  await expect(here(page)).toBeInViewport();
  await page.getByRole('button', { name: 'Next find' }).click();
  await expect(count).toHaveText('1 of 299');
  await box(page).fill('"city": "bern"');
  await expect(count).toHaveText('1 of 299');
  await box(page).fill('nowhere');
  await expect(page.getByText('Not found', { exact: true })).toBeVisible();
  await box(page).fill('');
  await expect(body(page).locator('mark')).toHaveCount(0);
});

test('value, path and body are copied, however much of it is shown', async ({ page, spare, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openOrder(page, spare.reporter);
  const copy = (what: string) => page.getByRole('button', { name: `Copy ${what}`, exact: true }).click();
  await body(page).getByText('"Ärger"').click();
  await copy('value');
  await expect.poll(() => clipboard(page)).toBe('Ärger');
  await copy('path');
  await expect.poll(() => clipboard(page)).toBe('$.order["two words"][1].note');
  await body(page).getByText('"customers"').click();
  await copy('value');
  await expect.poll(async () => JSON.parse(await clipboard(page))).toEqual(ORDER.customers);
  await copy('body');
  await expect.poll(() => clipboard(page)).toBe(JSON.stringify(ORDER, null, 2));
  await copy('response');
  await expect.poll(() => clipboard(page)).toBe(`200 OK\nContent-Type: application/json\n\n${JSON.stringify(ORDER, null, 2)}`);
});

test('what is selected over wrapped rows is copied without breaks', async ({ page, spare }) => {
  await openBody(page, spare.reporter, 'wrapped', 'text/plain', `first ${'0123456789'.repeat(60)}\n\tsecond`);
  await expect.poll(() => body(page).locator('.piece').count()).toBeGreaterThan(3);
  const selected = await body(page).evaluate((element) => {
    getSelection()?.selectAllChildren(element);
    return getSelection()?.toString();
  });
  expect(selected).toBe(`first ${'0123456789'.repeat(60)}\n\tsecond`);
});

test('lines are wrapped or not, and the choice is kept', async ({ page, spare }) => {
  await openOrder(page, spare.reporter);
  const wrap = page.getByRole('button', { name: 'Wrap' });
  const isWider = () => pane(page).evaluate((element) => element.scrollWidth > element.clientWidth);
  await expect(wrap).toHaveAttribute('aria-pressed', 'true');
  expect(await isWider()).toBe(false);
  await wrap.click();
  await expect(wrap).toHaveAttribute('aria-pressed', 'false');
  expect(await isWider()).toBe(true);
  await page.reload();
  await measured(page);
  await expect(wrap).toHaveAttribute('aria-pressed', 'false');
  expect(await isWider()).toBe(true);
});

test('the viewer fills the window, and Escape gives the page and the focus back', async ({ page, spare }) => {
  await openOrder(page, spare.reporter);
  const full = page.getByRole('button', { name: 'Full window' });
  await full.click();
  await expect(full).toHaveAttribute('aria-pressed', 'true');
  expect(await place(page.locator('#viewer'))).toEqual([0, 0, 1280, 720]);
  const outside = () => page.evaluate(() => document.activeElement?.closest('#viewer, body:not(:has(:focus))') === null);
  for (let stop = 0; stop < 20; stop += 1) {
    await page.keyboard.press('Tab');
    expect(await outside()).toBe(false);
  }
  expect(await nodes(page)).toBeLessThanOrEqual(MOST_NODES);
  await box(page).focus();
  await page.keyboard.press('Escape');
  await expect(full).toHaveAttribute('aria-pressed', 'false');
  await expect(full).toBeFocused();
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Flows' }).focus();
  expect(await outside()).toBe(true);
});

test('on the way to another body the viewer begins anew', async ({ page, spare }) => {
  await reportBody(spare.reporter, 'second', 'application/json', Buffer.from('{"second":[1]}'));
  await openOrder(page, spare.reporter);
  await page.getByRole('combobox', { name: 'Levels' }).selectOption('2');
  await box(page).fill('zürich');
  await expect(here(page)).toBeInViewport();
  await page.getByRole('navigation', { name: 'Steps of this run' }).getByRole('link', { name: /second/ }).click();
  await expect.poll(() => body(page).textContent()).toBe('{\n  "second": [\n    1\n  ]\n}');
  await expect(box(page)).toHaveValue('');
  await expect(page.getByRole('combobox', { name: 'Levels' })).toHaveValue('');

  await page.goBack();
  await expect(page.getByText(/^[\d,]+ lines$/)).toHaveText('1,215 lines');
  expect(await pane(page).evaluate((element) => element.scrollTop)).toBe(0);
  await page.getByRole('link', { name: 'Raw' }).click();
  await expect.poll(() => body(page).textContent()).toContain('{"order":{"id":7,');
  await expect(page.getByText('1 line', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Parsed' }).click();
  await expect(body(page)).toContainText('"id": 7');
});

test('XML is indented and folds; its raw text is a click away', async ({ page, spare }) => {
  const sent = '<?xml version="1.0"?>\n<order id="1"><item>A &amp; B</item><item/></order>\n';
  await openBody(page, spare.reporter, 'xml', 'application/xml', sent);
  await expect.poll(() => body(page).textContent()).toBe(
    '<?xml version="1.0"?>\n<order id="1">\n  <item>A &amp; B</item>\n  <item/>\n</order>',
  );
  await body(page).getByText('<item/>').click();
  await expect(page.getByText('/order/item[2]', { exact: true })).toBeVisible();
  await foldOf(page, 2).click();
  await expect(body(page)).toContainText('<order id="1"> … </order>');
  await page.getByRole('link', { name: 'Raw' }).click();
  await expect.poll(() => body(page).textContent()).toBe(sent);
});

test('a form with files is a list of its parts', async ({ page, spare }) => {
  const sent = Buffer.concat([
    Buffer.from('--x\r\nContent-Disposition: form-data; name="note"\r\n\r\nDana <b>Birch</b>\r\n--x\r\nContent-Disposition: form-data; name="photo"; filename="me.png"\r\nContent-Type: image/png\r\n\r\n'),
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]),
    Buffer.from('\r\n--x--\r\n'),
  ]);
  await open(page, await reportBody(spare.reporter, 'parts', 'multipart/form-data; boundary=x', sent));
  const part = page.getByRole('list', { name: 'Parts' }).getByRole('listitem');
  await expect(part).toHaveCount(2);
  await expect(part.first()).toContainText('note text · 17 B');
  await expect(part.first()).toContainText('Dana <b>Birch</b>');
  await expect(part.last()).toContainText('photo (me.png) binary · 8 B');
  await expect(part.last()).toContainText('89 50 4e 47 00 01 02 03');
  await expect(part.last()).toContainText('Content-Type: image/png');
});

test('a body that cannot be fetched says so, and what is shown stays', async ({ page, complaints }) => {
  const server = await Server.start();
  const path = await reportBody(await Reporter.of(server), 'gone', 'application/json', Buffer.from(JSON.stringify(ORDER)));
  // The server ends between the page and the rest of the body.
  await page.route(/response-body$/, async (route) => {
    await server.kill();
    await route.continue();
  });
  await page.goto(server.url + path);
  await expect(page.getByText('The rest could not be loaded; download it to see all.')).toBeVisible();
  await expect(body(page)).toContainText('"id": 7');
  await server.stop();
  const others = complaints.filter((text) => !/ERR_(CONNECTION|INCOMPLETE|EMPTY)/.test(text));
  complaints.splice(0, complaints.length, ...others);
});

// What a first visit costs, and what it shows before the program has come.
import { expect, hydrated, row, table, test } from '../helper/page.ts';
import { integration, paths } from '../helper/world.ts';

/** HTML, styles, scripts and wasm as they are transferred. */
const BUDGET_BYTES = 400_000;

for (const path of [paths.flows, paths.flow]) {
  test(`the first visit to ${path} transfers at most 400 kB`, async ({ page }, info) => {
    const client = await page.context().newCDPSession(page);
    await client.send('Network.enable');
    const addresses = new Map<string, string>();
    const sizes = new Map<string, number>();
    client.on('Network.requestWillBeSent', ({ requestId, request }) => addresses.set(requestId, request.url));
    client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const address = addresses.get(requestId) ?? requestId;
      sizes.set(address, (sizes.get(address) ?? 0) + encodedDataLength);
    });
    await page.goto(path);
    await hydrated(page);
    const wasm = [...addresses.values()].find((address) => address.includes('.wasm')) ?? '';
    await expect.poll(() => sizes.has(wasm)).toBe(true);

    const lines = [...sizes].map(([address, bytes]) => `${bytes} ${new URL(address).pathname}`);
    await info.attach('transferred', { body: lines.join('\n'), contentType: 'text/plain' });
    const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
    expect(total, lines.join('\n')).toBeLessThanOrEqual(BUDGET_BYTES);
  });
}

test('rows are visible before the wasm has come', async ({ page }) => {
  // Nothing is changed on its way: the program is only held back, as on a slow line.
  let letThrough = () => {};
  const held = new Promise<void>((resolve) => (letThrough = resolve));
  await page.route(/\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(paths.flow, { waitUntil: 'commit' });
  const list = table(page, /^Integrations of/);
  await expect(row(list, integration(26))).toBeVisible();
  await expect(row(list, integration(17))).toBeVisible();
  await expect(page.locator('body[data-hydrated]')).toHaveCount(0);
  letThrough();
  await hydrated(page);
});

test('what carries a hash in its name is kept for long, and pages are not', async ({ request, page }) => {
  await page.goto(paths.flow);
  const assets = await page.evaluate(() =>
    performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => /\.(js|css|wasm)$/.test(name)),
  );
  expect(assets.length).toBeGreaterThanOrEqual(3);
  for (const asset of new Set(assets)) {
    expect((await request.get(asset)).headers()['cache-control'], asset).toContain('immutable');
  }
  expect((await request.get(paths.flow)).headers()['cache-control']).toBe('no-store');
});

import { expect, heading, hydrated, test } from '../helper/page.ts';

test('the first page comes from the server and then hydrates', async ({ page, request }) => {
  const response = await request.get('/');
  expect(response.status()).toBe(200);
  expect(await response.text()).toContain('Integration View');

  await page.goto('/');
  await hydrated(page);
  await expect(heading(page)).toBeVisible();
});

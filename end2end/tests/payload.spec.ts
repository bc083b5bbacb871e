// The payload of a step: Request, Response and Object.
import { body, expect, heading, open, test, type Page } from '../helper/page.ts';
import { MIXED, paths } from '../helper/world.ts';

const sections = (page: Page) => page.getByRole('navigation', { name: 'Sections of the payload' });
const header = (page: Page, name: string) =>
  page.getByRole('table', { name: 'Headers' }).getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) });
const request = `${paths.failing}?section=request`;

test('IG-75 View Payload opens Request, Response and Object of the step', async ({ page }) => {
  await open(page, paths.mixed);
  await page.getByRole('link', { name: `View Payload of step ${MIXED.failing}` }).click();
  await expect(heading(page)).toContainText('Create contact');
  const names = await sections(page).getByRole('link').allTextContents();
  // The step failed, so what changed since it last worked stands beside them.
  expect(names.sort()).toEqual(['Object', 'Request', 'Response', 'What changed']);
});

test('IG-76 Response is open every time', async ({ page }) => {
  await open(page, paths.failing);
  const chosen = sections(page).getByRole('link').and(page.locator('[aria-current]'));
  await expect(chosen).toHaveText('Response');
  await sections(page).getByRole('link', { name: 'Object' }).click();
  await expect(chosen).toHaveText('Object');
  await page.getByRole('link', { name: 'Next step' }).click();
  await expect(heading(page)).toContainText('Add to list');
  await expect(chosen).toHaveText(/^Response/);
});

test('IG-77 IG-78 IG-79 Request shows method, URL, headers and body', async ({ page }) => {
  await open(page, paths.failing);
  await sections(page).getByRole('link', { name: 'Request' }).click();
  await expect(page).toHaveURL(request);
  const line = page.getByRole('region', { name: 'Method and URL' });
  await expect(line).toContainText('POST');
  await expect(line).toContainText('https://api.crm.test/v2/contacts?notify=no');
  await expect(header(page, 'Content-Type')).toContainText('application/json');
  await expect(body(page)).toContainText('"email": "dana@birch.test"');
});

test('secrets of a request were replaced before they were stored, and the page says so', async ({ page, request: api }) => {
  await open(page, request);
  await expect(header(page, 'Authorization')).toContainText('Bearer [redacted:bearer:');
  await expect(body(page)).toContainText('"password": "[redacted:');
  await expect(page.getByText('Secrets in it were replaced by marks before it was stored: equal marks, equal secrets.')).toBeVisible();
  expect(await page.content()).not.toContain('never-shown');
  const download = await api.get(`${paths.failing}/request-body`);
  expect(await download.text()).not.toContain('never-shown');
});

test('IG-80 Response shows status and headers', async ({ page }) => {
  await open(page, paths.failing);
  await expect(page.getByRole('region', { name: 'Status' })).toContainText('401');
  await expect(page.getByRole('region', { name: 'Status' })).toContainText('Unauthorized');
  await expect(header(page, 'WWW-Authenticate')).toContainText('Bearer error="invalid_token"');
});

test('IG-81 IG-82 Response shows its body parsed, and raw on demand', async ({ page }) => {
  await open(page, paths.failing);
  await expect(body(page)).toContainText('"code": "TOKEN_EXPIRED"');
  const forms = page.getByRole('navigation', { name: 'Form of the body' });
  await expect(forms.getByRole('link', { name: 'Parsed' })).toHaveAttribute('aria-current', 'true');
  await forms.getByRole('link', { name: 'Raw' }).click();
  await expect(body(page)).toHaveText(
    '{"error":{"code":"TOKEN_EXPIRED","message":"The access token has expired."}}',
  );
  await forms.getByRole('link', { name: 'Parsed' }).click();
  await expect(body(page)).toHaveText(/^\{\s+"error": \{\s+"code": "TOKEN_EXPIRED",/);
});

test('IG-83 Object shows the key-value pairs that the step kept', async ({ page }) => {
  await open(page, `${paths.mixed}/steps/order_created`);
  await sections(page).getByRole('link', { name: 'Object' }).click();
  const pairs = page.getByRole('table', { name: 'Object' });
  await expect(pairs.getByRole('row', { name: /^email/ }).getByRole('cell')).toHaveText('dana@birch.test');
  await expect(pairs.getByRole('row', { name: /^order/ }).getByRole('cell')).toHaveText('1001');
  await expect(pairs.getByRole('row', { name: /^lines/ }).getByRole('cell')).toContainText('"sku": "A-1"');
});

test('IG-85 links lead to the API and the errors of the app that was called', async ({ page }) => {
  await open(page, paths.failing);
  const links = page.getByRole('list', { name: 'Documentation' });
  await expect(links.getByRole('link', { name: /Error documentation of CRM/ })).toHaveAttribute('href', 'https://docs.crm.test/errors');
  await expect(links.getByRole('link', { name: /API documentation of CRM/ })).toHaveAttribute('href', 'https://docs.crm.test/api');
});

test('a request is copied as a command, its secrets as variables', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, `${paths.failing}?section=request`);
  await page.getByRole('button', { name: 'Copy request as cURL' }).click();
  await expect(page.getByRole('status')).toHaveText('request as cURL copied.');
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toContain("curl -sS -i -X 'POST' 'https://api.crm.test/v2/contacts?notify=no'");
  expect(command).toContain(`-H 'Authorization: Bearer '"$AUTHORIZATION"`);
  expect(command).toContain('"email":"dana@birch.test"');
  expect(command).not.toContain('never-shown');
});

test('a step without a payload says what was not reported', async ({ page }) => {
  await open(page, `${paths.mixed}/steps/map_fields`);
  await expect(page.getByText('No response was reported for this step.')).toBeVisible();
  await sections(page).getByRole('link', { name: 'Request' }).click();
  await expect(page.getByText('No request was reported for this step.')).toBeVisible();
  await sections(page).getByRole('link', { name: 'Object' }).click();
  await expect(page.getByText('No object was reported for this step.')).toBeVisible();
});

// Every kind of body: shown as what it is, never run, never more than a page can carry, and whole as a download.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { body, expect, open, ownData as test, type Page } from '../helper/page.ts';
import type { Reporter } from '../helper/report.ts';

const RUN = 'run_bodies';
const path = (step: string) => `/main/runs/${RUN}/steps/${step}`;
const notes = (page: Page) => page.getByRole('region', { name: /^Body/ }).getByRole('listitem').filter({ hasNotText: /^(Parsed|Raw)$/ });
const forms = (page: Page) => page.getByRole('navigation', { name: 'Form of the body' });

interface Answer {
  type?: string;
  /** Reported as text, or as bytes in base64. */
  body?: unknown;
  bytes?: Buffer;
}

async function report(reporter: Reporter, step: string, { type, body, bytes }: Answer): Promise<void> {
  const response: Record<string, unknown> = { status: 200, headers: type ? { 'Content-Type': type } : {} };
  if (bytes) response.body_base64 = bytes.toString('base64');
  else if (body !== undefined) response.body = body;
  await reporter.send({ type: 'run', key: RUN, integration: 'int_bodies', started_at: '2024-04-01T00:00:00Z' });
  await reporter.send({ type: 'step', run: RUN, key: step, status: 'ok', response });
}

/** The bytes that the Download link saves. */
async function download(page: Page): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
  return readFile(await file.path());
}

test('JSON is indented, raw on demand, and downloaded byte for byte', async ({ page, spare }) => {
  const sent = '{ "b":1.50, "a":[true,null,"é\\u00e9"],"big":12345678901234567890 }';
  await report(spare.reporter, 'json', { type: 'application/json', body: sent });
  await open(page, path('json'));
  await expect(body(page)).toContainText('"big": 12345678901234567890');
  await expect(body(page)).toContainText('"b": 1.50');
  await forms(page).getByRole('link', { name: 'Raw' }).click();
  await expect.poll(() => body(page).textContent()).toBe(sent);
  expect(await download(page)).toEqual(Buffer.from(sent));
});

test('a form body is a table of its fields, raw on demand', async ({ page, spare }) => {
  const sent = 'name=Dana+Birch&note=50%25+%26+more&empty=&token=never-shown';
  await report(spare.reporter, 'form', { type: 'application/x-www-form-urlencoded', body: sent });
  await open(page, path('form'));
  const field = (name: string) =>
    page.getByRole('table', { name: 'Body' }).getByRole('row').filter({ has: page.getByRole('rowheader', { name, exact: true }) }).getByRole('cell');
  await expect(field('name')).toHaveText('Dana Birch');
  await expect(field('note')).toHaveText('50% & more');
  await expect(field('token')).toHaveText(/^\[redacted:token:~8:[0-9a-f]{8}\]$/);
  await expect(notes(page)).toContainText(['Secrets in it were replaced by marks']);
  await forms(page).getByRole('link', { name: 'Raw' }).click();
  await expect(body(page)).toHaveText(/^name=Dana\+Birch&note=50%25\+%26\+more&empty=&token=\[redacted:token:~8:[0-9a-f]{8}\]$/);
});

test('XML is indented, raw on demand, and downloaded byte for byte', async ({ page, spare }) => {
  const sent = '<?xml version="1.0"?>\n<order id="1"><item>A &amp; B</item></order>\n';
  await report(spare.reporter, 'xml', { type: 'application/xml', body: sent });
  await open(page, path('xml'));
  await expect.poll(() => body(page).textContent()).toBe(
    '<?xml version="1.0"?>\n<order id="1">\n  <item>A &amp; B</item>\n</order>',
  );
  await forms(page).getByRole('link', { name: 'Raw' }).click();
  await expect.poll(() => body(page).textContent()).toBe(sent);
  expect(await download(page)).toEqual(Buffer.from(sent));
});

test('HTML is shown as text, and no element is made of it', async ({ page, spare }) => {
  const sent = '<html><body><h1 id="theirs">Bad Gateway</h1><img src="/x" onerror="alert(1)"><script>document.title="theirs"</script></body></html>';
  await report(spare.reporter, 'html', { type: 'text/html', body: sent });
  await open(page, path('html'));
  expect(await body(page).textContent()).toBe(sent);
  await expect(page.locator('#theirs')).toHaveCount(0);
  await expect(page).not.toHaveTitle('theirs');
  await expect(body(page).locator('*:not(span)')).toHaveCount(0);
});

test('a download of HTML is saved and never shown', async ({ request, spare, page }) => {
  await report(spare.reporter, 'html', { type: 'text/html', body: '<script>alert(1)</script>' });
  const answer = await request.get(`${path('html')}/response-body`);
  expect(answer.headers()['content-type']).toBe('application/octet-stream');
  expect(answer.headers()['content-disposition']).toMatch(/^attachment/);
  await open(page, path('html'));
  expect((await download(page)).toString()).toBe('<script>alert(1)</script>');
});

test('binary is shown as its first bytes in hexadecimal, and downloaded whole', async ({ page, spare }) => {
  const bytes = Buffer.from(Array.from({ length: 4_000 }, (_, index) => (index * 7) % 256));
  await report(spare.reporter, 'binary', { type: 'image/png', bytes });
  await open(page, path('binary'));
  await expect(body(page)).toContainText('00 07 0e 15');
  await expect(notes(page)).toHaveText(['Not text: its first 1,024 of 4,000 bytes in hexadecimal.']);
  expect(await download(page)).toEqual(bytes);
});

test('text with bytes that are no UTF-8 says so, and the download has them', async ({ page, spare }) => {
  const bytes = Buffer.concat([Buffer.from('name,Müller '.repeat(20)), Buffer.from([0xfc]), Buffer.from(' end of it')]);
  await report(spare.reporter, 'latin', { type: 'text/csv', bytes });
  await open(page, path('latin'));
  await expect(body(page).or(notes(page)).first()).toBeVisible();
  expect(await download(page)).toEqual(bytes);
});

test('an empty body is told from none', async ({ page, spare }) => {
  await report(spare.reporter, 'empty', { type: 'application/json', body: '' });
  await report(spare.reporter, 'none', {});
  await open(page, path('empty'));
  await expect(page.getByText('The body is empty: it was sent, with no bytes in it.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Download' })).toHaveCount(0);
  await open(page, path('none'));
  await expect(page.getByText('No body was reported.')).toBeVisible();
});

test('a body that was cut says so, with the length and digest of the original', async ({ page, spare }) => {
  const sent = Buffer.from(`{"rows":[${'"0123456789abcdef",'.repeat(130_000)}"end"]}`);
  await report(spare.reporter, 'cut', { type: 'application/json', body: sent.toString() });
  await open(page, path('cut'));
  const digest = createHash('sha256').update(sent).digest('hex');
  await expect(notes(page).first()).toContainText(`${sent.length.toLocaleString('en')} bytes`);
  await expect(notes(page).first()).toContainText(digest);
  await expect(page.getByText('It could not be parsed, as it was cut; this is the raw text.')).toBeVisible();
  const kept = await download(page);
  expect(kept.equals(sent.subarray(0, 2 * 1024 * 1024))).toBe(true);
});

test('of many lines the page carries the first 200, and the browser gets the others', async ({ page, spare, request }) => {
  const sent = JSON.stringify(Array.from({ length: 5_000 }, (_, index) => index));
  await report(spare.reporter, 'many', { type: 'application/json', body: sent });
  const html = await (await request.get(path('many'))).text();
  expect(html.length).toBeLessThan(256 * 1024);
  expect(html).toContain('The first 200 of 5,002 lines. Download it to see all.');
  await open(page, path('many'));
  await expect(page.getByText('5,002 lines', { exact: true })).toBeVisible();
  expect((await download(page)).toString()).toBe(sent);
});

test('of a very long value the page carries the beginning, and the browser gets the rest', async ({ page, spare, request }) => {
  const sent = JSON.stringify({ long: `${'x'.repeat(1_500_000)}end` });
  await report(spare.reporter, 'long', { type: 'application/json', body: sent });
  const html = await (await request.get(path('long'))).text();
  expect(html.length).toBeLessThan(256 * 1024);
  expect(html).toContain('Values that are too long for a page are cut at “…”. Download it to see all.');
  await open(page, path('long'));
  await page.getByRole('searchbox', { name: 'Find in body' }).fill('xend');
  await expect(page.getByText('1 of 1', { exact: true })).toBeVisible();
  await expect(body(page)).toContainText('xend"');
  expect((await download(page)).toString()).toBe(sent);
});

test('of many fields of a form the first 200 are shown', async ({ page, spare }) => {
  const sent = Array.from({ length: 999 }, (_, index) => `f${index}=${index}`).join('&');
  await report(spare.reporter, 'fields', { type: 'application/x-www-form-urlencoded', body: sent });
  await open(page, path('fields'));
  await expect(notes(page)).toHaveText(['The first 200 of 999 fields. Download it to see all.']);
  await expect(page.getByRole('table', { name: 'Body' }).getByRole('rowheader')).toHaveCount(200);
});

test('a body that is no JSON although it says so is shown raw', async ({ page, spare }) => {
  await report(spare.reporter, 'broken', { type: 'application/json', body: '<h1>502</h1>' });
  await open(page, path('broken'));
  await expect(notes(page)).toHaveText(['It could not be parsed, as it is not valid; this is the raw text.']);
  await expect(body(page)).toHaveText('<h1>502</h1>');
});

test('secrets in headers are shown as redacted', async ({ page, spare }) => {
  await spare.reporter.send({
    type: 'step', run: RUN, key: 'secret', status: 'ok',
    request: {
      method: 'GET', url: 'https://user:never-shown@api.test/?api_key=never-shown&page=2',
      headers: { 'X-Api-Key': 'never-shown', Cookie: 'session=never-shown', Accept: '*/*' },
    },
    response: { status: 200, headers: { 'Set-Cookie': 'session=never-shown' } },
  });
  await open(page, `${path('secret')}?section=request`);
  const header = (name: string) => page.getByRole('table', { name: 'Headers' }).getByRole('row', { name });
  for (const name of ['X-Api-Key', 'Cookie']) await expect(header(name)).toContainText('[redacted:');
  await expect(header('Accept')).toContainText('*/*');
  await expect(page.getByRole('region', { name: 'Method and URL' })).toContainText(/https:\/\/\[redacted:\S+\]@api\.test\/\?api_key=\[redacted:\S+\]&page=2/);
  expect(await page.content()).not.toContain('never-shown');
});

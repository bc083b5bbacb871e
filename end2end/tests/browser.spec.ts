// What the browser says of the pages: the policy that they run under, and that no complaint goes unseen.
import { expect, heading, open, test } from '../helper/page.ts';
import { paths } from '../helper/world.ts';

test('the content security policy is strict, and its nonce is new every time', async ({ request }) => {
  const policy = async () => (await request.get(paths.flow)).headers()['content-security-policy'];
  const [first, second] = [await policy(), await policy()];
  const scripts = first.split(';').map((part) => part.trim()).find((part) => part.startsWith('script-src')) ?? '';
  expect(scripts).toMatch(/'nonce-[\w+/=-]{16,}'/);
  expect(scripts).toContain("'wasm-unsafe-eval'");
  for (const loose of ["'unsafe-inline'", "'unsafe-eval'", 'http:', 'https:', '*']) expect(first).not.toContain(loose);
  for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'"]) {
    expect(first).toContain(part);
  }
  const nonce = (policy: string) => policy.match(/'nonce-([^']+)'/)?.[1];
  expect(nonce(first)).not.toBe(nonce(second));
});

test('no page carries a style attribute or an inline handler', async ({ request }) => {
  for (const path of [paths.flows, paths.flow, paths.busy, paths.mixed, paths.failing]) {
    const html = await (await request.get(path)).text();
    expect(html).not.toMatch(/<[^>]+\s(style|on[a-z]+)=/i);
  }
});

// The fixture that watches every test is itself watched.
test('whatever the browser complains of is noticed', async ({ page, complaints }) => {
  await open(page, paths.flows);
  const provoke: [string, () => void][] = [
    ['console error: an error was logged', () => console.error('an error was logged')],
    ['console warning: a hydration error', () => console.warn('a hydration error')],
    ['page error: Error: nobody caught this', () => void setTimeout(() => { throw new Error('nobody caught this'); })],
    ['CSP refuses style-src-attr', () => document.body.setAttribute('style', 'color: red')],
    ['CSP refuses script-src-attr', () => {
      // Some versions look at a handler only when it is called.
      document.body.setAttribute('onclick', 'void 0');
      document.body.click();
    }],
    ['CSP refuses img-src: https://elsewhere.test/', () => void (new Image().src = 'https://elsewhere.test/x.png')],
  ];
  for (const [complaint, act] of provoke) {
    await page.evaluate(act);
    await expect.poll(() => complaints.join('\n')).toContain(complaint);
  }
  await page.evaluate(() => console.warn('something else'));
  await page.evaluate(() => console.info('hydration'));
  expect(complaints.join('\n')).not.toMatch(/something else|info/);
  complaints.length = 0;
});

test('a test that does not look at what the browser complains of fails', async ({ page }) => {
  await open(page, paths.flows);
  test.fail(true, 'this very failure is what is tested');
  await page.evaluate(() => console.error('provoked'));
});

test('a name that looks like markup stays a name, also in the title', async ({ page, spare }) => {
  const name = '</title><script>document.title = "broken"</script><b>bold</b>';
  await spare.reporter.send({ type: 'flow', key: 'markup', name, status: 'published' });
  await open(page, `${spare.server.url}/main/flows/markup`);
  await expect(heading(page)).toHaveText(name);
  await expect(page).toHaveTitle(`${name} · Integration View`);
  await open(page, `${spare.server.url}/main/flows?search=${encodeURIComponent('</title>')}`);
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page).toHaveTitle(`${name} · Integration View`);
});

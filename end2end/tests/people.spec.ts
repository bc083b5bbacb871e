// People sign in, show a run to a colleague and to somebody outside, and look after keys.
import AxeBuilder from '@axe-core/playwright';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Reporter, Server, expect, fact, heading, open, test, type Browser, type Page } from '../helper/page.ts';
import { PASSWORD, leave, person } from '../helper/people.ts';

/** A server on which people sign in, with a failed run, and its first admin's page. */
async function withAdmin(browser: Browser, complaints: string[]) {
  const server = await Server.start({ signIn: true });
  await (await Reporter.of(server)).send({
    type: 'run',
    key: 'run_1',
    status: 'failed',
    integration: { key: 'int_1', flow: 'flow_1', user_id: 'u_1' },
    steps: [{ key: 's1', name: 'Create contact', status: 'failed', response: { status: 401, body: '{"code":"TOKEN_EXPIRED"}' } }],
  });
  const setup = /open (\S+) to begin/.exec(server.log())?.[1];
  const admin = await person(browser, server, complaints);
  await admin.goto(setup ?? 'no link was printed');
  await admin.getByLabel('E-mail').fill('dana@acme.test');
  await admin.getByLabel('Password').fill(PASSWORD);
  await admin.getByRole('button', { name: 'Set password' }).click();
  await expect(heading(admin)).toHaveText('Flows');
  return { server, admin };
}

const secret = (page: Page) => page.getByRole('status').getByRole('code');

test('a colleague is added, signs in and comes to the run that a link leads to', async ({ browser, complaints }) => {
  const { server, admin } = await withAdmin(browser, complaints);
  await admin.getByRole('link', { name: 'Settings' }).click();
  await admin.getByRole('link', { name: 'People' }).click();
  await admin.getByLabel('E-mail').fill('lee@acme.test');
  await admin.getByLabel('Role').last().selectOption('Support');
  await admin.getByRole('button', { name: 'Add' }).click();
  const link = await secret(admin).textContent();

  const lee = await person(browser, server, complaints);
  await lee.goto(link ?? '');
  await lee.getByLabel('Password').fill(PASSWORD);
  await lee.getByRole('button', { name: 'Set password' }).click();
  await expect(lee.getByRole('link', { name: 'lee@acme.test' })).toBeVisible();
  await lee.getByRole('link', { name: 'lee@acme.test' }).click();
  await lee.getByRole('button', { name: 'Sign out' }).click();

  await lee.goto('/main/runs/run_1/steps/s1');
  await expect(heading(lee)).toHaveText('Sign in');
  await lee.getByLabel('E-mail').fill('Lee@acme.test');
  await lee.getByLabel('Password').fill('something else');
  await lee.getByRole('button', { name: 'Sign in' }).click();
  await expect(lee.getByRole('alert')).toContainText('no account has both');
  await lee.getByLabel('Password').fill(PASSWORD);
  await lee.getByRole('button', { name: 'Sign in' }).click();
  await expect(lee.getByText('TOKEN_EXPIRED')).toBeVisible();
  expect(new URL(lee.url()).pathname).toBe('/main/runs/run_1/steps/s1');

  // Support may neither disable nor look after people, and is not offered it.
  await lee.goto('/main/integrations/int_1');
  await lee.getByRole('button', { name: 'More for run run_1' }).click();
  await expect(lee.getByRole('link', { name: 'Share outside…' })).toBeVisible();
  await expect(lee.getByRole('button', { name: 'Disable' })).toHaveCount(0);
  await lee.goto('/main/people');
  await expect(heading(lee)).toHaveText('Not allowed');
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !/status of (403|422)/.test(text)));
  await leave(browser, server);
});

test('a session that ends while a page is open is said, and one comes back to the page', async ({ browser, complaints }) => {
  const { server, admin } = await withAdmin(browser, complaints);
  await open(admin, '/main/settings');
  const other = await admin.context().newPage();
  await other.goto('/account');
  await other.getByRole('button', { name: 'Sign out' }).click();
  await expect(heading(other)).toHaveText('Sign in');
  await admin.getByRole('link', { name: 'Runs' }).click();
  await expect(heading(admin)).toHaveText('Signed out');
  await admin.getByRole('link', { name: 'Sign in' }).click();
  await admin.getByLabel('E-mail').fill('dana@acme.test');
  await admin.getByLabel('Password').fill(PASSWORD);
  await admin.getByRole('button', { name: 'Sign in' }).click();
  await expect(heading(admin)).toHaveText('Runs');
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !/status of 401/.test(text)));
  await leave(browser, server);
});

test('a viewer is offered nothing that is refused, and sees no payload', async ({ browser, complaints }) => {
  const { server, admin } = await withAdmin(browser, complaints);
  await admin.goto('/main/people');
  await admin.getByLabel('E-mail').fill('vera@acme.test');
  await admin.getByLabel('Role').last().selectOption('Viewer');
  await admin.getByRole('button', { name: 'Add' }).click();
  const vera = await person(browser, server, complaints);
  await vera.goto((await secret(admin).textContent()) ?? '');
  await vera.getByLabel('Password').fill(PASSWORD);
  await vera.getByRole('button', { name: 'Set password' }).click();
  await open(vera, '/main/runs');
  for (const offered of [vera.getByRole('checkbox'), vera.getByRole('link', { name: 'CSV' }), vera.getByRole('button', { name: 'Save view' })]) {
    await expect(offered).toHaveCount(0);
  }
  await open(vera, '/main/runs/run_1');
  await expect(vera.getByText('Compare with…')).toHaveCount(0);
  await vera.getByRole('link', { name: 'View response' }).click();
  await expect(vera.getByText('Your role shows no payloads.')).toBeVisible();
  await expect(vera.getByRole('link', { name: 'What changed' })).toHaveCount(0);
  expect(await vera.content()).not.toContain('TOKEN_EXPIRED');
  await leave(browser, server);
});

test('somebody outside sees a shared run until its link is revoked', async ({ browser, complaints }) => {
  const { server, admin } = await withAdmin(browser, complaints);
  await admin.goto('/main/runs/run_1');
  await admin.getByRole('button', { name: 'More for run run_1' }).click();
  await admin.getByRole('link', { name: 'Share outside…' }).click();
  await admin.getByLabel(/With payloads/).check();
  await admin.getByRole('button', { name: 'Make link' }).click();
  const link = (await secret(admin).textContent()) ?? '';

  const outsider = await person(browser, server, complaints);
  await outsider.goto(link);
  await outsider.getByRole('link', { name: 'Create contact' }).click();
  await expect(outsider.getByText('TOKEN_EXPIRED')).toBeVisible();
  await outsider.goto('/main/flows');
  await expect(heading(outsider)).toHaveText('Sign in');

  await admin.getByRole('button', { name: 'Revoke' }).click();
  await expect(admin.getByText('revoked')).toBeVisible();
  await outsider.goto(link);
  await expect(heading(outsider)).toHaveText('This link leads nowhere any more');
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !/status of 410/.test(text)));
  await leave(browser, server);
});

test('a key is rotated: both work, then only the new one', async ({ browser, complaints }) => {
  const { server, admin } = await withAdmin(browser, complaints);
  const make = async (name: string) => {
    await admin.goto('/main/keys');
    await admin.getByLabel('Name').fill(name);
    await admin.getByRole('button', { name: 'Make key' }).click();
    return (await secret(admin).textContent()) ?? '';
  };
  const keys = [await make('old'), await make('new')];
  const report = (key: string | undefined) =>
    fetch(`${server.url}/api/v1/apps/a`, { method: 'PUT', headers: { authorization: `Bearer ${key}` }, body: '{}' });
  const statuses = async () => [(await report(keys[0])).status, (await report(keys[1])).status];
  expect(await statuses()).toEqual([200, 200]);
  await admin.goto('/main/keys');
  await admin.getByRole('row', { name: / old / }).getByRole('button', { name: 'Revoke' }).click();
  await expect(admin.getByRole('row', { name: / old / })).toContainText('revoked');
  expect(await statuses()).toEqual([401, 200]);
  await admin.goto('/main/audit');
  await expect(admin.getByRole('row', { name: /key\.revoke/ })).toHaveCount(1);
  await leave(browser, server);
});

const STILL = ['/main/people', '/main/keys', '/main/audit', '/account', '/main/runs/run_1/share'];
// The reference of the API is so long that looking through it takes a while.
const LOOKS = [[1440, 'light'], [390, 'dark'], [360, 'light']] as const;
const PAGES = [['pages without script are', STILL, LOOKS], ['the reference of the API is', ['/api'], LOOKS.slice(0, 2)]] as const;

for (const [which, paths, looks] of PAGES) {
  test(`${which} accessible and no wider than the screen`, async ({ browser, complaints }) => {
    test.slow();
    const { server, admin } = await withAdmin(browser, complaints);
    for (const path of paths) {
      for (const [width, colorScheme] of looks) {
        await admin.setViewportSize({ width, height: 844 });
        await admin.emulateMedia({ colorScheme });
        await admin.goto(path);
        const found = await new AxeBuilder({ page: admin }).analyze();
        expect(found.violations.map((one) => `${path} ${width}: ${one.id} ${one.nodes[0]?.html}`)).toEqual([]);
        expect(await admin.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} at ${width}`).toBe(true);
      }
    }
    await leave(browser, server);
  });
}

test('a page of another origin changes nothing and signs nobody out', async ({ browser, complaints }) => {
  const { server, admin } = await withAdmin(browser, complaints);
  const targets = ['/main/integrations/int_1/status', '/main/keys', '/main/people', '/main/runs/run_1/share', '/account/sessions/end', '/sign-out', '/sign-in'];
  const fields = '<input name="status" value="disabled"><input name="name" value="n"><input name="scope" value="read"><input name="email" value="eve@evil.test"><input name="role" value="admin"><input name="days" value="7">';
  // Another port is another origin of the same site, which is sent the cookie.
  const evil = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(targets.map((path, at) => `<form id="f${at}" method="post" target="frame${at}" action="${server.url}${path}">${fields}</form><iframe name="frame${at}"></iframe><img src="${server.url}${path}">`).join(''));
  });
  await new Promise<void>((listening) => evil.listen(0, '127.0.0.1', listening));
  // Her own cookies, in a browser that may complain: all that the other page tries is refused.
  const context = await browser.newContext({ storageState: await admin.context().storageState() });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
  for (const [at, path] of targets.entries()) {
    const answered = page.waitForResponse((response) => response.url() === server.url + path && response.request().method() === 'POST');
    await page.locator(`#f${at}`).evaluate((form: HTMLFormElement) => form.submit());
    expect((await answered).status(), path).toBe(403);
    const sent = await page.evaluate((url) => fetch(url, { method: 'POST', credentials: 'include', body: 'status=disabled' }).then(() => 'answered', () => 'refused'), server.url + path);
    expect(sent, path).toBe('refused');
  }
  await admin.goto('/main/people');
  await expect(admin.getByRole('row')).toHaveCount(2);
  await admin.goto('/main/integrations/int_1');
  await expect(fact(admin, 'Integration Status')).toHaveText(/Enabled/);
  await context.close();
  evil.close();
  await leave(browser, server);
});

test('a server on which nobody signs in says so on every page', async ({ page }) => {
  for (const path of ['/main/flows', '/main/runs', '/main/settings', '/main/people', '/main/keys', '/main/audit']) {
    await page.goto(path);
    await expect(page.getByRole('banner').getByText('No sign-in')).toBeVisible();
  }
});

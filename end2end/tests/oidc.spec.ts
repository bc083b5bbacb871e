// People sign in with an identity provider.
import AxeBuilder from '@axe-core/playwright';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Reporter, Server, expect, heading, test } from '../helper/page.ts';
import { PASSWORD, leave, person } from '../helper/people.ts';
import { Provider } from '../helper/provider.ts';

/** A port that is free now: the provider has to be told the address before the server listens. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

async function withProvider(...args: string[]) {
  const provider = await Provider.start();
  const at = `127.0.0.1:${await freePort()}`;
  const server = await Server.start({
    signIn: true,
    listen: at,
    args: ['--public-url', `http://${at}`, '--oidc-issuer', provider.issuer, '--oidc-client-id', 'iv', ...(args.includes('--oidc-label') ? [] : ['--oidc-label', 'Acme']), ...args],
    env: { IV_OIDC_CLIENT_SECRET: 'hush' },
  });
  await (await Reporter.of(server)).send({ type: 'run', key: 'run_1', status: 'failed', integration: { key: 'int_1', flow: 'flow_1' } });
  return { provider, server };
}

test('a colleague signs in with the provider and comes to the run that a link leads to', async ({ browser, complaints }) => {
  const { provider, server } = await withProvider();
  const admin = await person(browser, server, complaints);
  await admin.goto(/open (\S+) to begin/.exec(server.log())?.[1] ?? 'no link was printed');
  await admin.getByLabel('E-mail').fill('dana@acme.test');
  await admin.getByLabel('Password').fill(PASSWORD);
  await admin.getByRole('button', { name: 'Set password' }).click();

  const lee = await person(browser, server, complaints);
  await lee.goto('/main/runs/run_1');
  await lee.getByRole('link', { name: 'Sign in with Acme' }).click();
  await lee.getByRole('link', { name: 'Deny' }).click();
  await expect(lee.getByRole('alert')).toContainText('Acme broke the sign-in off.');
  await lee.getByRole('link', { name: 'Sign in with Acme' }).click();
  await lee.getByRole('link', { name: 'Allow' }).click();
  await expect(lee.getByRole('alert')).toContainText('nobody with your e-mail address may come in here');

  await admin.goto('/main/people');
  await admin.getByLabel('E-mail').fill('lee@acme.test');
  await admin.getByRole('button', { name: 'Add' }).click();
  await expect(admin.getByRole('status').getByRole('code')).toBeVisible();
  await lee.getByRole('link', { name: 'Sign in with Acme' }).click();
  await lee.getByRole('link', { name: 'Allow' }).click();
  await expect(heading(lee)).toHaveText(/run_1/);
  expect(new URL(lee.url()).pathname).toBe('/main/runs/run_1');
  await expect(lee.getByRole('link', { name: 'lee@acme.test' })).toBeVisible();
  // What was used leads back in nowhere.
  await lee.goto('/account');
  await expect(lee.getByText('You sign in with Acme.')).toBeVisible();
  await lee.getByRole('button', { name: 'Sign out' }).click();
  await expect(lee.getByRole('link', { name: 'Sign in with Acme' })).toBeVisible();
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !/status of 422/.test(text)));
  await leave(browser, server);
  provider.stop();
});

const LONG = 'The identity provider of Acme, Göteborg';
const WAYS: Record<string, string[]> = { 'both ways in': [], 'the only way in': ['--no-passwords'], 'a long label': ['--oidc-label', LONG] };

for (const [name, args] of Object.entries(WAYS)) {
  test(`accessible and no wider than the screen, also while the provider is away: ${name}`, async ({ browser, complaints }) => {
    const { provider, server } = await withProvider(...args);
    provider.stop();
    const page = await person(browser, server, complaints);
    for (const path of ['/sign-in', '/sign-in/oidc']) {
      for (const [width, colorScheme] of [[1440, 'light'], [390, 'dark'], [320, 'light']] as const) {
        await page.setViewportSize({ width, height: 844 });
        await page.emulateMedia({ colorScheme });
        await page.goto(path);
        await expect(page.getByRole('link', { name: /^Sign in with / })).toBeVisible();
        await expect(page.getByRole('alert')).toHaveCount(path === '/sign-in' ? 0 : 1);
        await expect(page.getByLabel('Password')).toHaveCount(args[0] === '--no-passwords' ? 0 : 1);
        const found = await new AxeBuilder({ page }).analyze();
        expect(found.violations.map((one) => `${path} ${width}: ${one.id} ${one.nodes[0]?.html}`)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} at ${width}`).toBe(true);
      }
    }
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !/status of 503/.test(text)));
    await leave(browser, server);
  });
}

// The `test` that every browser test uses: a server per worker, and a page that may not complain.
import { test as base, expect, type ConsoleMessage, type Page } from '@playwright/test';
import { Server } from './server.ts';

export { expect, type Page };
export { Server } from './server.ts';

export interface Fixtures {
  /** What the browser complained about so far; a test that provokes a complaint takes it out. */
  complaints: string[];
}

export interface WorkerFixtures {
  /** One server for all tests of a worker. A test that needs its own calls `Server.start`. */
  server: Server;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],

  // Addresses in tests are paths of the worker's server.
  baseURL: async ({ server }, use) => use(server.url),

  // Any console error, uncaught error or breach of the content security policy fails the test,
  // also when nobody looks for it: hydration warnings come as console messages.
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      context.on('console', (message) => {
        if (isComplaint(message)) complaints.push(`console ${message.type()}: ${message.text()}`);
      });
      context.on('weberror', (error) => complaints.push(`page error: ${error.error()}`));
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          console.error(`CSP refuses ${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`);
        });
      });
      await use(complaints);
      expect(complaints, 'the browser complained').toEqual([]);
    },
    { auto: true },
  ],
});

function isComplaint(message: ConsoleMessage): boolean {
  const hydration = /hydrat|recoverable|panicked/i.test(message.text());
  return message.type() === 'error' || (message.type() === 'warning' && hydration);
}

/** Waits until the wasm has taken over the page that the server rendered. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator('body[data-hydrated]')).toBeAttached();
}

// People with browsers of their own, before a server of their own.
import type { Browser, Page } from '@playwright/test';
import { listen } from './page.ts';
import type { Server } from './server.ts';

export const PASSWORD = 'correct horse battery';

/** Somebody with a browser of their own. */
export async function person(browser: Browser, server: Server, complaints: string[]): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.url });
  await listen(context, complaints);
  return context.newPage();
}

/** Everybody leaves, and only then does the server stop: an open page would miss it, and say so. */
export async function leave(browser: Browser, server: Server): Promise<void> {
  for (const context of browser.contexts()) await context.close();
  await server.stop();
}

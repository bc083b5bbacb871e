// The tests start their own servers (helper/server.ts), so nothing is started here.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from '@playwright/test';

/**
 * The system's browser, looked for as in xtask/src/bootstrap/system.rs. Without one Playwright
 * takes its own, which `npx playwright install chromium` fetches.
 */
function chromium(): string | undefined {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .concat('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome')
    .find((path) => existsSync(path));
}

/** Chromium's own sandbox does not start as root. */
const asRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: './tests',
  outputDir: './test-results/files',
  // Servers and browsers share two cores on the smallest machine that we test on.
  workers: 2,
  fullyParallel: true,
  // A test that passes only on the second try is a broken test.
  retries: 0,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  // The second one is read by `cargo xtask test`.
  reporter: [['list'], ['json', { outputFile: 'test-results/results.json' }]],
  use: {
    // Never a person's own: tests say what they need.
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium(),
      args: [
        ...(asRoot ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});

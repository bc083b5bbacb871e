// Opens exports in LibreOffice, which the ordinary tests do without: `npm run check:spreadsheet`.
import { defineConfig } from '@playwright/test';
import base from './playwright.config.ts';

export default defineConfig(base, { testDir: './spreadsheet', workers: 1, timeout: 180_000, reporter: [['list']] });

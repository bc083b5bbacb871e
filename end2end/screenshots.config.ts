// `npm run screenshots`: every page and state, wide and narrow, light and dark, into screenshots/.
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

export default defineConfig({ ...tests, testDir: './screenshots', reporter: 'list', outputDir: './test-results/screenshots' });

// `npm run bench:viewer`: how long hard bodies take. One after the other, on the release build.
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

export default defineConfig({ ...tests, testDir: './bench', workers: 1, reporter: 'list', outputDir: './test-results/bench' });

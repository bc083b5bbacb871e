// Which lines of the checklist the browser tests name, and that none of them is missing.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';

/** From and to, of the lines that a person can see. */
const REQUIRED = [[1, 85]];
const MAX_LINES = 300;

const folder = import.meta.dirname;
const specs = readdirSync(folder).filter((name) => name.endsWith('.spec.ts'));
const text = (name: string) => readFileSync(join(folder, name), 'utf8');

test('every line of the checklist that a person can see is named by a test', () => {
  const titles = specs.flatMap((name) => [...text(name).matchAll(/^test\((['"`])(.+?)\1,/gm)].map((match) => match[2]));
  const named = new Set(titles.flatMap((title) => [...title.matchAll(/IG-(\d\d)\b/g)].map((match) => Number(match[1]))));
  const required = REQUIRED.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
  expect(required.filter((line) => !named.has(line)).map((line) => `IG-${line}`)).toEqual([]);
});

test('the title of a test begins with its numbers and says a sentence', () => {
  const titles = specs.flatMap((name) => [...text(name).matchAll(/^test\((['"`])(.+?)\1,/gm)].map((match) => match[2]));
  const wrong = titles.filter((title) => title.includes('IG-') && !/^(IG-\d\d )+[A-Za-z’]/.test(title));
  expect(wrong).toEqual([]);
});

test('no test sleeps, finds by test id, or is longer than a screenful of screens', () => {
  const banned = /waitForTimeout|getByTestId|data-testid|networkidle|test\.(skip|only|fixme)/;
  const others = specs.filter((name) => name !== 'checklist.spec.ts');
  expect(others.filter((name) => banned.test(text(name)))).toEqual([]);
  expect(specs.filter((name) => text(name).split('\n').length > MAX_LINES)).toEqual([]);
});

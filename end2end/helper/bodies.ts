// Bodies that are hard to show, and how they are opened and measured.
import { expect, type Page } from './page.ts';
import type { Reporter } from './report.ts';

const RUN = 'run_hard';
const LIMIT = 2 * 1024 * 1024;

export interface HardBody {
  name: string;
  type: string;
  bytes: Buffer;
  /** How many lines it has. */
  lines: number;
  /** Part of the first lines, and something near its end that is found by searching. */
  begins: string;
  ends: string;
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** A little under two megabytes of ordinary records. */
function records(): HardBody {
  const record = (id: number) => ({ id, name: `Customer ${id}`, mail: `c${id}@acme.test`, tags: ['a', 'b'], active: true });
  const all: unknown[] = [];
  for (let size = 2; size < LIMIT - 200; size += json(all.at(-1)).length + 1) all.push(record(all.length));
  const bytes = json(all);
  expect(bytes.length).toBeGreaterThan(LIMIT - 400);
  return { name: '2 MB of JSON', type: 'application/json', bytes, lines: all.length * 10 + 2, begins: '"Customer 0"', ends: `customer ${all.length - 1}"` };
}

export function hardBodies(): HardBody[] {
  const text = 'text/plain';
  return [
    records(),
    {
      name: '100 levels of JSON', type: 'application/json', bytes: Buffer.from(`${'['.repeat(100)}"deepest"${']'.repeat(100)}`),
      lines: 201, begins: '[', ends: 'deepest',
    },
    {
      name: 'an array of 50,000', type: 'application/json', bytes: json(Array.from({ length: 50_000 }, (_, index) => index)),
      lines: 50_002, begins: '17,', ends: '49999',
    },
    {
      name: 'bytes that are no UTF-8', type: text, bytes: Buffer.concat([Buffer.from('name,M\u00fcller '.repeat(20)), Buffer.from([0xfc, 0x0a]), Buffer.from('the end')]),
      lines: 2, begins: '\ufffd', ends: 'the end',
    },
    { name: 'NUL', type: text, bytes: Buffer.from(`${'before '.repeat(20)}\0 after\nthe end`), lines: 2, begins: '\u2400 after', ends: 'THE END' },
    {
      name: 'marks that turn the direction', type: 'application/json', bytes: Buffer.from('{"file":"invoice\u202efdp.exe","name":"\u05d3\u05e0\u05d4"}'),
      lines: 4, begins: 'invoice\ufffdfdp.exe', ends: '\u05d3\u05e0\u05d4',
    },
    {
      name: '1 MB in a single line', type: text, bytes: Buffer.from(`${'0123456789abcdef'.repeat(65_536)} the end`),
      lines: 1, begins: '0123456789abcdef', ends: 'the end',
    },
    // The most lines that two megabytes can be.
    { name: 'a million lines', type: 'application/json', bytes: Buffer.from(`[${'0,'.repeat(1_048_000)}1]`), lines: 1_048_003, begins: '0,', ends: '1]' },
  ];
}

/** Reports a body as the response of a step; returns the path of its page. */
export async function reportBody(reporter: Reporter, key: string, type: string, bytes: Buffer): Promise<string> {
  const response = { status: 200, headers: { 'Content-Type': type }, body_base64: bytes.toString('base64') };
  await reporter.send({ type: 'run', key: RUN, integration: 'int_hard', started_at: '2024-04-01T00:00:00Z' });
  await reporter.send({ type: 'step', run: RUN, key, status: 'ok', response });
  return `/main/runs/${RUN}/steps/${key}`;
}

export interface Measured {
  /** From the start of the viewer to its first rows, and from the click to them. */
  viewerMs: number;
  sinceNavigationMs: number;
  /** The longest time for which the tab did not answer. */
  longestTaskMs: number;
  nodes: number;
}

/** Before a page is opened: remembers how long the tab did not answer. */
export async function watchTasks(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(window, { longTasks: tasks });
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask', buffered: true });
  });
}

/** Waits for the rows, and reads what the browser measured. */
export async function measured(page: Page): Promise<Measured> {
  await page.waitForFunction(() => performance.getEntriesByName('viewer').length > 0);
  return page.evaluate(() => {
    const entry = performance.getEntriesByName('viewer')[0];
    const { longTasks = [] } = window as unknown as { longTasks?: number[] };
    return {
      viewerMs: Math.round(entry.duration),
      sinceNavigationMs: Math.round(entry.startTime + entry.duration),
      longestTaskMs: Math.round(Math.max(0, ...longTasks)),
      nodes: document.querySelectorAll('*').length,
    };
  });
}

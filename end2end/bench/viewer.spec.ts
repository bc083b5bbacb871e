// How long hard bodies take to be shown, and in how many elements: a table, and the aim as a test.
import { hardBodies, measured, reportBody, watchTasks, type Measured } from '../helper/bodies.ts';
import { expect, open, ownData as test } from '../helper/page.ts';

const ROUNDS = 5;
const WITHIN_MS = 1_000;
const MOST_NODES = 2_000;

const middle = (all: number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];

test('hard bodies are shown within a second', async ({ browser, page, spare, baseURL }) => {
  test.setTimeout(600_000);
  const table: Record<string, Measured> = {};
  for (const [index, hard] of hardBodies().entries()) {
    const path = await reportBody(spare.reporter, `hard_${index}`, hard.type, hard.bytes);
    await page.goto(path);
    const rounds: Measured[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const fresh = await browser.newPage({ baseURL });
      await watchTasks(fresh);
      await open(fresh, path);
      rounds.push(await measured(fresh));
      await fresh.close();
    }
    const of = (what: keyof Measured) => middle(rounds.map((round) => round[what]));
    table[hard.name] = {
      viewerMs: of('viewerMs'), sinceNavigationMs: of('sinceNavigationMs'), longestTaskMs: of('longestTaskMs'), nodes: of('nodes'),
    };
  }
  console.table(table);
  for (const [name, of] of Object.entries(table)) {
    expect(of.viewerMs, name).toBeLessThan(WITHIN_MS);
    expect(of.nodes, name).toBeLessThanOrEqual(MOST_NODES);
  }
});

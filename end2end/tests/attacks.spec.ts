// What is reported is text and stays text: 120 attacks in every field, on every page that shows them.
import { ADDRESSES, TEXTS, VECTORS } from '../helper/attacks.ts';
import { expect, heading, hydrated, ownData, Server, type Page } from '../helper/page.ts';
import type { Report, Reporter } from '../helper/report.ts';

const PARTS = 4;
const GROUP = 5;
const TYPES = ['text/html', 'image/svg+xml', 'application/json', 'application/xml', 'text/plain', 'application/octet-stream'];
const SECTIONS = ['response', 'request', 'object', 'changes'];

interface Watched {
  page: Page;
  dialogs: string[];
  /** What was asked of other hosts. */
  strangers: string[];
}

const test = ownData.extend<{ watched: Watched }>({
  watched: async ({ page, spare }, use) => {
    const [dialogs, strangers]: string[][] = [[], []];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      const own = request.url().startsWith(spare.server.url);
      if (!own && !request.url().startsWith('data:')) strangers.push(request.url());
    });
    await use({ page, dialogs, strangers });
    expect(dialogs, 'something ran').toEqual([]);
    expect(strangers, 'something was asked of another host').toEqual([]);
    expect(spare.server.log(), 'a browser refused something').not.toContain('refused something');
  },
});

const groups: string[][] = [];
for (let at = 0; at < VECTORS.length; at += GROUP) groups.push(VECTORS.slice(at, at + GROUP));

/** Elements and attributes that only data could have made: of the page, or of this HTML. */
function foreign(html?: string): string[] {
  const looked = html === undefined ? document : new DOMParser().parseFromString(html, 'text/html');
  // Its size and place are set by script, which the policy allows.
  const placed = html === undefined ? '#body-space, #body-text' : ':not(*)';
  const found: string[] = [];
  const mark = (element: Element, why: string) => found.push(`${why}: ${element.outerHTML.slice(0, 120)}`);
  const never = 'iframe, object, embed, base, math, marquee, video, audio, image, xss, style, animate, foreignObject, meta[http-equiv], img';
  for (const element of looked.querySelectorAll(never)) mark(element, 'element');
  for (const element of looked.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      const styled = name === 'style' && !element.matches(placed);
      if (name.startsWith('on') || styled || name === 'srcdoc' || name === 'formaction') mark(element, name);
      if (['href', 'src', 'action', 'xlink:href'].includes(name)) {
        const { origin, protocol } = new URL(value, document.baseURI);
        const outside = element.matches('a[rel="noopener noreferrer"]') && /^(https?|mailto):$/.test(protocol);
        if (origin !== location.origin && !outside && !value.startsWith('data:image/')) mark(element, name);
      }
    }
  }
  for (const script of looked.querySelectorAll('script')) {
    // Only our own carry the nonce; a browser hides it from the attribute.
    if (!script.nonce) mark(script, 'without a nonce');
  }
  if ('polluted' in {}) found.push('a prototype was changed');
  return found;
}

/** Opens a page and looks at all of it: as the wasm made it, and as the server sent it. */
async function look(page: Page, path: string, shows: string): Promise<void> {
  await page.goto(path);
  await hydrated(page);
  // What the page is for is there: an empty page would be no proof.
  await expect(page.getByRole('main')).toContainText(shows);
  expect(await page.evaluate(foreign), `in the browser: ${path}`).toEqual([]);
  const html = await (await page.request.get(path)).text();
  expect(await page.evaluate(foreign, html), `from the server: ${path}`).toEqual([]);
}

/** A run of one step for each group, with the vectors wherever a report has text. */
function run(key: string, part: number, status: 'failed' | 'ok'): Report {
  const steps = groups.map((vectors, index) => {
    const joined = vectors.join('\n');
    const type = TYPES[index % TYPES.length];
    const body = type === 'application/json' ? JSON.stringify({ [vectors[0]]: vectors, status }) : `${joined}\n${status}`;
    const headers = [['Content-Type', type], ...vectors.map((vector) => [`x ${vector}`, vector])];
    return {
      key: `s${index}`, position: index, name: vectors[0], status, app: { key: `app${index}`, name: vectors[1] },
      ...(status === 'failed' && { error: joined }),
      request: { method: 'POST', url: ADDRESSES[index % ADDRESSES.length], headers, body_base64: Buffer.from(body).toString('base64') },
      response: { status: status === 'ok' ? 200 : 500, headers, body_base64: Buffer.from(body).toString('base64') },
      object: Object.fromEntries(vectors.map((vector) => [vector, `${vector} ${status}`])),
    };
  });
  return {
    type: 'run', key, status, started_at: '2024-04-01T00:00:00Z', steps,
    integration: { key: `attacked${part}`, user_id: VECTORS[part], user_auth: VECTORS[part + PARTS], flow: { key: 'attacks', name: VECTORS[part] } },
    trigger: { app: VECTORS[part], name: VECTORS[part + 1], type: VECTORS[part + 2] },
    summary: VECTORS[part + 3],
  };
}

async function reportRuns(reporter: Reporter, part: number): Promise<void> {
  await reporter.send(run(`attack${part}`, part, 'failed'), run(`harmless${part}`, part, 'ok'));
}

for (let part = 0; part < PARTS; part += 1) {
  test(`payloads stay text in every section, part ${part + 1} of ${PARTS}`, async ({ watched: { page }, spare, request }) => {
    await reportRuns(spare.reporter, part);
    for (let index = part; index < groups.length; index += PARTS) {
      const path = `/main/runs/attack${part}/steps/s${index}`;
      for (const section of SECTIONS) {
        await look(page, `${path}?section=${section}&with=harmless${part}`, `s${index}`);
      }
      for (const body of ['request-body', 'response-body']) {
        const file = await request.get(`${path}/${body}`);
        const headers = file.headers();
        expect(headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+"(; filename\*=UTF-8''[\w.~%-]+)?$/);
        expect(headers['content-type']).toBe('application/octet-stream');
        expect(headers['x-content-type-options']).toBe('nosniff');
        expect(headers['content-security-policy']).toContain('sandbox');
      }
    }
  });
}

test('names, errors and the log stay text on the pages of a run', async ({ watched: { page }, spare }) => {
  await reportRuns(spare.reporter, 0);
  await spare.reporter.send(
    ...VECTORS.map((message, index) => ({ type: 'log', run: 'attack0', key: `l${index}`, logged_at: '2024-04-01T00:00:01Z', level: 'error', message })),
  );
  await look(page, '/main/runs/attack0', '<svg onload=alert(1)>');
  await look(page, '/main/runs/attack0/compare/harmless0', 'harmless0');
  // A terminal's link is shown as what it is.
  await page.goto('/main/runs/attack0');
  await expect(page.getByRole('link', { name: 'Click here' })).toHaveCount(0);
});

test('names and ids stay text in lists, in what is found and in files', async ({ watched: { page }, spare, request }) => {
  await spare.reporter.send(
    ...VECTORS.map((vector, index) => ({
      type: 'run', key: `listed${index}`, status: 'failed', started_at: '2024-04-01T00:00:00Z', summary: vector,
      trigger: { app: vector, name: vector, type: vector },
      integration: { key: `listed${index}`, user_id: vector, user_auth: vector, flow: { key: `listed${index % 60}`, name: vector } },
    })),
    ...VECTORS.map((vector, index) => ({ type: 'integration', key: `one_flow${index}`, user_id: vector, user_auth: vector, flow: 'one_flow' })),
  );
  for (const path of ['/main/flows', '/main/flows/one_flow', '/main/runs']) {
    for (const at of ['', '&at=last']) await look(page, `${path}?size=100${at}`, 'alert(1)');
  }
  for (const [index, vector] of TEXTS.entries()) {
    if (index % 12 !== 0) continue;
    const query = encodeURIComponent(vector);
    await look(page, `/main/find?q=${query}`, '');
    await look(page, `/main/flows/one_flow?search=${query}`, '');
    if (!/[\r\n\t/]|\.\./.test(vector)) await look(page, `/main/users/${query}`, 'one_flow');
  }
  for (const file of ['/main/runs.csv', '/main/runs.json', '/main/flows/one_flow/integrations.csv']) {
    const answer = await request.get(file);
    expect(answer.headers()['content-disposition'], file).toContain('attachment');
    expect(answer.headers()['x-content-type-options']).toBe('nosniff');
    expect(await answer.text()).toContain('alert(1)');
  }
});

test('a page links only to where a browser may go', async ({ watched: { page }, spare }) => {
  for (const [index, address] of ADDRESSES.entries()) {
    const sent = spare.reporter.send({ type: 'app', key: `linked${index}`, documentation_url: address });
    if (/^https?:/.test(address)) await sent;
    else await expect(sent, address).rejects.toThrow('documentation_url');
  }
  const taken = ADDRESSES.map((address, index) => ({ address, index })).filter(({ address }) => /^https?:/.test(address));
  await spare.reporter.send({
    type: 'run', key: 'linked', integration: 'linked', started_at: '2024-04-01T00:00:00Z', status: 'failed',
    steps: taken.map(({ index }) => ({ key: `s${index}`, position: index, app: `linked${index}`, status: 'failed', error: 'no' })),
  });
  expect(taken.length).toBeGreaterThan(2);
  for (const { index } of taken) await look(page, `/main/runs/linked/steps/s${index}`, `s${index}`);
});

test('what a browser refuses, and an element that is not ours, would be seen here', async ({ page, spare, complaints }) => {
  await page.goto('/main/flows');
  await expect(heading(page)).toBeVisible();
  await page.evaluate(() => {
    const image = document.createElement('img');
    image.src = 'https://evil.test/x.png';
    document.body.append(image);
  });
  await expect.poll(() => complaints.filter((text) => text.includes('CSP refuses img-src')).length).toBeGreaterThan(0);
  complaints.splice(0);
  expect(await page.evaluate(foreign)).toHaveLength(2);
});

test('a report of a browser names what was refused, and nothing else of it', async ({ request }) => {
  const server = await Server.start();
  const report = { 'csp-report': { 'effective-directive': 'font-src', 'blocked-uri': 'https://evil.test/secret' } };
  const headers = { 'Content-Type': 'application/csp-report' };
  const answer = await request.post(`${server.url}/csp-report`, { headers, data: JSON.stringify(report) });
  expect(answer.status()).toBe(204);
  await expect.poll(() => server.log()).toContain('refused something');
  expect(server.log()).toContain('font-src');
  expect(server.log()).not.toContain('secret');
  await server.stop();
});

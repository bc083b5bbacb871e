// Every page and state of the site, for what must hold on all of them.
import { expect, hydrated, openFilter, openMenu, test as base, type Page } from './page.ts';
import { Reporter, type Report } from './report.ts';
import { Server } from './server.ts';
import { BUSY, DRAFT, FLOW, MIXED, RUNNING, SHARED, WELL, integration, paths, run } from './world.ts';

/** 128 characters without a place to break, as many as a key may have. */
const LONG = 'w'.repeat(128);
const LONG_OK = 'x'.repeat(128);
const SENTENCE = 'A rather long name that somebody thought of on a slow afternoon '.repeat(8).trim();

export type Site = 'world' | 'long' | 'empty';
export interface Place {
  name: string;
  path: string;
  site: Site;
  status?: number;
  /** What is done before the page is asked for. */
  before?: (page: Page) => Promise<void>;
  /** What is done after the page has come. */
  then?: (page: Page) => Promise<void>;
}

const world = (name: string, path: string, more: Partial<Place> = {}): Place => ({ name, path, site: 'world', ...more });
const long = (name: string, path: string): Place => ({ name: `long names, ${name}`, path, site: 'long' });

export const PLACES: Place[] = [
  { name: 'first start', path: '/main/flows', site: 'empty' },
  world('flows', paths.flows),
  world('flows, nothing found', `${paths.flows}?search=nowhere`),
  world('integrations', `${paths.flow}?size=50`),
  world('integrations, second page', `${paths.flow}?at=last`),
  world('integrations, filtered', `${paths.flow}?faulty=1&last_run=failed&sort=created_oldest`),
  world('integrations, filter open', paths.flow, { then: openFilter }),
  world('integrations, filtered empty', `${paths.flow}?last_run=interrupted`),
  world('integrations, alike', `${paths.flow}?search=int_crm_0`),
  world('integrations, none', `/main/flows/${DRAFT.key}`),
  world('runs', `/main/integrations/${BUSY}?size=25`),
  world('runs, filter open', paths.busy, { then: openFilter }),
  world('runs, dropped values', `${paths.busy}?status=perhaps`),
  world('runs, none', `/main/integrations/${integration(26)}`),
  world('run', paths.mixed),
  world('run without failure', paths.well),
  world('run without steps', `/main/runs/${RUNNING}`),
  world('log', `${paths.mixed}/log`),
  world('log, at an entry', `${paths.mixed}/log?entry=${MIXED.refused}#log-${MIXED.refused}`),
  world('log, narrowed', `${paths.mixed}/log?level=warning&q=expired`),
  world('log, narrowed empty', `${paths.mixed}/log?q=nowhere`),
  world('log, followed', `${paths.mixed}/log?tail=1`),
  world('log, none', `${paths.well}/log`),
  world('response', paths.failing),
  world('response, found', paths.failing, { then: findInBody }),
  world('response, full window', paths.failing, { then: (page) => page.getByRole('button', { name: 'Full window' }).click() }),
  world('response, raw', `${paths.failing}?body=raw`),
  world('request', `${paths.failing}?section=request`),
  world('object', `${paths.mixed}/steps/order_created?section=object`),
  world('what changed', `${paths.failing}?section=changes&with=${WELL.run}`),
  world('what changed, nothing to compare with', `${paths.failing}?section=changes`),
  world('what changed, without payloads', `/main/runs/${run(20)}/steps/1?section=changes`),
  world('runs compared', `/main/runs/${MIXED.run}/compare/${WELL.run}`),
  world('run, compare with open', paths.mixed, { then: (page) => page.getByText('Compare with…').click() }),
  world('no payload', `${paths.mixed}/steps/map_fields`),
  world('end-user', `/main/users/${SHARED.userId}`),
  world('found alike', '/main/find?q=int_crm_0'),
  world('found nothing', '/main/find?q=nobody'),
  world('delete', `/main/integrations/${integration(7)}/delete`),
  world('settings', '/main/settings'),
  world('settings, refused', '/main/settings?url=ftp%3A%2F%2Fa&label=b&margin=c'),
  world('integrations, menu open', paths.flow, { then: (page) => openMenu(page, `integration ${integration(26)}`) }),
  world('runs, some are new', paths.busy, {
    before: (page) => page.route('**/events?*', (route) => route.fulfill({ contentType: 'text/event-stream', body: 'data: 3\n\n' })),
    then: (page) => expect(page.getByText('3 new runs')).toHaveCount(2),
  }),
  world('display', paths.flow, { then: (page) => page.getByRole('button', { name: 'Display' }).click() }),
  world('runs, filter open in a zone', paths.busy, {
    before: (page) => page.context().addCookies([{ name: 'display', value: 'zone=America/Argentina/Buenos_Aires&density=compact', domain: '127.0.0.1', path: '/' }]),
    then: openFilter,
  }),
  world('shortcuts', paths.flows, { then: (page) => page.keyboard.press('?') }),
  world('all runs', '/main/runs?size=25'),
  world('all runs, filter open', '/main/runs?status=failed&started_within=24h&took_from=5s', { then: openFilter }),
  world('all runs, other columns', '/main/runs?columns=status&columns=run_id&columns=handled&columns=failing_step&sort=longest'),
  world('all runs, columns open', '/main/runs', { then: (page) => page.getByText(/^Columns/).click() }),
  world('all runs, views open', '/main/runs', { then: (page) => page.getByText(/^Views/).click() }),
  world('all runs, selected', '/main/runs', { then: (page) => page.getByLabel('Select all on this page').check() }),
  world('integrations, selected', paths.flow, { then: (page) => page.getByLabel(`Select ${integration(26)}`).check() }),
  world('bulk, asked', `/main/bulk?list=integrations&of=${FLOW.key}&action=delete&all=1`),
  world('bulk, a note asked', '/main/bulk?list=runs&action=handle&key=run_mixed'),
  world('bulk, nothing selected', '/main/bulk?list=runs&action=handle'),
  world('bulk, no sense', '/main/bulk?action=destroy'),
  world('not found', '/main/runs/nowhere', { status: 404 }),
  world('no such page', `/main/nothing/${FLOW.key}`, { status: 404 }),
  long('flows', '/main/flows'),
  long('integrations', `/main/flows/${LONG}`),
  long('runs', `/main/integrations/${LONG}`),
  long('end-user', `/main/users/${LONG}`),
  long('delete', `/main/integrations/${LONG}/delete`),
  long('found', `/main/find?q=${LONG.slice(1)}`),
  long('all runs', '/main/runs?columns=run_id&columns=trigger_name&columns=trigger_type&columns=failing_app&columns=failing_step'),
  long('bulk', `/main/bulk?list=runs&action=handle&key=${LONG}`),
  long('run', `/main/runs/${LONG}`),
  long('log', `/main/runs/${LONG}/log?level=info`),
  long('response', `/main/runs/${LONG}/steps/${LONG}`),
  long('what changed', `/main/runs/${LONG}/steps/${LONG}?section=changes&with=${LONG_OK}`),
  long('runs compared', `/main/runs/${LONG}/compare/${LONG_OK}`),
  long('request', `/main/runs/${LONG}/steps/${LONG}?section=request`),
  long('object', `/main/runs/${LONG}/steps/${LONG}?section=object`),
];

/** `test` with the servers of all places. */
export const test = base.extend<object, { sites: Record<Site, string> }>({
  sites: [
    async ({ server }, use) => {
      const [many, empty] = await Promise.all([Server.start(), Server.start()]);
      const reporter = await Reporter.of(many);
      await reporter.send(...longNames());
      await reporter.attach(LONG, LONG, `${LONG}${LONG.slice(2)}`, 'long', LONG);
      await use({ world: server.url, long: many.url, empty: empty.url });
      await Promise.all([many.stop(), empty.stop()]);
    },
    { scope: 'worker' },
  ],
});

/** Opens a place cold, and does there what belongs to it. */
export async function visit(page: Page, sites: Record<Site, string>, place: Place): Promise<void> {
  await place.before?.(page);
  const response = await page.goto(`${sites[place.site]}${place.path}`);
  expect(response?.status()).toBe(place.status ?? 200);
  await hydrated(page);
  await place.then?.(page);
}

/** A find in a body that was folded. */
async function findInBody(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Levels' }).selectOption('1');
  await page.getByRole('searchbox', { name: 'Find in body' }).fill('token');
  await expect(page.getByText('1 of 2', { exact: true })).toBeVisible();
}

/** Everything as long as it may be, or nearly. */
function longNames(): Report[] {
  const started = '2024-04-01T00:00:00Z';
  const headers = Object.fromEntries([['X-Long', LONG.repeat(8)], [`X-${LONG}`, 'short'], ['Content-Type', 'application/json']]);
  return [
    { type: 'app', key: LONG, name: SENTENCE, documentation_url: `https://docs.test/${LONG}`, contact: SENTENCE },
    { type: 'flow', key: LONG, name: SENTENCE, status: 'published', description: `${SENTENCE} ${LONG}`, group: SENTENCE },
    { type: 'flow', key: 'unbroken', name: LONG, interface_type: LONG },
    {
      type: 'integration', key: LONG, flow: LONG, app: LONG, name: SENTENCE, user_id: LONG, user_auth: `${LONG}@${LONG}.test`,
      status: 'paused', status_reason: SENTENCE, created_at: started,
    },
    {
      type: 'run', key: LONG, integration: LONG, status: 'failed', started_at: started, duration_ms: 4_294_967_295,
      trigger: { app: LONG, name: SENTENCE, type: LONG }, summary: SENTENCE, error: LONG.repeat(4),
      steps: [
        {
          key: LONG, position: 1, name: LONG, app: LONG, status: 'failed', error: `${SENTENCE} ${LONG.repeat(2)}`,
          started_at: started, duration_ms: 123_456_789, network_code: 599, attempt: 12_345,
          request: { method: 'POST', url: `https://api.test/${LONG.repeat(4)}?${LONG}=${LONG}`, headers, body: { [LONG]: LONG.repeat(8) } },
          response: { status: 599, headers, body: { [LONG]: [LONG.repeat(8), { [SENTENCE]: SENTENCE }] } },
          object: { [LONG]: LONG.repeat(4), [SENTENCE]: { nested: { deeper: LONG } } },
        },
        { key: `${'s'.repeat(120)}`, position: 2, name: SENTENCE, status: 'skipped' },
      ],
      log: [{ key: LONG, step: LONG, logged_at: started, level: 'error', message: `${SENTENCE} ${LONG.repeat(2)}`, description: LONG.repeat(3) }],
    },
    {
      type: 'run', key: LONG_OK, integration: LONG, status: 'ok', started_at: '2024-03-01T00:00:00Z', duration_ms: 1,
      steps: [
        {
          key: LONG, position: 1, name: LONG, app: LONG, status: 'ok', started_at: '2024-03-01T00:00:00Z', duration_ms: 1, network_code: 200,
          request: { method: 'GET', url: `https://api.test/${LONG.repeat(3)}`, headers: { [`X-${LONG}`]: LONG.repeat(9) }, body: { [LONG]: [LONG] } },
          response: { status: 200, headers: { 'X-Long': LONG.repeat(9) }, body: { [LONG]: LONG.repeat(9) } },
        },
      ],
    },
  ];
}

// A small workspace with everything in it that the documents describe. All moments are in 2024,
// so that pages show them the same way in any later year.
import type { Report } from './report.ts';

const HOUR = 3_600_000;
const MARCH = Date.UTC(2024, 2, 1, 8);
const APRIL = Date.UTC(2024, 3, 1);

const at = (ms: number) => new Date(ms).toISOString();
const two = (number: number) => String(number).padStart(2, '0');
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

export const FLOW = { key: 'flow_crm_contacts', name: 'Sync contacts to CRM' };
export const DRAFT = { key: 'flow_order_export', name: 'Order export' };
/** `int_crm_01` is the oldest, `int_crm_26` the newest. */
export const INTEGRATIONS = 26;
export const integration = (number: number) => `int_crm_${two(number)}`;
/** Last run failed, paused, or failed to initialize. */
export const FAULTY = [5, 10, 15, 20, 23, 24].map(integration);
/** The integrations of one end-user: all three by User ID, the first two by User Auth. */
export const SHARED = { userId: 'u_shared', userAuth: 'dana@birch.test', integrations: [3, 7, 11].map(integration) };

/** The integration of many runs: `run_01_01` is the oldest, `run_01_23` the newest. */
export const BUSY = integration(1);
export const RUNS = 23;
export const run = (number: number) => `run_01_${two(number)}`;
export const RUNNING = run(22);

/** Failed at the fourth of six steps; the last one was answered 200. */
export const MIXED = { run: 'run_mixed', integration: integration(5), failing: 'create_contact', refused: 'refused' };
/** Three steps, all of them well. */
export const WELL = { run: 'run_ok', integration: integration(2) };

export const paths = {
  flows: '/main/flows',
  flow: `/main/flows/${FLOW.key}`,
  busy: `/main/integrations/${BUSY}`,
  mixed: `/main/runs/${MIXED.run}`,
  failing: `/main/runs/${MIXED.run}/steps/${MIXED.failing}`,
  well: `/main/runs/${WELL.run}`,
};

/** The reports that make it. */
export function world(): Report[] {
  return [
    { type: 'app', key: 'shop', name: 'Shop' },
    {
      type: 'app',
      key: 'crm',
      name: 'CRM',
      documentation_url: 'https://docs.crm.test/api',
      error_documentation_url: 'https://docs.crm.test/errors',
    },
    { type: 'flow', ...FLOW, status: 'published', description: 'Every new customer becomes a contact.' },
    { type: 'flow', ...DRAFT, status: 'draft' },
    ...numbers(1, INTEGRATIONS).map(oneIntegration),
    ...numbers(2, 20).filter((number) => number !== 2 && number !== 5).map(onlyRun),
    ...numbers(1, RUNS).map(runOfMany),
    mixed(),
    well(),
  ];
}

function oneIntegration(number: number): Report {
  const statuses: Record<number, string> = {
    21: 'initializing', 22: 'disabled', 23: 'paused', 24: 'failed_to_initialize', 25: 'deleted',
  };
  const shared = SHARED.integrations.includes(integration(number));
  return {
    type: 'integration',
    key: integration(number),
    flow: FLOW.key,
    app: number % 2 ? 'shop' : 'crm',
    user_id: shared ? SHARED.userId : `u_${100 + number}`,
    user_auth: shared && number < 10 ? SHARED.userAuth : `person${number}@acme.test`,
    status: statuses[number] ?? 'enabled',
    status_reason: number === 23 ? 'Too many errors' : null,
    created_at: at(MARCH + number * HOUR),
  };
}

/** The one run of an integration; every fifth failed. */
function onlyRun(number: number): Report {
  const status = number % 5 === 0 ? 'failed' : (({ 18: 'warning', 19: 'running' })[number] ?? 'ok');
  const code = status === 'failed' ? 500 : 200;
  return {
    type: 'run',
    key: `run_only_${two(number)}`,
    integration: integration(number),
    status,
    trigger: { app: 'Shop', name: 'New order', type: 'webhook' },
    started_at: at(APRIL + number * HOUR),
    duration_ms: status === 'running' ? null : 1_500,
    steps: status === 'running' ? [] : [{ name: 'Send', app: 'crm', status, network_code: code }],
  };
}

/** Every fourth run failed with 404 or 500; one is still running. */
function runOfMany(number: number): Report {
  const failed = number % 4 === 0;
  const running = run(number) === RUNNING;
  const code = failed ? (number % 8 === 0 ? 500 : 404) : 200;
  return {
    type: 'run',
    key: run(number),
    integration: BUSY,
    status: running ? 'running' : failed ? 'failed' : 'ok',
    trigger: number % 3 === 0
      ? { app: 'Calendar', name: 'Every hour', type: 'poll' }
      : { app: 'Shop', name: 'New order', type: 'webhook' },
    started_at: at(APRIL + number * HOUR),
    duration_ms: running ? null : 1_000 + number,
    steps: running ? [] : [{ name: 'Send', app: 'crm', status: failed ? 'failed' : 'ok', network_code: code }],
  };
}

function mixed(): Report {
  const json = { 'Content-Type': 'application/json' };
  const start = APRIL + 100 * HOUR;
  return {
    type: 'run',
    key: MIXED.run,
    integration: MIXED.integration,
    status: 'failed',
    trigger: { app: 'Shop', name: 'Order created', type: 'webhook' },
    started_at: at(start),
    duration_ms: 4_210,
    steps: [
      {
        key: 'order_created', position: 1, name: 'Order created', app: 'shop', status: 'ok', started_at: at(start),
        duration_ms: 12, object: { order: 1001, email: 'dana@birch.test', lines: [{ sku: 'A-1' }] },
      },
      {
        key: 'get_customer', position: 2, name: 'Get customer', app: 'shop', status: 'ok', started_at: at(start + 1_000),
        duration_ms: 310, network_code: 200,
        request: { method: 'GET', url: 'https://api.shop.test/customers/7', headers: { Accept: 'application/json' } },
        response: { status: 200, headers: json, body: { id: 7, email: 'dana@birch.test' } },
      },
      { key: 'map_fields', position: 3, name: 'Map fields', app: 'mapper', status: 'ok', started_at: at(start + 2_000), duration_ms: 4 },
      {
        key: MIXED.failing, position: 4, name: 'Create contact', app: 'crm', status: 'failed', started_at: at(start + 2_100),
        duration_ms: 1_900, network_code: 401, error: 'Unauthorized: the provider refused the token.',
        request: {
          method: 'POST', url: 'https://api.crm.test/v2/contacts?notify=no',
          headers: { ...json, Authorization: 'Bearer never-shown' },
          body: { email: 'dana@birch.test', password: 'never-shown' },
        },
        response: {
          status: 401,
          headers: { ...json, 'WWW-Authenticate': 'Bearer error="invalid_token"' },
          body: { error: { code: 'TOKEN_EXPIRED', message: 'The access token has expired.' } },
        },
        object: { contact: null, attempt: 1 },
      },
      { key: 'add_to_list', position: 5, name: 'Add to list', app: 'crm', status: 'skipped' },
      {
        key: 'tag_order', position: 6, name: 'Tag order', app: 'shop', status: 'ok', started_at: at(start + 4_100),
        duration_ms: 88, network_code: 200,
        request: { method: 'PUT', url: 'https://api.shop.test/orders/1001/tags', headers: json, body: ['synced'] },
        response: { status: 200, headers: json, body: { tags: ['synced'] } },
      },
    ],
    log: [
      { logged_at: at(start), level: 'info', message: 'Order 1001 received.' },
      {
        key: MIXED.refused, logged_at: at(start + 4_000), level: 'error', step: MIXED.failing, message: 'The CRM refused the token.',
        description: 'TOKEN_EXPIRED: the access token has expired.',
      },
    ],
  };
}

function well(): Report {
  const step = (number: number, name: string, app: string) => ({
    key: `step_${number}`, name, app, status: 'ok', started_at: at(APRIL + number * 1_000), duration_ms: 100 * number,
    network_code: 200, object: { number },
    request: { method: 'POST', url: `https://api.${app}.test/${number}`, body: { question: number } },
    response: { status: 200, headers: { 'Content-Type': 'application/json' }, body: { answer: number } },
  });
  return {
    type: 'run',
    key: WELL.run,
    integration: WELL.integration,
    status: 'ok',
    trigger: { app: 'Shop', name: 'New order', type: 'webhook' },
    started_at: at(APRIL),
    duration_ms: 600,
    steps: [step(1, 'Get order', 'shop'), step(2, 'Find contact', 'crm'), step(3, 'Update contact', 'crm')],
  };
}

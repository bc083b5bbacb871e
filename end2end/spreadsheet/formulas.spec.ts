// No text that somebody reported becomes a formula when its export is opened in a spreadsheet.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { Reporter } from '../helper/report.ts';
import { Server } from '../helper/server.ts';

/** What spreadsheets are known to take for formulas, commands, links or fields of their own. */
const VECTORS = [
  '=1+1', '+1+1', '-1+1', '@SUM(1,1)', '=cmd|\' /C calc\'!A0', '=HYPERLINK("https://evil.test","x")', '=WEBSERVICE("https://evil.test")',
  '=IMPORTXML("https://evil.test","//a")', '=DDE("soffice";"x";"y")', '+cmd|\' /C calc\'!A0', '-cmd|\' /C calc\'!A0', '@cmd|\' /C calc\'!A0',
  '\t=1+1', '\r=1+1', '\n=1+1', ' =1+1', '"=1+1"', '\'=1+1', '";=1+1;"', 'x\n=1+1', 'x,=1+1', 'x\r\n=1+1,=2+2', '=A1', '=SUM(A1:A9)',
  '{=1+1}', '＝1+1', '−1+1', '=1+1;=2+2', '=T("x")&"y"', '%0A=1+1',
];

test('thirty texts that would be formulas are texts in LibreOffice', async () => {
  const server = await Server.start();
  const folder = mkdtempSync(join(tmpdir(), 'iv-spreadsheet-'));
  try {
    const integration = { key: 'i', flow: 'f', user_id: VECTORS[0], user_auth: VECTORS[1] };
    await (await Reporter.of(server)).send(...VECTORS.map((text, index) => ({
      type: 'run' as const, key: `r${index}`, status: 'failed', integration, started_at: '2024-04-01T00:00:00Z',
      trigger: { app: text, name: text, type: text }, steps: [{ key: `s${index}`, name: text, app: 'crm', status: 'failed', error: text }],
    })));
    for (const path of ['runs.csv', 'flows.csv', 'integrations/i/runs.csv', 'flows/f/integrations.csv', 'runs/r4/steps.csv']) {
      const answer = await fetch(`${server.url}/main/${path}`);
      expect(answer.status, path).toBe(200);
      writeFileSync(join(folder, 'export.csv'), Buffer.from(await answer.arrayBuffer()));
      execFileSync('soffice', [`-env:UserInstallation=file://${folder}/profile`, '--headless', '--convert-to', 'fods', '--outdir', folder, join(folder, 'export.csv')]);
      const sheet = readFileSync(join(folder, 'export.fods'), 'utf8');
      expect(sheet.match(/table:formula="[^"]*"/g) ?? [], path).toEqual([]);
      if (path === 'runs.csv') expect(sheet).toContain('cmd|');
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

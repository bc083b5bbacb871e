import { chromium } from '@playwright/test';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [w,h] of [[1440,900],[390,844]]) {
  const c = await b.newContext({ viewport: {width:w,height:h}, colorScheme: 'light' });
  const p = await c.newPage();
  for (const id of ['put_run','create_batch','object-Run']) {
    await p.goto('http://127.0.0.1:3999/api#'+id); await p.waitForTimeout(300);
    await p.screenshot({ path: `/tmp/shot-api-${id}-${w}.png` });
  }
}
await b.close();

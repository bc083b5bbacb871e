import { chromium } from '@playwright/test';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const pages = JSON.parse(process.argv[2]);
for (const [w,h] of [[1440,900],[390,844]]) for (const scheme of ['light','dark']) {
  const c = await b.newContext({ viewport: {width:w,height:h}, colorScheme: scheme });
  for (const [name, path, full] of pages) {
    const p = await c.newPage();
    await p.goto('http://127.0.0.1:3999'+path); await p.waitForTimeout(600);
    await p.screenshot({ path: `/tmp/shot-${name}-${w}-${scheme}.png`, fullPage: !!full });
    console.log(name, w, scheme, await p.evaluate(() => document.documentElement.scrollWidth), await p.evaluate(()=>document.documentElement.scrollHeight));
    await p.close();
  }
}
await b.close();

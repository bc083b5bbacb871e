// No page is wider than the screen: what is too wide scrolls within itself.
import { expect, forgiveNotFound } from '../helper/page.ts';
import { PLACES, test, visit } from '../helper/places.ts';

for (const place of PLACES) {
  test(`nothing overflows at 360, 390, 720 and 1440 px on: ${place.name}`, async ({ page, sites, complaints }) => {
    await visit(page, sites, place);
    const overflows: string[] = [];
    for (const width of [360, 390, 720, 1440]) {
      await page.setViewportSize({ width, height: 844 });
      const found = await page.evaluate(() => {
        const root = document.scrollingElement ?? document.documentElement;
        if (root.scrollWidth <= window.innerWidth) return null;
        const beyond = [...document.querySelectorAll('main *, header *')].filter(
          (element) => element.getBoundingClientRect().right > window.innerWidth + 1,
        );
        const names = beyond.slice(0, 4).map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
        return `${root.scrollWidth} px, because of ${names.join(', ')}`;
      });
      if (found) overflows.push(`at ${width} px the page is ${found}`);
    }
    expect(overflows.join('\n')).toBe('');
    if (place.status) forgiveNotFound(complaints);
  });
}

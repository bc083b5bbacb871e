// For the eyes of people: nothing is compared.
import { join } from 'node:path';
import { PLACES, test, visit } from '../helper/places.ts';
import { forgiveNotFound } from '../helper/page.ts';

const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }];

for (const place of PLACES) {
  test(place.name, async ({ page, sites, complaints }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await visit(page, sites, place);
    for (const size of SIZES) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        const name = `${place.name.replace(/[^a-z]+/g, '-')}.${size.width}.${colorScheme}.png`;
        await page.screenshot({ path: join(import.meta.dirname, name), fullPage: true });
      }
    }
    if (place.status) forgiveNotFound(complaints);
  });
}

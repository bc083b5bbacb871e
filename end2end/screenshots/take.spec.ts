// For the eyes of people: nothing is compared.
import { join } from 'node:path';
import { PLACES, test, visit } from '../helper/places.ts';
import { forgiveNotFound, open } from '../helper/page.ts';
import { paths } from '../helper/world.ts';

const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }];
const PICTURES = join(import.meta.dirname, 'pictures');

for (const place of PLACES) {
  test(place.name, async ({ page, sites, complaints }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await visit(page, sites, place);
    const name = place.name.replace(/[^a-z]+/g, '-');
    for (const size of SIZES) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(PICTURES, `${name}.${size.width}.${colorScheme}.png`), fullPage: true });
      }
    }
    if (place.status) forgiveNotFound(complaints);
  });
}

for (const [name, path] of [['run', paths.mixed], ['response', paths.failing]]) {
  test(`${name}, printed and with forced colours`, async ({ page }) => {
    await open(page, path);
    await page.pdf({ path: join(PICTURES, `${name}.printed.pdf`), format: 'A4' });
    await page.setViewportSize({ width: 794, height: 1123 });
    await page.emulateMedia({ media: 'print' });
    await page.screenshot({ path: join(PICTURES, `${name}.printed.png`), fullPage: true });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(SIZES[0]);
      await page.emulateMedia({ media: 'screen', forcedColors: 'active', colorScheme });
      await page.screenshot({ path: join(PICTURES, `${name}.forced.${colorScheme}.png`) });
    }
  });
}

test('the picture of the README', async ({ page }) => {
  await page.setViewportSize(SIZES[0]);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await open(page, paths.failing);
  await page.screenshot({ path: join(import.meta.dirname, '../../docs/images/failing-step.png') });
});

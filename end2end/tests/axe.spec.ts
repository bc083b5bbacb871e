// No violation of WCAG 2.2 AA on any page, in light and dark, wide and narrow.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, forgiveNotFound } from '../helper/page.ts';
import { PLACES, test, visit } from '../helper/places.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
const COLOURS = ['color-contrast', 'link-in-text-block'];
const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }];

for (const place of PLACES) {
  test(`axe finds nothing on: ${place.name}`, async ({ page, sites, complaints }) => {
    await visit(page, sites, place);
    const found: string[] = [];
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        // Colours are all that the scheme changes, so in the dark only they are looked at.
        const axe = new AxeBuilder({ page });
        const { violations } = await (colorScheme === 'light' ? axe.withTags(TAGS) : axe.withRules(COLOURS)).analyze();
        for (const { id, help, nodes } of violations) {
          const where = nodes.slice(0, 3).map((node) => `${node.target.join(' ')}: ${node.any.map((check) => check.message).join('; ')}`);
          found.push(`${size.width} px ${colorScheme}: ${id} (${help}) at ${nodes.length} places, such as\n  ${where.join('\n  ')}`);
        }
      }
    }
    expect(found.join('\n')).toBe('');
    if (place.status) forgiveNotFound(complaints);
  });
}

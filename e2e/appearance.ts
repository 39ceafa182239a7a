/** Takes pictures of a page, runs axe on it and looks for overflow. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect } from './studio.ts';

/** How a page looks: pictures for a person under build/screenshots, and what a machine can tell of it. */

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
/** Tallest picture; longer pages are cut there. */
const TALLEST = 3200;

/** @param rules all of axe's, or those that colours decide */
export async function expectAccessible(
  page: Page,
  where: string,
  rules: 'all' | 'colours' = 'all',
): Promise<void> {
  // The studio has no frames: axe in the page itself says the same as axe beside it, in a third of the time.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
  const { violations } = await (rules === 'all' ? axe : axe.withRules('color-contrast')).analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
  );
  expect.soft(found, where).toEqual([]);
}

/** Nothing is wider than the page but what scrolls within itself. */
export async function expectNoOverflow(page: Page, where: string): Promise<void> {
  const wide = await page.evaluate(() => {
    const { clientWidth } = document.documentElement;
    const scrolls = (element: Element): boolean => {
      for (let up = element.parentElement; up && up.id !== 'main'; up = up.parentElement) {
        if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(up).overflowX)) {
          return true;
        }
      }
      return false;
    };
    return [...document.querySelectorAll('#main *')]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 0 && (right > clientWidth + 1 || left < -1) && !scrolls(element);
      })
      .map((element) => `${element.tagName} ${element.getAttribute('class') ?? ''}`);
  });
  expect.soft(wide, where).toEqual([]);
}

/** A picture of the whole page, also of what scrolls inside it. */
export async function picture(
  page: Page,
  name: string,
  folder = 'build/screenshots',
): Promise<void> {
  const size = page.viewportSize() ?? WIDE;
  // The page scrolls inside its frame: the window grows until all of it is seen.
  const hidden = await page.evaluate(() => {
    const main = document.getElementById('main');
    const root = document.documentElement;
    const inside = main ? main.scrollHeight - main.clientHeight : 0;
    return Math.max(inside, root.scrollHeight - root.clientHeight);
  });
  const height = Math.min(TALLEST, size.height + Math.max(0, hidden));
  await page.setViewportSize({ width: size.width, height });
  await page.screenshot({ path: `${folder}/${name}.png`, animations: 'disabled' });
  await page.setViewportSize(size);
}

/** How a page looks, as far as a machine can tell: axe, and whether anything is wider than the page. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect } from './studio.ts';

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

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

/** What a control draws in its own colour stands out from its background: 3 : 1, as WCAG asks of controls. */
export async function expectDrawn(control: Locator): Promise<void> {
  const [ink, paper] = await control.evaluate((element) => {
    const { color, backgroundColor } = getComputedStyle(element);
    return [color, backgroundColor].map((rgb) => {
      const [red = 0, green = 0, blue = 0] = (rgb.match(/[\d.]+/g) ?? []).map((part) => {
        const share = Number(part) / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
  });
  const [dark = 0, light = 0] = [ink ?? Number.NaN, paper ?? Number.NaN].sort((a, b) => a - b);
  expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(3);
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

/** Lists with a choice that is cut: what is chosen, or could be, is wider than its field. */
export async function expectWholeChoices(lists: Locator, where: string): Promise<void> {
  expect(await lists.count(), where).toBeGreaterThan(0);
  const cut = await lists.evaluateAll((fields) =>
    fields.flatMap((field) => {
      const { font, paddingLeft, paddingRight } = getComputedStyle(field);
      const pen = document.createElement('canvas').getContext('2d');
      if (!pen) throw new Error('no canvas');
      pen.font = font;
      const room =
        field.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
      const said = [...(field as HTMLSelectElement).options].map(({ text }) => text);
      return said.filter((text) => pen.measureText(text).width > room + 0.5);
    }),
  );
  expect.soft(cut, where).toEqual([]);
}

/**
 * A state of a page that only a journey reaches, in all its looks: of what axe checks, the theme decides colours alone,
 * and of what is too wide, nothing. It ends wide and light.
 */
export async function expectLooks(page: Page, name: string): Promise<void> {
  for (const [size, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
    const where = `${name}, ${size}`;
    await page.setViewportSize(viewport);
    await expectNoOverflow(page, where);
    // Colours on their way from one theme to the other have neither's contrast.
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await expectAccessible(page, where);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, `${where}, dark`, 'colours');
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(WIDE);
}

import type { Page } from '@playwright/test';
import { expectAccessible, expectNoOverflow, PHONE, WIDE } from './appearance.ts';
import { fillStudio } from './fill.ts';
import { expect, goByPath, openStudio, test as base, TRAINING_MS, watch } from './studio.ts';

/**
 * Every page in both languages and themes, wide and on a phone, before and after there is something to show: what a
 * machine can tell of its looks (axe, overflow, keyboard). The pictures for a person are taken by `npm run looks`.
 */

const STEPS = ['Data', 'Model', 'Train', 'Experts', 'Evaluate', 'Chat', 'Export'] as const;
/** Beside the path, with their headings in both languages. */
const ASIDE: Readonly<Record<string, RegExp>> = {
  Judge: /^(Judge|评审)$/,
  Settings: /^(Settings|设置)$/,
};
const PAGES = [...STEPS, ...Object.keys(ASIDE)];
/** One page, in which a small run was trained, evaluated and chatted with, shared by the tests below. */
const test = base.extend<object, { studio: Page }>({
  studio: [
    async ({ browser }, use, info) => {
      const { baseURL = '' } = info.project.use;
      const context = await browser.newContext({ baseURL, viewport: WIDE });
      const page = await context.newPage();
      const watched = await watch(page, baseURL);
      await openStudio(page);
      await fillStudio(page);
      await use(page);
      expect(watched.faults, 'errors in the page').toEqual([]);
      expect(watched.gpuCalls, 'the page itself asked for a GPU').toBe(0);
      await context.close();
    },
    { scope: 'worker', timeout: TRAINING_MS },
  ],
});

/** Goes to a page, whatever language it is in, and waits until nothing on it is still being read. */
async function settle(page: Page, name: string): Promise<void> {
  await goByPath(page, name.toLowerCase());
  const heading = page.locator('main h1');
  if (ASIDE[name]) await expect(heading).toHaveText(ASIDE[name]);
  else {
    const current = page.getByRole('navigation').locator('[aria-current="page"]');
    await expect(current).toHaveAttribute('href', `#/${name.toLowerCase()}`);
  }
  await expect(heading).toBeVisible();
  await expect(page.getByText(/^(Loading |正在加载)/)).toHaveCount(0);
}

async function speak(page: Page, language: Look['language']): Promise<void> {
  await page.getByRole('banner').getByRole('combobox').selectOption(language);
  await expect(page.locator('html')).toHaveAttribute('lang', language === 'zh' ? /^zh/ : /^en/);
}

interface Look {
  readonly language: 'en' | 'zh';
  readonly theme: 'light' | 'dark';
}

/** Each language and each theme with all there is to look at. */
const whole: readonly Look[] = [
  { language: 'en', theme: 'light' },
  { language: 'zh', theme: 'dark' },
];
/** The other two ways to combine them: their words were checked in the first two, their colours were not. */
const rest: readonly Look[] = [
  { language: 'en', theme: 'dark' },
  { language: 'zh', theme: 'light' },
];

for (const { language, theme } of whole) {
  test(`every page without anything in it, ${language}, ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await openStudio(page);
    await speak(page, language);
    for (const name of PAGES) {
      await page.setViewportSize(WIDE);
      await settle(page, name);
      await expectAccessible(page, name);
      await page.setViewportSize(PHONE);
      await expectNoOverflow(page, name);
    }
  });

  test(`every page after a run, ${language}, ${theme}`, async ({ studio: page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await speak(page, language);
    for (const name of PAGES) {
      await page.setViewportSize(WIDE);
      await settle(page, name);
      const views = name === 'Train' ? [0, 1] : [null];
      for (const view of views) {
        await page.setViewportSize(WIDE);
        if (view !== null)
          await page.locator('#main header:has(h1) [role="radio"]').nth(view).click();
        const where = `${name}${view === null ? '' : [', set up', ', runs'][view]}`;
        await expectAccessible(page, where);
        await page.setViewportSize(PHONE);
        await expectNoOverflow(page, where);
        await expectAccessible(page, `${where}, phone`);
      }
    }
  });
}

test('every page after a run, in the other pairs of language and theme', async ({
  studio: page,
}) => {
  await page.setViewportSize(WIDE);
  for (const { language, theme } of rest) {
    await page.emulateMedia({ colorScheme: theme });
    await speak(page, language);
    for (const name of PAGES) {
      await settle(page, name);
      await expectAccessible(page, `${name}, ${language}, ${theme}`, 'colours');
    }
  }
});

/** Where the keyboard is: what has the focus, and whether one sees it. */
interface Stop {
  readonly name: string;
  readonly seen: boolean;
  /** The focus is outside the page's own content again. */
  readonly outside: boolean;
}

async function tab(page: Page): Promise<Stop> {
  await page.keyboard.press('Tab');
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return { name: '', seen: true, outside: true };
    element.setAttribute('data-reached', '');
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const ring =
      (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    const box = element.getBoundingClientRect();
    const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
    const name = element.getAttribute('aria-label') ?? element.textContent.trim().slice(0, 60);
    return { name: `${element.tagName} ${name}`, seen: ring && inside, outside: false };
  });
}

test('everything can be reached and seen with the keyboard', async ({ studio: page }) => {
  await page.setViewportSize(WIDE);
  await speak(page, 'en');
  for (const name of PAGES) {
    await settle(page, name);
    // From the very beginning: the link that jumps over the rail.
    await page.evaluate(() => {
      for (const element of document.querySelectorAll('[data-reached]')) {
        element.removeAttribute('data-reached');
      }
    });
    await page.getByRole('link', { name: 'Skip to the page' }).focus();
    const stops: Stop[] = [];
    for (;;) {
      const stop = await tab(page);
      if (stop.outside) break;
      stops.push(stop);
      expect(stops.length, 'the focus goes round in circles').toBeLessThan(400);
    }
    const rail = stops.map(({ name: label }) => label).slice(0, STEPS.length);
    STEPS.forEach((step, i) => {
      expect(rail[i]).toContain(step);
    });
    expect
      .soft(
        stops.filter(({ seen }) => !seen).map(({ name: label }) => label),
        `focus unseen on ${name}`,
      )
      .toEqual([]);
    // In groups that are walked with the arrow keys, one stop is enough.
    const missed = await page.evaluate(() => {
      const groups = '[role="radiogroup"], [role="listbox"], [role="grid"], [role="tablist"]';
      const controls = 'a[href], button, input, select, textarea, summary';
      return [...document.querySelectorAll(controls)]
        .filter((element) => {
          if (!element.checkVisibility({ visibilityProperty: true })) return false;
          if (
            element.matches(
              '[href="#main"], :disabled, [aria-hidden="true"], [aria-hidden="true"] *',
            )
          )
            return false;
          const group = element.closest(groups);
          if (group?.querySelector('[data-reached]') ?? group?.matches('[data-reached]'))
            return false;
          if (element.matches('input[type="radio"]')) {
            const { name: set } = element as HTMLInputElement;
            return !document.querySelector(`input[name="${set}"][data-reached]`);
          }
          return !element.hasAttribute('data-reached');
        })
        .map((element) => element.outerHTML.slice(0, 160));
    });
    expect.soft(missed, `not reached on ${name}`).toEqual([]);
  }
});

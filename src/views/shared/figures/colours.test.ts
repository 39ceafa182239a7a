import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { expertColour } from './colours.ts';

const tokens = readFileSync(new URL('../tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = tokens.split("data-theme='dark'");

/** The value of a named colour in one theme. */
function colour(theme: string, name: string): string {
  return new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(theme)?.[1] ?? '';
}

/** Red, green and blue in linear light (sRGB, IEC 61966-2-1). */
function linear(hex: string): number[] {
  return [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
}

function luminance(hex: string): number {
  const [red = NaN, green = NaN, blue = NaN] = linear(hex);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours as WCAG 2 defines it. */
function contrast(one: string, other: string): number {
  const [low = NaN, high = NaN] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test.each([
  ['light', light],
  ['dark', dark],
])('experts have eight hues that stand out and are no branch’s, %s', (_name, theme) => {
  const experts = Array.from({ length: 8 }, (_, at) => colour(theme, `expert-${at + 1}`));
  const branches = ['base', 'lora', 'ka', 'na', 'align'].map((name) =>
    colour(theme, `branch-${name}`),
  );
  expect(new Set([...experts, ...branches]).size).toBe(13);
  for (const expert of experts) {
    expect(contrast(expert, colour(theme, 'surface'))).toBeGreaterThanOrEqual(3);
  }
});

test('more experts than named colours go round the circle', () => {
  expect(expertColour(7, 8)).toBe('var(--expert-8)');
  const many = Array.from({ length: 12 }, (_, expert) => expertColour(expert, 12));
  expect(new Set(many).size).toBe(12);
});

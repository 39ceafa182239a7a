/** The kernel families: their names, order and shades. */
import type { ProfileReport } from '../../studio/runs/profile.ts';

export type Family = ProfileReport['families'][number];
export type FamilyName = Family['family'];

/** The families with most arithmetic: they come first and in the strong shades. */
const heavy: readonly FamilyName[] = ['matmul', 'branch', 'attention', 'loss'];

/** Families in the order of the bar: products and attention first, then the rest, each by time. */
export function orderedFamilies(families: readonly Family[]): Family[] {
  const isHeavy = ({ family }: Family): boolean => heavy.includes(family);
  return [...families.filter(isHeavy), ...families.filter((each) => !isHeavy(each))];
}

/** The shade of each family: a fixed one where it matters, greys by rank for the rest. */
export function shades(families: readonly Family[]): ReadonlyMap<FamilyName, string> {
  let light = 0;
  return new Map(
    orderedFamilies(families).map(({ family }) => {
      const rank = heavy.indexOf(family);
      if (rank >= 0) return [family, `product-${rank + 1}`];
      light += 1;
      return [family, `rest-${Math.min(light, 4)}`];
    }),
  );
}

/** Gigabytes of bound ranges per second; null where no time was measured. */
export function gigabytesPerSecond(bytes: number, milliseconds: number): number | null {
  return milliseconds > 0 ? bytes / 1e6 / milliseconds : null;
}

/** Milliseconds with the digits that the clock can tell: "3.42 ms", "38 µs", "1.21 s". */
export function shortTime(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  if (milliseconds >= 100) return `${milliseconds.toFixed(0)} ms`;
  if (milliseconds >= 1) return `${milliseconds.toFixed(milliseconds >= 10 ? 1 : 2)} ms`;
  const micro = milliseconds * 1000;
  return `${micro.toFixed(micro < 10 ? 1 : 0)} µs`;
}

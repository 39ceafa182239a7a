/** Colours of figures: sequential maps for heatmaps, one colour for each expert, one for each kind of branch. */
import { interpolateCividis, interpolateSinebow, interpolateViridis } from 'd3-scale-chromatic';

/** Two sequential maps that colour-blind people can read: one for each side of figure 4. */
export const colourMaps = { viridis: interpolateViridis, cividis: interpolateCividis } as const;

export type ColourMap = keyof typeof colourMaps;

/** Where a value lies between two others, 0 … 1; in the middle where there is no distance. */
export function placeBetween(value: number, [low, high]: readonly [number, number]): number {
  return high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0.5;
}

/** Red, green and blue of "#rrggbb" or "rgb(r, g, b)", 0 … 255. */
function channels(colour: string): number[] {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (hex) return hex.slice(1).map((part) => Number.parseInt(part, 16));
  return (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
}

/** A share of the largest one: dark is none, bright is most. */
export function shareColour(share: number, largest: number): string {
  return interpolateViridis(largest > 0 ? Math.min(1, share / largest) : 0);
}

/** Text on that colour. */
export function shareInk(share: number, largest: number): string {
  return inkOn(shareColour(share, largest));
}

/** Black or white, whichever is easier to read on a colour (WCAG's luminance). */
export function inkOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? '#0b1016' : '#ffffff';
}

/** Colours along a map, for the drawn scale. */
export function scaleStops(
  count: number,
  map: ColourMap = 'viridis',
): { readonly offset: number; readonly colour: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const offset = index / (count - 1);
    return { offset, colour: colourMaps[map](offset) };
  });
}

/** Experts that have a named colour of their own in both themes (tokens.css). */
const named = 8;

/** A colour for each expert, none of them a branch's, always shown with the expert's number. */
export function expertColour(expert: number, experts: number): string {
  if (experts <= named) return `var(--expert-${expert + 1})`;
  return interpolateSinebow(expert / experts);
}

const branchColours: Readonly<Record<string, string>> = {
  lora: 'var(--branch-lora)',
  ka: 'var(--branch-ka)',
  na: 'var(--branch-na)',
  align: 'var(--branch-align)',
};

/** The colour of a branch, or of a pair of branches by its second one. */
export function branchColour(branches: readonly string[]): string {
  return branchColours[branches.at(-1) ?? ''] ?? 'var(--branch-base)';
}

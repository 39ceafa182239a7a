import { interpolateViridis } from 'd3-scale-chromatic';

/** One sequential map for shares: dark is none, bright is most; readable for colour-blind people. */
export function shareColour(share: number, largest: number): string {
  return interpolateViridis(largest > 0 ? Math.min(1, share / largest) : 0);
}

/** Text on a cell of that map: white on its dark half, black on its bright half. */
export function shareInk(share: number, largest: number): string {
  return largest > 0 && share / largest > 0.55 ? '#0b1016' : '#ffffff';
}

/** Colours along the map, for the drawn scale. */
export function scaleStops(count: number): { readonly offset: number; readonly colour: string }[] {
  return Array.from({ length: count }, (_, index) => {
    const offset = index / (count - 1);
    return { offset, colour: interpolateViridis(offset) };
  });
}

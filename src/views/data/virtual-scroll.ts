/**
 * The scroll place of a long list. Browsers end elements at some 33 (elsewhere 17) million pixels, so the
 * element of a list of a million rows is shorter than its rows: turning the wheel still moves the rows pixel by
 * pixel, and dragging the bar goes to the same share of the list.
 */

/** Tallest element made; below every browser's limit. */
export const TALLEST = 8_000_000;

export interface ListSize {
  /** Pixels of all rows together, and of the visible part. */
  readonly total: number;
  readonly viewport: number;
}

export interface ListPlace {
  /** Pixels of rows above the visible part. */
  readonly top: number;
  /** By how much `top` is more than the element's own scrollTop. */
  readonly shift: number;
}

export const elementHeight = ({ total }: ListSize): number => Math.min(total, TALLEST);

const range = ({ total, viewport }: ListSize): number => Math.max(0, total - viewport);
const clamp = (top: number, size: ListSize): number => Math.max(0, Math.min(top, range(size)));

/** The scrollTop at which the bar is where the rows are. */
export function barPlace(top: number, size: ListSize): number {
  const elementRange = elementHeight(size) - size.viewport;
  return range(size) === 0 ? 0 : Math.max(0, (top / range(size)) * elementRange);
}

/** The place after the element was scrolled to `scrollTop`. */
export function scrolled(place: ListPlace, scrollTop: number, size: ListSize): ListPlace {
  if (size.total <= TALLEST) return { top: clamp(scrollTop, size), shift: 0 };
  const moved = scrollTop - (place.top - place.shift);
  // The wheel, keys and fingers move by little; the bar of so long a list by many windows at once.
  const near = Math.abs(moved) <= 3 * size.viewport;
  const elementRange = elementHeight(size) - size.viewport;
  const top = clamp(near ? place.top + moved : (scrollTop / elementRange) * range(size), size);
  return { top, shift: top - scrollTop };
}

/** The place nearest to the given one at which a row is wholly visible. */
export function shown(top: number, row: number, rowHeight: number, size: ListSize): number {
  const begin = row * rowHeight;
  if (begin < top) return clamp(begin, size);
  if (begin + rowHeight > top + size.viewport)
    return clamp(begin + rowHeight - size.viewport, size);
  return top;
}

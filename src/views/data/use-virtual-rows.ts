/** The visible rows of a long list that scrolls. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { barPlace, elementHeight, scrolled, shown } from './virtual-scroll.ts';
import type { ListPlace, ListSize } from './virtual-scroll.ts';

/** Rows drawn above and below the visible part. */
const overscan = 10;
/** After this pause the bar moves to where the rows are. */
const restMs = 200;

export interface VirtualRows {
  /** The `ref` of the element that scrolls. */
  readonly attach: (element: HTMLDivElement | null) => void;
  /** Rows [first, end) are to be drawn. */
  readonly first: number;
  readonly end: number;
  /** Height of the element that holds the rows, and where in it a row lies. */
  readonly height: number;
  readonly topOf: (row: number) => number;
  /** Scrolls a row into sight. */
  readonly show: (row: number) => void;
}

export function useVirtualRows(count: number, rowHeight: number): VirtualRows {
  const [element, attach] = useState<HTMLDivElement | null>(null);
  const total = count * rowHeight;
  const { place, viewport, live, move } = useScroll(element, total);

  const show = useCallback(
    (row: number) => {
      const { place: at, size } = live.current;
      const top = shown(at.top, row, rowHeight, size);
      if (top !== at.top) move(top);
    },
    [live, move, rowHeight],
  );

  const first = Math.max(0, Math.floor(place.top / rowHeight) - overscan);
  const end = Math.min(count, Math.ceil((place.top + viewport) / rowHeight) + overscan);
  return {
    attach,
    first,
    end,
    height: elementHeight({ total, viewport }),
    topOf: (row) => row * rowHeight - place.shift,
    show,
  };
}

/** The scroll place of a list of `total` pixels inside an element that may be too low for all of them. */
function useScroll(element: HTMLDivElement | null, total: number) {
  const [viewport, setViewport] = useState(600);
  const [place, setPlace] = useState<ListPlace>({ top: 0, shift: 0 });
  // The handlers use these: several scroll events may come before a redraw.
  const live = useRef<{ place: ListPlace; size: ListSize }>({
    place: { top: 0, shift: 0 },
    size: { total, viewport: 600 },
  });

  const move = useCallback(
    (top: number) => {
      if (!element) return;
      element.scrollTo({ top: barPlace(top, live.current.size), behavior: 'instant' });
      // Read back, because browsers round it.
      const next = { top, shift: top - element.scrollTop };
      live.current.place = next;
      setPlace(next);
    },
    [element],
  );

  useEffect(() => {
    if (!element) return;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const settle = () => {
      const { place: at, size } = live.current;
      if (Math.abs(barPlace(at.top, size) - element.scrollTop) > 1) move(at.top);
    };
    const follow = () => {
      const { place: at, size } = live.current;
      const next = scrolled(at, element.scrollTop, size);
      live.current.place = next;
      setPlace(next);
      clearTimeout(rest);
      if (size.total === elementHeight(size)) return;
      const stuck =
        element.scrollTop <= 0 || element.scrollTop >= elementHeight(size) - size.viewport;
      // At an end of the element there may be more rows: then the bar moves at once.
      if (stuck) settle();
      else rest = setTimeout(settle, restMs);
    };
    const resize = () => {
      live.current.size = { total, viewport: element.clientHeight };
      setViewport(element.clientHeight);
      follow();
    };
    resize();
    const observer = new ResizeObserver(resize);
    observer.observe(element);
    element.addEventListener('scroll', follow, { passive: true });
    return () => {
      clearTimeout(rest);
      observer.disconnect();
      element.removeEventListener('scroll', follow);
    };
  }, [element, total, move]);

  return { place, viewport, live, move };
}

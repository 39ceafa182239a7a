/** Width of an element in whole pixels, 0 before it is laid out. */
import { useId, useLayoutEffect, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import { frames } from './frames.ts';

/** Time between two redrawings of one element while a window is resized. */
const REST_MS = 200;

/**
 * Width of an element in whole pixels, 0 before it is laid out. While a window is resized, elements that
 * use this follow now and then, one after the other, each in a separate frame: all at once, or in every
 * frame, would leave no time for anything else.
 */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const id = useId();
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const node = element.current;
    if (!node) return undefined;
    const key = `${id} width`;
    let drawn = Number.NEGATIVE_INFINITY;
    let rest: ReturnType<typeof setTimeout> | null = null;
    const take = () => {
      drawn = performance.now();
      setWidth(Math.floor(node.clientWidth));
    };
    const observer = new ResizeObserver(() => {
      if (drawn === Number.NEGATIVE_INFINITY) take();
      else {
        rest ??= setTimeout(
          () => {
            rest = null;
            frames.request(key, () => flushSync(take));
          },
          Math.max(0, drawn + REST_MS - performance.now()),
        );
      }
    });
    observer.observe(node);
    return () => {
      observer.disconnect();
      if (rest !== null) clearTimeout(rest);
      frames.cancel(key);
    };
  }, [element, id]);
  return width;
}

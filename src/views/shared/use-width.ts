import { useCallback, useState } from 'react';

/** Width in CSS pixels of the element that `ref` is put on; 0 until it is laid out. */
export function useWidth(): {
  readonly ref: (element: Element | null) => void;
  readonly width: number;
} {
  const [width, setWidth] = useState(0);
  const ref = useCallback((element: Element | null) => {
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

/** Tells when an element has come into view for the first time, so that work for it can wait until then. */
import { useEffect, useRef, useState, type RefObject } from 'react';

/** @returns what to attach to the element, and whether it was in view */
export function useInView<E extends Element>(): [RefObject<E | null>, boolean] {
  const element = useRef<E>(null);
  const [inView, setInView] = useState(false);
  useEffect(() => {
    if (inView || !element.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setInView(true);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [inView]);
  return [element, inView];
}

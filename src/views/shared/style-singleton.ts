/** Lets an open dialog hold the page still without a style element. */
import { useEffect } from 'react';

/**
 * Replaces the package of this name (vite.config.ts), by which open dialogs hold the page behind them
 * still. The package writes its rules into a style element, which the content security policy refuses; a
 * constructed style sheet does the same and is allowed.
 */

interface SheetProps {
  readonly styles: string;
}

/** A component that applies its rules while at least one instance is shown; the first instance's rules count. */
export function styleSingleton(): (props: SheetProps) => null {
  let shown = 0;
  let remove: (() => void) | null = null;
  const show = (styles: string): (() => void) => {
    if (shown === 0) remove = adopt(styles);
    shown += 1;
    return () => {
      shown -= 1;
      if (shown === 0) remove?.();
    };
  };
  return function Sheet({ styles }) {
    useEffect(() => show(styles), [styles]);
    return null;
  };
}

function adopt(styles: string): () => void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  };
}

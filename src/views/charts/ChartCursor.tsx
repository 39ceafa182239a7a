/** The cursor of a chart over steps: it follows the pointer, and the keys while it has the focus. */
import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { cursorMove, useCrosshair } from './crosshair.ts';
import { margins } from './plot.ts';
import { chartText } from './text.ts';
import chartStyles from './chart.module.css';

export interface ChartCursorProps {
  readonly title: string;
  /** Index of the step under the cursor. */
  readonly at: number;
  /** Index of the last step. */
  readonly last: number;
  /** The step and its values in words. */
  readonly spoken: string;
  /** Pixels from the left to the step under the cursor. */
  readonly x: number;
  readonly height: number;
  /** Index of the step nearest to a pixel. */
  readonly indexAt: (pixel: number) => number;
  /** Marks for the values on the rule, as SVG. */
  readonly children?: ReactNode;
}

export function ChartCursor({
  title,
  at,
  last,
  spoken,
  x,
  height,
  indexAt,
  children,
}: ChartCursorProps) {
  const { index, point } = useCrosshair();
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    point(indexAt(event.clientX - left));
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') point(null);
    const to = cursorMove(event.key, at, last);
    if (to === null) return;
    event.preventDefault();
    point(to);
  };
  return (
    <div
      className={chartStyles.cursor}
      role="slider"
      tabIndex={0}
      aria-label={chartText().cursor(title)}
      aria-valuemin={1}
      aria-valuemax={last + 1}
      aria-valuenow={at + 1}
      aria-valuetext={spoken}
      onPointerMove={follow}
      onPointerDown={follow}
      onPointerLeave={() => point(null)}
      onBlur={() => point(null)}
      onKeyDown={keys}
    >
      {index !== null && (
        <svg width="100%" height={height} aria-hidden>
          <line className={chartStyles.rule} x1={x} x2={x} y1={0} y2={height - margins.bottom} />
          {children}
        </svg>
      )}
    </div>
  );
}

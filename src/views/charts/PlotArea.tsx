/** The area of a chart: axes and bands, the lines above them, and the cursor, or a word where there is nothing. */
import type { ReactNode, RefObject } from 'react';
import { PlotFrame } from './PlotFrame.tsx';
import type { Frame, Size } from './plot.ts';
import chartStyles from './chart.module.css';

export interface PlotAreaProps {
  /** The element whose width the plot takes. */
  readonly plot: RefObject<HTMLDivElement | null>;
  readonly size: Size;
  readonly frame: Frame;
  readonly format: (value: number) => string;
  /** Shown in place of the cursor where nothing is drawn; null where there is a drawing. */
  readonly nothing: string | null;
  readonly cursor: ReactNode;
  /** The drawing, as SVG. */
  readonly children: ReactNode;
}

export function PlotArea({ plot, size, frame, format, nothing, cursor, children }: PlotAreaProps) {
  return (
    <div className={chartStyles.plot} ref={plot} style={{ height: size.height }}>
      {size.width > 0 && (
        <>
          <div aria-hidden>
            <PlotFrame {...size} frame={frame} format={format} />
          </div>
          <svg className={chartStyles.lines} {...size} aria-hidden>
            {children}
          </svg>
          {nothing === null ? cursor : <p className={chartStyles.nothing}>{nothing}</p>}
        </>
      )}
    </div>
  );
}

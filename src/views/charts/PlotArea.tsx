/** The area of a chart: axes and bands, the lines above them, and the cursor, or a word where there is nothing. */
import { useId, type ReactNode, type RefObject } from 'react';
import { PlotFrame } from './PlotFrame.tsx';
import { margins, type Frame, type Size } from './plot.ts';
import chartStyles from './chart.module.css';

export interface PlotAreaProps {
  /** The element whose width the plot takes. */
  readonly plot: RefObject<HTMLDivElement | null>;
  readonly size: Size;
  readonly frame: Frame;
  readonly format: (value: number) => string;
  readonly xFormat?: (value: number) => string;
  /** Shown in place of the cursor where nothing is drawn; null where there is a drawing. */
  readonly nothing: string | null;
  readonly cursor: ReactNode;
  /** The drawing, as SVG. */
  readonly children: ReactNode;
}

export function PlotArea(props: PlotAreaProps) {
  const { plot, size, frame, format, xFormat, nothing, cursor, children } = props;
  const clip = useId();
  return (
    <div className={chartStyles.plot} ref={plot} style={{ height: size.height }}>
      {size.width > 0 && (
        <>
          <div aria-hidden>
            <PlotFrame {...size} {...{ frame, format }} {...(xFormat && { xFormat })} />
          </div>
          <svg className={chartStyles.lines} {...size} aria-hidden>
            <clipPath id={clip}>
              <rect
                x={margins.left - 4}
                y={0}
                width={Math.max(0, size.width - margins.left - margins.right + 8)}
                height={size.height}
              />
            </clipPath>
            <g clipPath={`url(#${clip})`}>{children}</g>
          </svg>
          {nothing === null ? cursor : <p className={chartStyles.nothing}>{nothing}</p>}
        </>
      )}
    </div>
  );
}

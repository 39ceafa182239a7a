/** Records by length, with the cut-off as a line; bars right of it are what is cut off. */
import { clsx } from 'clsx';
import { useState, type RefObject } from 'react';
import type { LengthHistogram } from '../../contract/data.ts';
import { formatInteger } from '../shared/format.ts';
import { useWidth } from '../charts/use-width.ts';
import { dataText } from './text.ts';
import styles from './Histogram.module.css';

const height = 168;
const top = 18;
const bottom = 22;
const left = 40;

export interface HistogramProps {
  readonly lengths: LengthHistogram;
  /** The element that holds the drawing, to save it. */
  readonly frame: RefObject<HTMLDivElement | null>;
}

export function Histogram({ lengths, frame }: HistogramProps) {
  const t = dataText();
  const ref = frame;
  const width = useWidth(ref);
  const [pointed, setPointed] = useState<number | null>(null);
  const { binWidth, counts, maxLength } = lengths;
  const end = binWidth * counts.length;
  // The line is drawn where it is near; a cut-off far beyond the longest record would flatten the rest.
  const domain = maxLength > end && maxLength <= end * 1.4 ? maxLength * 1.04 : end;
  const highest = Math.max(1, ...counts);
  const plot = Math.max(0, width - left - 8);
  const x = (tokens: number) => left + (tokens / domain) * plot;
  const y = (count: number) => top + (1 - count / highest) * (height - top - bottom);
  const floor = height - bottom;
  const shown = pointed === null ? null : counts[pointed];
  return (
    <figure className={styles.histogram}>
      <div ref={ref} className={styles.frame}>
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={t.histogram(binWidth)}
          onPointerLeave={() => setPointed(null)}
        >
          {[0, Math.floor(highest / 2), highest].map((count) => (
            <g key={count}>
              <line x1={left} x2={width - 8} y1={y(count)} y2={y(count)} className={styles.grid} />
              <text x={left - 6} y={y(count) + 4} textAnchor="end">
                {formatInteger(count)}
              </text>
            </g>
          ))}
          {counts.map((count, bin) => {
            const start = x(bin * binWidth);
            const next = x((bin + 1) * binWidth);
            return (
              <g key={bin} onPointerEnter={() => setPointed(bin)}>
                <rect
                  x={start}
                  width={next - start}
                  y={top}
                  height={floor - top}
                  fill="transparent"
                />
                <rect
                  x={start + 0.5}
                  width={Math.max(0.5, next - start - 1)}
                  y={y(count)}
                  height={floor - y(count)}
                  className={
                    bin * binWidth >= maxLength ? clsx(styles.bar, styles.barCut) : styles.bar
                  }
                />
              </g>
            );
          })}
          {maxLength <= domain && width > 0 && (
            <g>
              <line
                x1={x(maxLength)}
                x2={x(maxLength)}
                y1={top - 4}
                y2={floor}
                className={styles.cut}
              />
              <text
                x={x(maxLength)}
                y={11}
                textAnchor={x(maxLength) > width - 80 ? 'end' : 'middle'}
                className={styles.cutText}
              >
                {t.cutAt(formatInteger(maxLength))}
              </text>
            </g>
          )}
          {ticks(domain).map((tokens) => (
            <text key={tokens} x={x(tokens)} y={height - 6} textAnchor="middle">
              {formatInteger(tokens)}
            </text>
          ))}
        </svg>
      </div>
      <figcaption>
        {pointed === null || shown === undefined
          ? t.byLength
          : t.bin(
              formatInteger(pointed * binWidth),
              formatInteger((pointed + 1) * binWidth - 1),
              shown ?? 0,
            )}
      </figcaption>
    </figure>
  );
}

/** Round places on the axis, at most five besides zero. */
function ticks(domain: number): number[] {
  const rough = domain / 5;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * unit).find((size) => size >= rough) ?? rough;
  const places: number[] = [];
  for (let place = 0; place <= domain * 0.97; place += step) places.push(place);
  return places;
}

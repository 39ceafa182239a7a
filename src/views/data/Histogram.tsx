/** Records by length, with the cut-off as a line; records right of it are cut. */
import { clsx } from 'clsx';
import { useState, type RefObject } from 'react';
import type { LengthHistogram } from '../../contract/data.ts';
import { formatInteger } from '../shared/format.ts';
import { useWidth } from '../charts/use-width.ts';
import { dataText } from './text.ts';
import styles from './Histogram.module.css';

const height = 168;
const top = 18;
/** Where the axis of lengths lies, in pixels from the top. */
const floor = height - 22;
const left = 40;

export interface HistogramProps {
  readonly lengths: LengthHistogram;
  /** The element that holds the drawing, to save it. */
  readonly frame: RefObject<HTMLDivElement | null>;
}

export function Histogram({ lengths, frame }: HistogramProps) {
  const t = dataText();
  const width = useWidth(frame);
  const [pointed, setPointed] = useState<number | null>(null);
  const { binWidth, counts, maxLength } = lengths;
  const end = binWidth * counts.length;
  // The line is drawn only where it is near: a cut-off far beyond the longest record would flatten the bars.
  const domain = maxLength > end && maxLength <= end * 1.4 ? maxLength * 1.04 : end;
  const highest = Math.max(1, ...counts);
  const plot = Math.max(0, width - left - 8);
  const x = (tokens: number) => left + (tokens / domain) * plot;
  const y = (count: number) => top + (1 - count / highest) * (floor - top);
  const shown = pointed === null ? null : counts[pointed];
  return (
    <figure className={styles.histogram}>
      <div ref={frame} className={styles.frame}>
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
          {counts.map((count, bin) => (
            <Bar
              key={bin}
              start={x(bin * binWidth)}
              end={x((bin + 1) * binWidth)}
              top={y(count)}
              cut={bin * binWidth >= maxLength}
              onPointed={() => setPointed(bin)}
            />
          ))}
          {maxLength <= domain && width > 0 && (
            <CutOff at={maxLength} x={x(maxLength)} width={width} />
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

/** The records of one bin; all of the column above takes the pointer. */
function Bar({
  start,
  end,
  top: head,
  cut,
  onPointed,
}: {
  readonly start: number;
  readonly end: number;
  readonly top: number;
  /** Its records are cut. */
  readonly cut: boolean;
  readonly onPointed: () => void;
}) {
  return (
    <g onPointerEnter={onPointed}>
      <rect x={start} width={end - start} y={top} height={floor - top} fill="transparent" />
      <rect
        x={start + 0.5}
        width={Math.max(0.5, end - start - 1)}
        y={head}
        height={floor - head}
        className={clsx(styles.bar, cut && styles.barCut)}
      />
    </g>
  );
}

/** The line at the length to which longer records are cut. */
function CutOff({
  at,
  x,
  width,
}: {
  readonly at: number;
  readonly x: number;
  readonly width: number;
}) {
  return (
    <g>
      <line x1={x} x2={x} y1={top - 4} y2={floor} className={styles.cut} />
      <text x={x} y={11} textAnchor={x > width - 80 ? 'end' : 'middle'} className={styles.cutText}>
        {dataText().cutAt(formatInteger(at))}
      </text>
    </g>
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

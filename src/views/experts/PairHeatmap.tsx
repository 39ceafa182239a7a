/** One number for each unordered pair of experts, drawn as SVG with its scale; arrow keys move. */
import { clsx } from 'clsx';
import { useId, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { useWidth } from '../charts/use-width.ts';
import {
  colourMaps,
  inkOn,
  placeBetween,
  scaleStops,
  type ColourMap,
} from '../shared/figures/colours.ts';
import styles from './PairHeatmap.module.css';

export type Pair = readonly [a: number, b: number];

export interface PairHeatmapProps {
  readonly label: string;
  /** The element that is exported. */
  readonly figure: RefObject<HTMLDivElement | null>;
  readonly experts: number;
  readonly map: ColourMap;
  /** Null where a pair has no value. */
  readonly value: (a: number, b: number) => number | null;
  readonly format: (value: number) => string;
  /** The number in the cell, where it is shorter. */
  readonly short: (value: number) => string;
  readonly describe: (a: number, b: number) => string;
  readonly domain: readonly [low: number, high: number];
  /** A rule on the scale. */
  readonly mark: { readonly value: number; readonly label: string } | null;
  /** Below the figure: the pair under the cursor in words, or what the numbers are. */
  readonly read: (pair: Pair | null) => string;
  /** The pair under the cursor, shared with the figure beside this one. */
  readonly pair: Pair | null;
  readonly onPair: (pair: Pair | null) => void;
}

const axis = 24;
const gap = 2;
/** Below the numbers of the columns: the colours with their values. */
const scaleHeight = 52;
const scaleGap = 6;
/** Cells narrower than this have no room for their number. */
const leastNumbered = 26;

export function PairHeatmap(props: PairHeatmapProps) {
  const { label, figure, experts, pair, read } = props;
  const width = Math.min(useWidth(figure), axis + experts * 76);
  const size = Math.max(4, (width - axis) / Math.max(1, experts - 1));
  const below = (experts - 1) * size;
  return (
    <div className={styles.heatmap}>
      <div ref={figure} className={styles.figure} aria-label={label} role="group">
        {width > 0 && (
          <svg width={width} height={axis + below + scaleHeight}>
            <Grid {...props} size={size} />
            <g aria-hidden>
              {Array.from({ length: experts - 1 }, (_, a) => (
                <text
                  key={a}
                  className={styles.label}
                  textAnchor="middle"
                  x={axis + a * size + size / 2}
                  y={below + 12}
                >
                  {a + 1}
                </text>
              ))}
              <Scale {...props} x={axis} y={below + axis + scaleGap} width={width - axis - 2} />
            </g>
          </svg>
        )}
      </div>
      <p className={styles.read} aria-hidden>
        {read(pair)}
      </p>
    </div>
  );
}

/** A row of cells for each expert b, a column for each a < b; one tab stop, arrow keys move it. */
function Grid(props: PairHeatmapProps & { readonly size: number }) {
  const { label, experts, pair, onPair, size } = props;
  const grid = useRef<SVGGElement>(null);
  const [focus, setFocus] = useState<Pair>([0, 1]);
  const move = (event: KeyboardEvent) => {
    const next = neighbour(focus, event.key);
    if (!next) return;
    event.preventDefault();
    const [a, b] = next;
    if (a < 0 || b >= experts || a >= b) return;
    grid.current?.querySelector<SVGElement>(`[data-pair="${next.join()}"]`)?.focus();
  };
  return (
    <g
      ref={grid}
      role="grid"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={move}
      onPointerLeave={() => onPair(null)}
      onBlur={() => onPair(null)}
    >
      {Array.from({ length: experts - 1 }, (_, row) => (
        <g key={row} role="row">
          <text className={styles.label} role="rowheader" x={axis - 8} y={row * size + size / 2}>
            {row + 2}
          </text>
          {Array.from({ length: row + 1 }, (_c, a) => (
            <Cell
              key={a}
              {...props}
              at={[a, row + 1]}
              x={axis + a * size}
              y={row * size}
              size={size - gap}
              on={pair?.[0] === a && pair[1] === row + 1}
              tabStop={focus[0] === a && focus[1] === row + 1}
              onFocus={setFocus}
            />
          ))}
        </g>
      ))}
    </g>
  );
}

/** The pair that a key leads to, which may lie outside the grid; undefined for any other key. */
function neighbour([a, b]: Pair, key: string): Pair | undefined {
  const steps: Readonly<Record<string, Pair>> = {
    ArrowUp: [a, b - 1],
    ArrowDown: [a, b + 1],
    ArrowLeft: [a - 1, b],
    ArrowRight: [a + 1, b],
  };
  return steps[key];
}

interface CellProps extends PairHeatmapProps {
  readonly at: Pair;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly on: boolean;
  readonly tabStop: boolean;
  readonly onFocus: (pair: Pair) => void;
}

function Cell({ at, x, y, size, on, tabStop, onFocus, ...props }: CellProps) {
  const { map, domain, value, short, describe, onPair } = props;
  const [a, b] = at;
  const own = value(a, b);
  const colour = own === null ? null : colourMaps[map](placeBetween(own, domain));
  return (
    <g
      role="gridcell"
      aria-label={describe(a, b)}
      data-pair={at.join()}
      tabIndex={tabStop ? 0 : -1}
      className={styles.cell}
      onFocus={() => {
        onFocus(at);
        onPair(at);
      }}
      onPointerEnter={() => onPair(at)}
    >
      <rect
        className={colour === null ? clsx(styles.rect, styles.rectNone) : styles.rect}
        x={x}
        y={y}
        width={Math.max(1, size)}
        height={Math.max(1, size)}
        rx={2}
        {...(colour === null ? {} : { fill: colour })}
      />
      {on && (
        <rect
          className={styles.on}
          data-export="no"
          x={x}
          y={y}
          width={Math.max(1, size)}
          height={Math.max(1, size)}
          rx={2}
        />
      )}
      {own !== null && colour !== null && size >= leastNumbered && (
        <text
          className={styles.number}
          x={x + size / 2}
          y={y + size / 2}
          fill={inkOn(colour)}
          aria-hidden
        >
          {short(own)}
        </text>
      )}
    </g>
  );
}

/** The colours with their values, and a rule at a value for comparison. */
function Scale({
  map,
  domain,
  mark,
  format,
  x,
  y,
  width,
}: PairHeatmapProps & { readonly x: number; readonly y: number; readonly width: number }) {
  const id = useId();
  const [low, high] = domain;
  const at = mark && high > low ? (mark.value - low) / (high - low) : null;
  const inside = at !== null && at >= 0 && at <= 1;
  return (
    <g>
      <linearGradient id={id}>
        {scaleStops(12, map).map(({ offset, colour }) => (
          <stop key={offset} offset={offset} stopColor={colour} />
        ))}
      </linearGradient>
      <rect x={x} y={y - 6} width={width} height={10} rx={2} fill={`url(#${id})`} />
      <text className={styles.label} textAnchor="start" x={x} y={y + 13}>
        {format(low)}
      </text>
      <text className={styles.label} textAnchor="end" x={x + width} y={y + 13}>
        {format(high)}
      </text>
      {inside && mark && (
        <>
          <rect className={styles.mark} x={x + at * width - 1} y={y - 8} width={2} height={14} />
          {at > 0.22 && at < 0.78 && (
            <text className={styles.label} textAnchor="middle" x={x + at * width} y={y + 13}>
              {mark.label}
            </text>
          )}
        </>
      )}
    </g>
  );
}

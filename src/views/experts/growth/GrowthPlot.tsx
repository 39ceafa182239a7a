/** One layer's branches over training: a small plot of lines. */
import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { GrowthSeries } from '../../../studio/experts/expert-figures.ts';
import { cursorMove } from '../../charts/crosshair.ts';
import { branchColour, placeBetween } from '../../shared/figures/colours.ts';
import styles from './GrowthPlot.module.css';
import plotStyles from '../plot.module.css';

export interface GrowthPlotProps {
  readonly label: string;
  readonly title: string;
  readonly width: number;
  readonly series: readonly GrowthSeries[];
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  /** Where stages begin, on x. */
  readonly stages: readonly number[];
  /** Index into the places at which growth was measured; null where the cursor is elsewhere. */
  readonly at: number | null;
  readonly places: readonly number[];
  readonly valueText: string;
  readonly format: (value: number) => string;
  readonly onAt: (index: number | null) => void;
}

export const growthHeight = 132;
const edge = { left: 46, right: 8, top: 22, bottom: 18 };
/** Where the axis of steps lies, in pixels from the top. */
const floor = growthHeight - edge.bottom;

export function GrowthPlot(props: GrowthPlotProps) {
  const { label, width, series, x, y, at, places, valueText, onAt } = props;
  const [focused, setFocused] = useState(0);
  const across = Math.max(1, width - edge.left - edge.right);
  const scales: Scales = {
    left: (value) => edge.left + placeBetween(value, x) * across,
    top: (value) => floor - placeBetween(value, y) * (floor - edge.top),
  };
  const last = places.length - 1;
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const { left: start } = event.currentTarget.getBoundingClientRect();
    const wanted = event.clientX - start;
    const distances = places.map((place) => Math.abs(scales.left(place) - wanted));
    onAt(distances.indexOf(Math.min(...distances)));
  };
  const keys = (event: KeyboardEvent) => {
    const to = cursorMove(event.key, at ?? focused, last);
    if (to === null) return;
    event.preventDefault();
    setFocused(to);
    onAt(to);
  };
  const shown = at === null ? undefined : places[at];
  return (
    <svg
      className={styles.plot}
      width={width}
      height={growthHeight}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={1}
      aria-valuemax={last + 1}
      aria-valuenow={(at ?? focused) + 1}
      aria-valuetext={valueText}
      onPointerMove={point}
      onPointerLeave={() => onAt(null)}
      onFocus={() => onAt(focused)}
      onBlur={() => onAt(null)}
      onKeyDown={keys}
    >
      <Ground {...props} scales={scales} />
      {series.map((one) => (
        <BranchLine key={one.branches.join(' ')} series={one} scales={scales} shown={shown} />
      ))}
      {shown !== undefined && (
        <line
          className={styles.rule}
          data-export="no"
          x1={scales.left(shown)}
          x2={scales.left(shown)}
          y1={edge.top}
          y2={floor}
        />
      )}
    </svg>
  );
}

/** Pixels of a value on an axis. */
interface Scales {
  readonly left: (value: number) => number;
  readonly top: (value: number) => number;
}

/** Bands of the stages, the layer's name, and the axes with the values at their ends. */
function Ground(props: GrowthPlotProps & { readonly scales: Scales }) {
  const { title, width, x, y, stages, format, scales } = props;
  const { left, top } = scales;
  return (
    <>
      {stages.map((start, stage) => (
        <rect
          key={stage}
          className={stage % 2 === 0 ? styles.stage1 : styles.stage2}
          x={left(start)}
          y={edge.top}
          width={Math.max(0, left(stages[stage + 1] ?? x[1]) - left(start))}
          height={floor - edge.top}
        />
      ))}
      <text className={plotStyles.name} x={edge.left} y={12}>
        {title}
      </text>
      <line
        className={plotStyles.axis}
        x1={edge.left}
        x2={width - edge.right}
        y1={floor}
        y2={floor}
      />
      {y.map((value, index) => (
        <text
          key={index}
          className={plotStyles.tick}
          textAnchor="end"
          x={edge.left - 6}
          y={top(value)}
        >
          {format(value)}
        </text>
      ))}
      {x.map((value, index) => (
        <text
          key={index}
          className={plotStyles.tick}
          textAnchor={index === 0 ? 'start' : 'end'}
          x={left(value)}
          y={growthHeight - 8}
        >
          {value}
        </text>
      ))}
    </>
  );
}

/** One branch, or one pair of branches: a line with a dot where it was measured. */
function BranchLine({
  series: { branches, points },
  scales: { left, top },
  shown,
}: {
  readonly series: GrowthSeries;
  readonly scales: Scales;
  /** The place under the cursor, on x. */
  readonly shown: number | undefined;
}) {
  const colour = branchColour(branches);
  const path = points.map(({ x, value }, index) => {
    // A branch that was dropped, or begins again in the next stage, gets no line across the gap.
    const before = points[index - 1];
    const joined = before && before.x <= x;
    return `${joined ? 'L' : 'M'}${left(x).toFixed(1)} ${top(value).toFixed(1)}`;
  });
  return (
    <g>
      <path className={styles.line} style={{ stroke: colour }} d={path.join('')} />
      {points.map(({ x, stage, value }) => (
        <circle
          key={`${stage}.${x}`}
          style={{ fill: colour }}
          cx={left(x)}
          cy={top(value)}
          r={shown === x ? 3.5 : 1.8}
        />
      ))}
    </g>
  );
}

/** One layer's branches over training: a small plot of lines. */
import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { GrowthSeries } from '../../studio/experts/expert-figures.ts';
import { branchColour, placeBetween } from '../shared/figures/colours.ts';
import styles from './GrowthPlot.module.css';
import plotStyles from './plot.module.css';

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

export function GrowthPlot(props: GrowthPlotProps) {
  const { label, title, width, series, x, y, stages, at, places, valueText, format, onAt } = props;
  const [focused, setFocused] = useState(0);
  const across = Math.max(1, width - edge.left - edge.right);
  const up = growthHeight - edge.top - edge.bottom;
  const left = (value: number) => edge.left + placeBetween(value, x) * across;
  const top = (value: number) => growthHeight - edge.bottom - placeBetween(value, y) * up;
  const last = places.length - 1;
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const { left: start } = event.currentTarget.getBoundingClientRect();
    const wanted = event.clientX - start;
    const distances = places.map((place) => Math.abs(left(place) - wanted));
    onAt(distances.indexOf(Math.min(...distances)));
  };
  const keys = (event: KeyboardEvent) => {
    const now = at ?? focused;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: now - 1,
      ArrowDown: now - 1,
      ArrowRight: now + 1,
      ArrowUp: now + 1,
      Home: 0,
      End: last,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const inside = Math.min(last, Math.max(0, to));
    setFocused(inside);
    onAt(inside);
  };
  const shown = at === null ? null : places[at];
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
      {stages.map((start, stage) => (
        <rect
          key={stage}
          className={stage % 2 === 0 ? styles.stage1 : styles.stage2}
          x={left(start)}
          y={edge.top}
          width={Math.max(0, left(stages[stage + 1] ?? x[1]) - left(start))}
          height={up}
        />
      ))}
      <text className={plotStyles.name} x={edge.left} y={12}>
        {title}
      </text>
      <line
        className={plotStyles.axis}
        x1={edge.left}
        x2={width - edge.right}
        y1={growthHeight - edge.bottom}
        y2={growthHeight - edge.bottom}
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
      {series.map(({ branches, points }) => {
        const colour = branchColour(branches);
        return (
          <g key={branches.join(' ')}>
            <path
              className={styles.line}
              style={{ stroke: colour }}
              d={points
                .map(({ x: place, value }, index) => {
                  // A branch that was dropped, or begins anew in the next stage, is not drawn through.
                  const before = points[index - 1];
                  const joined = before && before.x <= place;
                  return `${joined ? 'L' : 'M'}${left(place).toFixed(1)} ${top(value).toFixed(1)}`;
                })
                .join('')}
            />
            {points.map(({ x: place, stage, value }) => (
              <circle
                key={`${stage}.${place}`}
                style={{ fill: colour }}
                cx={left(place)}
                cy={top(value)}
                r={shown === place ? 3.5 : 1.8}
              />
            ))}
          </g>
        );
      })}
      {shown !== null && shown !== undefined && (
        <line
          className={styles.rule}
          data-export="no"
          x1={left(shown)}
          x2={left(shown)}
          y1={edge.top}
          y2={growthHeight - edge.bottom}
        />
      )}
    </svg>
  );
}

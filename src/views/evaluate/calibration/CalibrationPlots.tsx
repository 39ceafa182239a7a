/** The two curves of calibration: how often answers are right by sureness, and how many are wrong among the surest. */
import type { ReactNode, RefObject } from 'react';
import { wilsonInterval } from '../../../studio/evaluation/evaluation.ts';
import { formatPercent } from '../../shared/format.ts';
import type { CalibrationLine } from './calibration-rows.ts';
import plotsStyles from '../plots.module.css';

const size = { width: 400, height: 300 };
/** On the right, half of “100%” stands beyond the end of the axis. */
const margin = { left: 48, right: 18, top: 12, bottom: 42 };
const label = { fontSize: 11, fill: 'var(--ink-faint)' } as const;
const colours = 8;
/** Lines beyond the colours are dashed. */
const dashes = ['', '6 3', '2 3'] as const;

/** How the line of a state is drawn, by its place among all. */
export function strokeOf(place: number): { stroke: string; strokeDasharray: string | undefined } {
  const dash = dashes[Math.floor(place / colours) % dashes.length] ?? '';
  return {
    stroke: `var(--expert-${(place % colours) + 1})`,
    strokeDasharray: dash === '' ? undefined : dash,
  };
}

const across = size.width - margin.left - margin.right;
const up = size.height - margin.top - margin.bottom;
const x = (share: number): number => margin.left + share * across;

export interface PlotProps {
  readonly lines: readonly CalibrationLine[];
  readonly svg: RefObject<SVGSVGElement | null>;
  readonly title: string;
  /** Names of the two axes. */
  readonly axes: { readonly x: string; readonly y: string };
}

function Frame({
  svg,
  title,
  axes,
  top,
  children,
}: Omit<PlotProps, 'lines'> & {
  /** The highest value of the upright axis. */
  readonly top: number;
  readonly children: ReactNode;
}) {
  const y = (value: number): number => margin.top + (1 - value / top) * up;
  return (
    <svg
      ref={svg}
      className={plotsStyles.plot}
      viewBox={`0 0 ${size.width} ${size.height}`}
      role="img"
      aria-label={title}
    >
      {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
        <g key={tick}>
          <line
            x1={margin.left}
            x2={size.width - margin.right}
            y1={y(tick * top)}
            y2={y(tick * top)}
            stroke="var(--grid-line)"
          />
          <text x={margin.left - 6} y={y(tick * top) + 4} textAnchor="end" {...label}>
            {formatPercent(tick * top)}
          </text>
          <text x={x(tick)} y={size.height - margin.bottom + 16} textAnchor="middle" {...label}>
            {formatPercent(tick)}
          </text>
        </g>
      ))}
      <text x={margin.left + across / 2} y={size.height - 8} textAnchor="middle" {...label}>
        {axes.x}
      </text>
      <text
        transform={`translate(12 ${margin.top + up / 2}) rotate(-90)`}
        textAnchor="middle"
        {...label}
      >
        {axes.y}
      </text>
      {children}
    </svg>
  );
}

/** Share right over mean confidence, bin by bin; the dashed line is where both are equal. */
export function ReliabilityPlot({ lines, ...frame }: PlotProps) {
  const y = (value: number): number => margin.top + (1 - value) * up;
  return (
    <Frame {...frame} top={1}>
      <line
        x1={x(0)}
        x2={x(1)}
        y1={y(0)}
        y2={y(1)}
        stroke="var(--ink-faint)"
        strokeDasharray="4 4"
      />
      {lines.map(({ key, calibration: { bins, items } }, place) => (
        <g key={key}>
          <polyline
            points={bins.map((bin) => `${x(bin.confidence)},${y(bin.accuracy)}`).join(' ')}
            fill="none"
            strokeWidth={1.5}
            {...strokeOf(place)}
          />
          {bins.map((bin) => {
            const interval = wilsonInterval(bin.right, bin.items);
            const at = x(bin.confidence);
            return (
              <g key={bin.low}>
                {interval && (
                  <line
                    x1={at}
                    x2={at}
                    y1={y(interval.low)}
                    y2={y(interval.high)}
                    stroke={strokeOf(place).stroke}
                    strokeOpacity={0.4}
                  />
                )}
                <circle
                  cx={at}
                  cy={y(bin.accuracy)}
                  r={2 + 5 * Math.sqrt(bin.items / items)}
                  fill={strokeOf(place).stroke}
                />
              </g>
            );
          })}
        </g>
      ))}
    </Frame>
  );
}

/** Share wrong among the surest answers; a ring where answers below a sureness are refused. */
export function RiskPlot({ lines, below, ...frame }: PlotProps & { readonly below: number }) {
  const risks = lines.flatMap(({ calibration }) => calibration.curve.map(({ risk }) => risk));
  const top = Math.max(0.2, Math.ceil(Math.max(0, ...risks) * 5) / 5);
  const y = (value: number): number => margin.top + (1 - value / top) * up;
  return (
    <Frame {...frame} top={top}>
      {lines.map(({ key, calibration: { curve, items, atLeast } }, place) => {
        const answered = atLeast.answered[below] ?? 0;
        const wrong = answered - (atLeast.right[below] ?? 0);
        return (
          <g key={key}>
            <polyline
              points={curve.map(({ coverage, risk }) => `${x(coverage)},${y(risk)}`).join(' ')}
              fill="none"
              strokeWidth={1.5}
              {...strokeOf(place)}
            />
            {below > 0 && answered > 0 && (
              <circle
                cx={x(answered / items)}
                cy={y(wrong / answered)}
                r={5}
                fill="var(--surface)"
                stroke={strokeOf(place).stroke}
                strokeWidth={2}
              />
            )}
          </g>
        );
      })}
    </Frame>
  );
}

/** Score against frequency, one point per pair of experts. */
import { clsx } from 'clsx';
import type { RefObject } from 'react';
import type { PairRow } from '../../studio/experts/expert-figures.ts';
import { useWidth } from '../charts/use-width.ts';
import { placeBetween } from '../shared/figures/colours.ts';
import type { Pair } from './PairHeatmap.tsx';
import styles from './RankScatter.module.css';
import plotStyles from './plot.module.css';

const height = 220;
const edge = { left: 80, right: 14, top: 10, bottom: 36 };

export interface RankScatterProps {
  readonly label: string;
  readonly figure: RefObject<HTMLDivElement | null>;
  readonly rows: readonly PairRow[];
  readonly formatShare: (value: number) => string;
  readonly formatScore: (value: number) => string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly pair: Pair | null;
  readonly onPair: (pair: Pair | null) => void;
}

export function RankScatter({
  label,
  figure,
  rows,
  formatShare,
  formatScore,
  xLabel,
  yLabel,
  pair,
  onPair,
}: RankScatterProps) {
  const width = Math.min(useWidth(figure), 520);
  const points = rows.flatMap((row) => (row.score === null ? [] : [{ ...row, score: row.score }]));
  const scores = points.map(({ score }) => score);
  const x = [0, Math.max(1e-9, ...rows.map(({ share }) => share))] as const;
  const y = [Math.min(...scores), Math.max(...scores)] as const;
  const across = Math.max(1, width - edge.left - edge.right);
  const up = height - edge.top - edge.bottom;
  const left = (share: number) => edge.left + placeBetween(share, x) * across;
  const top = (score: number) => height - edge.bottom - placeBetween(score, y) * up;
  return (
    <div ref={figure} className={styles.scatter} role="group" aria-label={label}>
      {width > 0 && points.length > 0 && (
        <svg width={width} height={height} role="img" aria-label={label}>
          <line
            className={plotStyles.axis}
            x1={edge.left}
            x2={width - edge.right}
            y1={height - edge.bottom + 6}
            y2={height - edge.bottom + 6}
          />
          <line
            className={plotStyles.axis}
            x1={edge.left - 8}
            x2={edge.left - 8}
            y1={edge.top}
            y2={height - edge.bottom}
          />
          {[y[0], y[1]].map((value, index) =>
            index === 1 && y[0] === y[1] ? null : (
              <text
                key={index}
                className={plotStyles.tick}
                textAnchor="end"
                x={edge.left - 14}
                y={top(value)}
              >
                {formatScore(value)}
              </text>
            ),
          )}
          {[x[0], x[1]].map((value) => (
            <text
              key={value}
              className={plotStyles.tick}
              textAnchor={value === 0 ? 'start' : 'end'}
              x={left(value)}
              y={height - 20}
            >
              {formatShare(value)}
            </text>
          ))}
          <text
            className={plotStyles.name}
            textAnchor="middle"
            x={edge.left + across / 2}
            y={height - 6}
          >
            {xLabel}
          </text>
          <text
            className={plotStyles.name}
            textAnchor="middle"
            transform={`translate(10 ${edge.top + up / 2}) rotate(-90)`}
          >
            {yLabel}
          </text>
          {points.map(({ a, b, share, score }) => (
            <circle
              key={`${a}.${b}`}
              className={
                pair?.[0] === a && pair[1] === b ? clsx(styles.dot, styles.dotOn) : styles.dot
              }
              cx={left(share)}
              cy={top(score)}
              r={5}
              onPointerEnter={() => onPair([a, b])}
              onPointerLeave={() => onPair(null)}
            />
          ))}
        </svg>
      )}
    </div>
  );
}

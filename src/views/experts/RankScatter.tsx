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
/** Pixels from the top to the lowest score. */
const floor = height - edge.bottom;

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

export function RankScatter(props: RankScatterProps) {
  const { label, figure, rows, pair, onPair } = props;
  const width = Math.min(useWidth(figure), 520);
  const points = rows.flatMap((row) => (row.score === null ? [] : [{ ...row, score: row.score }]));
  const scores = points.map(({ score }) => score);
  const shares = [0, Math.max(1e-9, ...rows.map(({ share }) => share))] as const;
  const range = [Math.min(...scores), Math.max(...scores)] as const;
  const across = Math.max(1, width - edge.left - edge.right);
  const left = (share: number) => edge.left + placeBetween(share, shares) * across;
  const top = (score: number) => floor - placeBetween(score, range) * (floor - edge.top);
  return (
    <div ref={figure} className={styles.scatter} role="group" aria-label={label}>
      {width > 0 && points.length > 0 && (
        <svg width={width} height={height} role="img" aria-label={label}>
          <ScoreAxis {...props} range={range} top={top} />
          <ShareAxis {...props} shares={shares} left={left} across={across} />
          {points.map(({ a, b, share, score }) => (
            <circle
              key={`${a}.${b}`}
              className={clsx(styles.dot, pair?.[0] === a && pair[1] === b && styles.dotOn)}
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

/** The axis on the left with the lowest and the highest score; one of them where they are the same. */
function ScoreAxis({
  formatScore,
  yLabel,
  range,
  top,
}: RankScatterProps & {
  readonly range: readonly [number, number];
  readonly top: (score: number) => number;
}) {
  const [low, high] = range;
  return (
    <>
      <line
        className={plotStyles.axis}
        x1={edge.left - 8}
        x2={edge.left - 8}
        y1={edge.top}
        y2={floor}
      />
      {(low === high ? [low] : [low, high]).map((value) => (
        <text
          key={value}
          className={plotStyles.tick}
          textAnchor="end"
          x={edge.left - 14}
          y={top(value)}
        >
          {formatScore(value)}
        </text>
      ))}
      <text
        className={plotStyles.name}
        textAnchor="middle"
        transform={`translate(10 ${(edge.top + floor) / 2}) rotate(-90)`}
      >
        {yLabel}
      </text>
    </>
  );
}

/** The axis below with 0 and the largest share. */
function ShareAxis({
  formatShare,
  xLabel,
  shares,
  left,
  across,
}: RankScatterProps & {
  readonly shares: readonly [number, number];
  readonly left: (share: number) => number;
  readonly across: number;
}) {
  return (
    <>
      <line
        className={plotStyles.axis}
        x1={edge.left}
        x2={edge.left + across}
        y1={floor + 6}
        y2={floor + 6}
      />
      {shares.map((value) => (
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
    </>
  );
}

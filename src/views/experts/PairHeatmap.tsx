import { useId, useState, type KeyboardEvent } from 'react';
import type { RoutingSummary } from '../../studio/experts.ts';
import { classes } from '../shared/classes.ts';
import { formatInteger, formatPercent } from '../shared/format.ts';
import { scaleStops, shareColour, shareInk } from './colours.ts';

export interface PairHeatmapProps {
  readonly summary: RoutingSummary;
  /** Share that every pair would have if experts were drawn evenly. */
  readonly even: number;
}

/** Above this many experts a cell has no room for its number. */
const mostNumbered = 10;

/** How often each unordered pair of experts was chosen together; arrow keys move from cell to cell. */
export function PairHeatmap({ summary, even }: PairHeatmapProps) {
  const { experts, pairs, largestPair } = summary;
  const [cell, setCell] = useState<readonly [number, number] | null>(null);
  const [row, column] = cell ?? [1, 0];
  const share = (a: number, b: number) => pairs[a * experts + b] ?? 0;
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const inside = (at: number) => Math.min(experts - 1, Math.max(0, at));
    const next = [inside(row + step[0]), inside(column + step[1])] as const;
    setCell(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-cell="${next.join()}"]`)?.focus();
  };
  const all = Array.from({ length: experts }, (_, index) => index);
  return (
    <div className="heatmap" style={{ maxWidth: Math.max(300, 28 + experts * 68) }}>
      <div
        className="heatmap__grid"
        role="grid"
        aria-label="Share of decisions by pair of experts"
        tabIndex={-1}
        style={{ gridTemplateColumns: `28px repeat(${experts}, minmax(0, 1fr))` }}
        onKeyDown={move}
        onPointerLeave={() => setCell(null)}
      >
        <div className="heatmap__row" role="row">
          <span role="columnheader">
            <span className="ui-hidden">Expert</span>
          </span>
          {all.map((b) => (
            <span key={b} className="heatmap__label" role="columnheader">
              {b + 1}
            </span>
          ))}
        </div>
        {all.map((a) => (
          <div key={a} className="heatmap__row" role="row">
            <span className="heatmap__label" role="rowheader">
              {a + 1}
            </span>
            {all.map((b) => (
              <div
                key={b}
                role="gridcell"
                data-cell={`${a},${b}`}
                tabIndex={a === row && b === column ? 0 : -1}
                className={classes(
                  'heatmap__cell',
                  a === b && 'heatmap__cell--self',
                  cell !== null &&
                    ((a === row && b === column) || (a === column && b === row)) &&
                    'heatmap__cell--on',
                )}
                style={
                  a === b
                    ? {}
                    : {
                        background: shareColour(share(a, b), largestPair),
                        color: shareInk(share(a, b), largestPair),
                      }
                }
                aria-label={
                  a === b
                    ? `Expert ${a + 1} with itself: not a pair`
                    : `Experts ${a + 1} and ${b + 1}: ${formatPercent(share(a, b), 1)}`
                }
                onPointerEnter={() => setCell([a, b])}
                onFocus={() => setCell([a, b])}
              >
                {a !== b &&
                  experts <= mostNumbered &&
                  formatPercent(share(a, b), 1).replace('%', '')}
              </div>
            ))}
          </div>
        ))}
      </div>
      <Scale largest={largestPair} even={even} />
      <p className="heatmap__read" aria-hidden>
        {cell === null || row === column
          ? `Numbers are percent of ${formatInteger(summary.decisions)} decisions (one per token and linear).`
          : `Experts ${row + 1} and ${column + 1} together: ${formatPercent(share(row, column), 2)} of decisions, ${formatInteger(share(row, column) * summary.decisions)} times. Even would be ${formatPercent(even, 2)}.`}
      </p>
    </div>
  );
}

/** The colours with their values, and where an even choice would lie. */
function Scale({ largest, even }: { readonly largest: number; readonly even: number }) {
  const id = useId();
  const at = largest > 0 ? Math.min(1, even / largest) * 100 : 0;
  return (
    <div className="heatmap__scale" aria-hidden>
      <span>0%</span>
      <span className="heatmap__bar">
        <svg width="100%" height="12" preserveAspectRatio="none">
          <linearGradient id={id}>
            {scaleStops(12).map(({ offset, colour }) => (
              <stop key={offset} offset={offset} stopColor={colour} />
            ))}
          </linearGradient>
          <rect width="100%" height="12" rx="2" fill={`url(#${id})`} />
        </svg>
        {largest > 0 && (
          <span
            className={classes('heatmap__even', at > 70 && 'heatmap__even--end')}
            style={{ left: `${at}%` }}
          >
            even {formatPercent(even, 1)}
          </span>
        )}
      </span>
      <span>{formatPercent(largest, 1)}</span>
    </div>
  );
}

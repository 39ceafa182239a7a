/** Load of each expert and the mean weight it gets when chosen: what it allows to conclude, bars and a table. */
import { useRef } from 'react';
import type { RoutingConclusion } from '../../studio/experts/routing-conclusion.ts';
import type { RoutingSummary } from '../../studio/experts/experts.ts';
import { useWidth } from '../charts/use-width.ts';
import { Card } from '../shared/Card.tsx';
import { expertColour } from '../shared/figures/colours.ts';
import { ExpertMark } from '../shared/figures/ExpertMark.tsx';
import { FigureActions } from '../shared/figures/FigureActions.tsx';
import { formatFixed, formatInteger, formatPercent, unknown } from '../shared/format.ts';
import { Table } from '../shared/Table.tsx';
import { conclusionWords } from './conclusion-words.ts';
import { expertsText } from './text.ts';
import styles from './LoadBars.module.css';
import plotStyles from './plot.module.css';
import textStyles from '../shared/text.module.css';

const fileName = 'expert-load';
const rowHeight = 24;
const axisHeight = 22;
const left = 28;
const right = 56;
/** Shares marked on the axis, which always goes from none to all. */
const ticks = [0, 0.25, 0.5, 0.75, 1] as const;

export interface LoadBarsProps {
  readonly summary: RoutingSummary;
  readonly active: number;
  /** Null where there is nothing to conclude. */
  readonly conclusion: RoutingConclusion | null;
}

export function LoadBars({ summary, active, conclusion }: LoadBarsProps) {
  const t = expertsText();
  const { experts, load, meanWeight, decisions } = summary;
  const figure = useRef<HTMLDivElement>(null);
  const width = Math.min(useWidth(figure), 640);
  const even = experts > 0 ? active / experts : 0;
  const rows = Array.from(load, (share, expert) => ({
    expert,
    share,
    times: Math.round(share * decisions),
    weight: meanWeight[expert] ?? Number.NaN,
  }));
  return (
    <Card
      title={t.loadTitle}
      actions={
        <FigureActions
          name={fileName}
          figure={figure}
          rows={() => [
            ['expert', 'times', 'load', 'mean_weight'],
            ...rows.map(({ expert, times, share, weight }) => [
              ...[expert + 1, times, share, Number.isNaN(weight) ? '' : weight],
            ]),
          ]}
        />
      }
    >
      {conclusion && <p className={styles.conclusion}>{conclusionWords(conclusion)}</p>}
      <div className={styles.load}>
        <div ref={figure} className={styles.figure} role="group" aria-label={t.loadFigure}>
          {width > 0 && <Bars rows={rows} even={even} width={width} />}
          <p className={textStyles.quiet}>{t.evenLoad(formatPercent(even, 1), active, experts)}</p>
        </div>
        <LoadTable rows={rows} />
      </div>
    </Card>
  );
}

/** How often one expert was chosen. */
interface ExpertLoad {
  readonly expert: number;
  /** Of the decisions. */
  readonly share: number;
  readonly times: number;
  /** Mean weight where it was chosen; NaN for an expert that never was. */
  readonly weight: number;
}

/** A bar for each expert from 0 to 100 %, and a rule where an even load would end. */
function Bars({
  rows,
  even,
  width,
}: {
  readonly rows: readonly ExpertLoad[];
  readonly even: number;
  readonly width: number;
}) {
  const across = Math.max(1, width - left - right);
  const bottom = rows.length * rowHeight + 8;
  const bar = { x: left, y: 3, height: rowHeight - 8, rx: 2 };
  const place = (share: number): number => left + share * across;
  return (
    <svg width={width} height={bottom + axisHeight} aria-hidden>
      {ticks.map((share) => (
        <g key={share}>
          <line
            className={styles.grid}
            x1={place(share)}
            x2={place(share)}
            y1={2}
            y2={bottom + 2}
          />
          <text
            className={plotStyles.tick}
            textAnchor="middle"
            x={place(share)}
            y={bottom + axisHeight / 2 + 2}
          >
            {formatPercent(share)}
          </text>
        </g>
      ))}
      {rows.map(({ expert, share }) => (
        <g key={expert} transform={`translate(0 ${expert * rowHeight + 4})`}>
          <text className={plotStyles.tick} textAnchor="end" x={left - 8} y={rowHeight / 2}>
            {expert + 1}
          </text>
          <rect {...bar} fill={expertColour(expert, rows.length)} width={share * across} />
          <text className={plotStyles.tick} textAnchor="end" x={width - 2} y={rowHeight / 2}>
            {formatPercent(share, 1)}
          </text>
        </g>
      ))}
      <rect className={styles.even} x={place(even) - 0.75} y={2} width={1.5} height={bottom - 4} />
    </svg>
  );
}

function LoadTable({ rows }: { readonly rows: readonly ExpertLoad[] }) {
  const t = expertsText();
  return (
    <Table
      caption={t.loadTable}
      maxHeight={360}
      columns={[
        {
          key: 'expert',
          header: t.expert,
          rowHeader: true,
          cell: (one) => <ExpertMark expert={one.expert} experts={rows.length} />,
        },
        { key: 'times', header: t.times, align: 'end', cell: (one) => formatInteger(one.times) },
        { key: 'load', header: t.load, align: 'end', cell: (one) => formatPercent(one.share, 1) },
        {
          key: 'weight',
          header: t.meanWeight,
          align: 'end',
          cell: (one) => (Number.isNaN(one.weight) ? unknown : formatFixed(one.weight, 3)),
        },
      ]}
      rows={rows}
      rowKey={(one) => String(one.expert)}
    />
  );
}

/** Figures 5 and 6: averages over the share of one stage's data, with intervals. */
import { useRef } from 'react';
import type { GridFigure } from '../../../contract/ablation.ts';
import { Card } from '../../shared/Card.tsx';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { formatPercent } from '../../shared/format.ts';
import { Table } from '../../shared/Table.tsx';
import { Tag } from '../../shared/Tag.tsx';
import { formatInterval, formatScore } from '../MetricName.tsx';
import { evaluateText } from '../text.ts';
import { gridText } from './text-grid.ts';
import textStyles from '../../shared/text.module.css';
import panelsStyles from '../panels.module.css';
import styles from './FractionFigure.module.css';
import figuresStyles from '../figures.module.css';

const size = { width: 480, height: 280 };
const margin = { left: 48, right: 16, top: 14, bottom: 44 };
const colours = { knowledge: 'var(--branch-ka)', alignment: 'var(--branch-align)' } as const;
/** Points of the two curves at one share are side by side. */
const apart = { knowledge: -4, alignment: 4 } as const;

interface Scales {
  readonly x: (share: number) => number;
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
  readonly shares: readonly number[];
}

function scalesOf({ curves }: GridFigure): Scales {
  const points = curves.flatMap((curve) => curve.points);
  const chances = curves.flatMap(({ chance }) => chance ?? []);
  const ends = points.flatMap(({ value, interval }) => [value, interval?.high ?? value]);
  const values = [...ends, ...chances];
  const top = Math.min(1, Math.ceil(Math.max(0.1, ...values) * 10) / 10);
  const step = top <= 0.5 ? 0.1 : 0.2;
  const across = size.width - margin.left - margin.right;
  const up = size.height - margin.top - margin.bottom;
  return {
    x: (share) => margin.left + 8 + share * (across - 16),
    y: (value) => margin.top + (1 - value / top) * up,
    ticks: Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, i) => i * step),
    shares: [...new Set(points.map(({ share }) => share))].sort((a, b) => a - b),
  };
}

export function FractionFigure({ figure }: { readonly figure: GridFigure }) {
  const t = gridText();
  const words = evaluateText();
  const ref = useRef<SVGSVGElement>(null);
  const title = t.figures[figure.id];
  const rows = pointsOf(figure);
  // A single point at all of the data is no curve.
  const shares = new Set(rows.map(({ share }) => share)).size;
  return (
    <Card
      title={title}
      actions={
        shares > 1 && (
          <FigureActions
            name={figure.id}
            figure={ref}
            rows={() => [
              ['kind', 'share', 'average', 'low', 'high', 'questions', 'chance'],
              ...rows.map(({ kind, share, value, interval, items, chance }) => [
                ...[kind, share, value, interval?.low ?? '', interval?.high ?? ''],
                ...[items ?? '', chance ?? ''],
              ]),
            ]}
          />
        )
      }
    >
      {shares < 2 ? (
        <p className={textStyles.quiet}>{t.noPoints}</p>
      ) : (
        <div className={panelsStyles.stack}>
          <svg
            ref={ref}
            className={styles.fractionFigure}
            viewBox={`0 0 ${size.width} ${size.height}`}
            role="img"
            aria-label={title}
          >
            <Plot figure={figure} />
          </svg>
          <p className={styles.fractionLegend}>
            {figure.curves.map(({ kind, items, chance }) => (
              <span key={kind}>
                <Tag tone={kind === 'knowledge' ? 'ka' : 'align'}>{t.average[kind]}</Tag>{' '}
                {[
                  ...(items === null ? [] : [words.items(items)]),
                  ...(chance === null ? [] : [words.chance(formatPercent(chance, 1))]),
                ].join(' · ')}
              </span>
            ))}
          </p>
          <PointTable title={title} rows={rows} />
        </div>
      )}
    </Card>
  );
}

type Point = ReturnType<typeof pointsOf>[number];

function pointsOf({ curves }: GridFigure) {
  return curves.flatMap(({ points, ...curve }) => points.map((point) => ({ ...curve, ...point })));
}

function PointTable({ title, rows }: { readonly title: string; readonly rows: readonly Point[] }) {
  const t = gridText();
  return (
    <details>
      <summary>{t.figureTable}</summary>
      <Table
        caption={title}
        rows={rows}
        rowKey={({ kind, share }) => `${kind}/${share}`}
        columns={[
          {
            key: 'kind',
            header: t.axisY,
            rowHeader: true,
            cell: ({ kind }) => t.average[kind],
          },
          {
            key: 'share',
            header: t.axisX,
            align: 'end',
            cell: ({ share }) => t.share(share),
          },
          {
            key: 'value',
            header: t.axisY,
            align: 'end',
            cell: (row) => (
              <span className={figuresStyles.score}>
                <span>{formatScore(row.value, null)}</span>
                <span className={figuresStyles.form}>{formatInterval(row, null)}</span>
              </span>
            ),
          },
        ]}
      />
    </details>
  );
}

function Plot({ figure }: { readonly figure: GridFigure }) {
  const t = gridText();
  const { x, y, ticks, shares } = scalesOf(figure);
  const bottom = size.height - margin.bottom;
  const label = { fontSize: 11, fill: 'var(--ink-faint)' };
  return (
    <>
      {ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={margin.left}
            x2={size.width - margin.right}
            y1={y(tick)}
            y2={y(tick)}
            stroke="var(--grid-line)"
          />
          <text x={margin.left - 6} y={y(tick) + 4} textAnchor="end" {...label}>
            {formatPercent(tick)}
          </text>
        </g>
      ))}
      {shares.map((share) => (
        <text key={share} x={x(share)} y={bottom + 18} textAnchor="middle" {...label}>
          {t.share(share)}
        </text>
      ))}
      <text x={size.width / 2} y={size.height - 6} textAnchor="middle" {...label}>
        {t.axisX}
      </text>
      {figure.curves.map((curve) => (
        <Curve key={curve.kind} curve={curve} x={x} y={y} />
      ))}
    </>
  );
}

/** The averages of one kind of task, with their intervals. */
function Curve({
  curve: { kind, points, chance },
  x,
  y,
}: Pick<Scales, 'x' | 'y'> & { readonly curve: GridFigure['curves'][number] }) {
  const at = (share: number) => x(share) + apart[kind];
  const colour = colours[kind];
  return (
    <g>
      {chance !== null && (
        <line
          x1={margin.left}
          x2={size.width - margin.right}
          y1={y(chance)}
          y2={y(chance)}
          stroke={colour}
          strokeDasharray="4 4"
          strokeOpacity={0.7}
        />
      )}
      <polyline
        points={points.map(({ share, value }) => `${at(share)},${y(value)}`).join(' ')}
        fill="none"
        stroke={colour}
        strokeWidth={1.5}
      />
      {points.map(({ share, value, interval }) => (
        <g key={share}>
          {interval && (
            <line
              x1={at(share)}
              x2={at(share)}
              y1={y(interval.low)}
              y2={y(interval.high)}
              stroke={colour}
              strokeOpacity={0.5}
            />
          )}
          <circle cx={at(share)} cy={y(value)} r={3.5} fill={colour} />
        </g>
      ))}
    </g>
  );
}

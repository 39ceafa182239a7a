/** How the branches of a run grow: small multiples per layer, with the numbers in a table. */
import { Sprout } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import {
  growthPlaces,
  growthProjections,
  growthSeries,
  type GrowthMeasure,
  type GrowthSeries,
} from '../../studio/experts/expert-figures.ts';
import type { Projection } from '../../contract/recipe.ts';
import type { GrowthReport } from '../../contract/experts.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { useWidth } from '../charts/use-width.ts';
import { Card } from '../shared/Card.tsx';
import { EmptyState } from '../shared/EmptyState.tsx';
import { FigureActions } from '../shared/figures/FigureActions.tsx';
import { formatInteger, formatNumber } from '../shared/format.ts';
import { Select } from '../shared/controls/Select.tsx';
import { Table } from '../shared/Table.tsx';
import { branchTitle } from '../shared/Tag.tsx';
import { Segmented } from '../shared/controls/Toggle.tsx';
import { branchColour } from '../shared/figures/colours.ts';
import { GrowthPlot } from './GrowthPlot.tsx';
import { growthText } from './text-growth.ts';
import styles from './GrowthPanel.module.css';
import textStyles from '../shared/text.module.css';
import detailsStyles from './details.module.css';

/** Plots beside each other are at least so wide. */
const leastWidth = 200;
const mostWidth = 420;
const gap = 12;

/** Names of exported files. */
const fileNames = {
  a: 'branch-norm-a',
  b: 'branch-norm-b',
  meanAbs: 'branch-overlap',
  cosine: 'branch-overlap-cosine',
} as const;

export interface GrowthPanelProps {
  readonly report: GrowthReport;
  readonly run: RunSummary;
}

export function GrowthPanel({ report, run }: GrowthPanelProps) {
  const t = growthText();
  const [measure, setMeasure] = useState<GrowthMeasure>('b');
  const [projection, setProjection] = useState<Projection | null>(null);
  const { points, endsOnly } = report;
  const series = useMemo(
    () => growthSeries(points, measure, projection),
    [points, measure, projection],
  );
  const choices = growthProjections(points);
  if (points.length === 0) {
    return (
      <Card title={t.title} aside={t.aside}>
        <EmptyState icon={<Sprout size={28} aria-hidden />} title={t.nothing}>
          {t.nothingHint}
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card title={t.title} aside={t.aside}>
      <div className={styles.growth}>
        <div className={styles.choices}>
          <Segmented
            size="small"
            label={t.measure}
            value={measure}
            choices={(['a', 'b', 'meanAbs', 'cosine'] as const).map((value) => ({
              value,
              label: t[value],
            }))}
            onChange={setMeasure}
          />
          <Select
            size="small"
            aria-label={t.linear}
            value={projection ?? 'mean'}
            choices={[
              { value: 'mean', label: t.mean },
              ...choices.map((value) => ({ value, label: value })),
            ]}
            onChange={(value) => setProjection(choices.find((one) => one === value) ?? null)}
          />
          <Legend series={series} />
        </div>
        {series.length === 0 ? (
          <p className={styles.nothing}>{t.noOverlap}</p>
        ) : (
          <Multiples report={report} series={series} measure={measure} />
        )}
        <p className={textStyles.quiet}>
          <b>{t.heading(t.measureTitle[measure])}</b> {t.definition[measure]}
        </p>
        {endsOnly.length > 0 && (
          <p className={textStyles.quiet}>
            {t.endsOnly(
              endsOnly.map((stage) => run.stages[stage]?.name ?? `${stage + 1}`).join(', '),
            )}
          </p>
        )}
        <details className={detailsStyles.table}>
          <summary className={textStyles.quiet}>{t.table}</summary>
          <Table
            caption={t.tableCaption}
            maxHeight={360}
            columns={[
              { key: 'layer', header: t.layerName, cell: (row) => row.layer + 1 },
              { key: 'branch', header: t.branch, rowHeader: true, cell: (row) => row.branch },
              { key: 'stage', header: t.stage, align: 'end', cell: (row) => row.stage + 1 },
              {
                key: 'step',
                header: t.step,
                align: 'end',
                cell: (row) => formatInteger(row.step),
              },
              {
                key: 'value',
                header: t.value,
                align: 'end',
                cell: (row) => formatNumber(row.value),
              },
            ]}
            rows={tableRows(series)}
            rowKey={(row) => `${row.layer}.${row.branch}.${row.stage}.${row.step}`}
          />
        </details>
      </div>
    </Card>
  );
}

function tableRows(series: readonly GrowthSeries[]) {
  return series.flatMap(({ layer, branches, points }) =>
    points.map((point) => ({ layer, branch: pairName(branches), ...point })),
  );
}

/** "KA", or "KA · Align" for an overlap. */
function pairName(branches: readonly string[]): string {
  return branches.map(branchTitle).join(' · ');
}

function Legend({ series }: { readonly series: readonly GrowthSeries[] }) {
  const names = [...new Map(series.map(({ branches }) => [pairName(branches), branches]))];
  return (
    <span className={styles.legend}>
      {names.map(([name, branches]) => (
        <span key={name}>
          <span className={styles.key} style={{ background: branchColour(branches) }} />
          {name}
        </span>
      ))}
    </span>
  );
}

function Multiples({
  report,
  series,
  measure,
}: {
  readonly report: GrowthReport;
  readonly series: readonly GrowthSeries[];
  readonly measure: GrowthMeasure;
}) {
  const t = growthText();
  const figure = useRef<HTMLDivElement>(null);
  const all = useWidth(figure);
  const [cursor, setCursor] = useState<{ layer: number; index: number } | null>(null);
  const places = useMemo(() => growthPlaces(report.points), [report]);
  const layers = [...new Set(series.map(({ layer }) => layer))];
  const room = Math.max(1, Math.floor((all + gap) / (leastWidth + gap)));
  const columns = Math.min(layers.length, room);
  const width = Math.min(mostWidth, Math.floor((all - (columns - 1) * gap) / columns));
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const high = Math.max(...values, 1e-12);
  const low = measure === 'a' ? Math.min(...values) : 0;
  const lastPlace = Math.max(1, ...places.map(({ x }) => x));
  const stageStarts = [...new Set(places.map(({ stage }) => stage))].map((stage) =>
    Math.min(...places.flatMap((place) => (place.stage === stage ? [place.x] : []))),
  );
  const read = (layer: number, index: number): string => {
    const place = places[index];
    if (!place) return '';
    const found = series.flatMap((one) => {
      const point = one.points.find(({ stage, step }) => {
        return stage === place.stage && step === place.step;
      });
      return one.layer === layer && point
        ? [`${pairName(one.branches)} ${formatNumber(point.value)}`]
        : [];
    });
    return t.read(layer + 1, place.stage + 1, place.step, found.join(', '));
  };
  return (
    <>
      <div className={detailsStyles.head}>
        <p className={styles.read} aria-hidden>
          {cursor ? read(cursor.layer, cursor.index) : t.readHint}
        </p>
        <FigureActions
          name={fileNames[measure]}
          figure={figure}
          rows={() => [
            ['layer', 'branch', 'stage', 'step', measure],
            ...tableRows(series).map((row) => [
              row.layer + 1,
              row.branch,
              row.stage + 1,
              row.step,
              row.value,
            ]),
          ]}
        />
      </div>
      <div
        ref={figure}
        className={styles.plots}
        role="group"
        aria-label={t.measureTitle[measure]}
        style={{ gap }}
      >
        {all > 0 &&
          layers.map((layer) => (
            <GrowthPlot
              key={layer}
              label={t.plot(layer + 1, t.measureTitle[measure])}
              title={t.layer(layer + 1)}
              width={width}
              series={series.filter((one) => one.layer === layer)}
              x={[0, lastPlace]}
              y={[low, high]}
              stages={stageStarts}
              at={cursor?.index ?? null}
              places={places.map(({ x }) => x)}
              valueText={read(layer, cursor?.index ?? 0)}
              format={(value) => formatNumber(value, 2)}
              onAt={(index) => setCursor(index === null ? null : { layer, index })}
            />
          ))}
      </div>
    </>
  );
}

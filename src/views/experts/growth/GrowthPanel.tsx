/** How the branches of a run grow: small multiples per layer, with the numbers in a table. */
import { Sprout } from 'lucide-react';
import { useMemo, useState } from 'react';
import {
  growthProjections,
  growthSeries,
  type GrowthMeasure,
  type GrowthSeries,
} from '../../../studio/experts/expert-figures.ts';
import type { Projection } from '../../../contract/recipe.ts';
import type { GrowthReport } from '../../../contract/experts.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { Card } from '../../shared/Card.tsx';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { formatInteger, formatNumber } from '../../shared/format.ts';
import { Select } from '../../shared/controls/Select.tsx';
import { Table } from '../../shared/Table.tsx';
import { Segmented } from '../../shared/controls/Toggle.tsx';
import { listed } from '../../shared/words/marks.ts';
import { branchColour } from '../../shared/figures/colours.ts';
import { growthText } from './text-growth.ts';
import { GrowthMultiples } from './GrowthMultiples.tsx';
import { branchNames, growthRows } from './growth-rows.ts';
import styles from './GrowthPanel.module.css';
import textStyles from '../../shared/text.module.css';
import detailsStyles from '../details.module.css';

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
  const projections = growthProjections(points);
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
              ...projections.map((value) => ({ value, label: value })),
            ]}
            onChange={(value) => setProjection(projections.find((one) => one === value) ?? null)}
          />
          <Legend series={series} />
        </div>
        {series.length === 0 ? (
          <p className={styles.nothing}>{t.noOverlap}</p>
        ) : (
          <GrowthMultiples report={report} series={series} measure={measure} />
        )}
        <p className={textStyles.quiet}>
          <b>{t.heading(t.measureTitle[measure])}</b> {t.definition[measure]}
        </p>
        {endsOnly.length > 0 && (
          <p className={textStyles.quiet}>
            {t.endsOnly(listed(endsOnly.map((stage) => run.stages[stage]?.name ?? `${stage + 1}`)))}
          </p>
        )}
        <GrowthTable series={series} />
      </div>
    </Card>
  );
}

function Legend({ series }: { readonly series: readonly GrowthSeries[] }) {
  const names = [...new Map(series.map(({ branches }) => [branchNames(branches), branches]))];
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

function GrowthTable({ series }: { readonly series: readonly GrowthSeries[] }) {
  const t = growthText();
  return (
    <details className={detailsStyles.table}>
      <summary className={textStyles.quiet}>{t.table}</summary>
      <Table
        caption={t.tableCaption}
        maxHeight={360}
        columns={[
          { key: 'layer', header: t.layerName, cell: (row) => row.layer + 1 },
          { key: 'branch', header: t.branch, rowHeader: true, cell: (row) => row.branch },
          { key: 'stage', header: t.stage, align: 'end', cell: (row) => row.stage + 1 },
          { key: 'step', header: t.step, align: 'end', cell: (row) => formatInteger(row.step) },
          { key: 'value', header: t.value, align: 'end', cell: (row) => formatNumber(row.value) },
        ]}
        rows={growthRows(series)}
        rowKey={(row) => `${row.layer}.${row.branch}.${row.stage}.${row.step}`}
      />
    </details>
  );
}

/** Figure 4 of the paper for a run: pairs by frequency beside pairs by score, and their rank correlation. */
import { useMemo, useState } from 'react';
import {
  pairRows,
  routedScore,
  sameAccuracy,
  shownMeasure,
  type PairRow,
  type PairMeasure,
} from '../../studio/experts/expert-figures.ts';
import { shownEvaluation, useExpertPairs } from '../../studio/experts/expert-pairs.ts';
import type { RoutingSummary } from '../../studio/experts/experts.ts';
import { Card } from '../shared/Card.tsx';
import { formatInteger, formatPercent, unknown } from '../shared/format.ts';
import { Table, type Column } from '../shared/Table.tsx';
import type { Pair } from './PairHeatmap.tsx';
import { PairJob } from './PairJob.tsx';
import { pairsText } from './text-pairs.ts';
import { scoreScale, type ScoreScale } from './score-scale.ts';
import { FrequencyMap, ScoreMap } from './PairMaps.tsx';
import { EvaluationChooser } from './EvaluationChooser.tsx';
import { RankMismatch } from './RankMismatch.tsx';
import styles from './Figure4.module.css';
import detailsStyles from './details.module.css';
import textStyles from '../shared/text.module.css';

export interface Figure4Props {
  readonly summary: RoutingSummary;
  /** Share of every pair if experts were drawn evenly. */
  readonly even: number;
  /** K. */
  readonly active: number;
  /** Why pairs cannot be scored now. */
  readonly refusal: string | null;
}

export function Figure4({ summary, even, active, refusal }: Figure4Props) {
  const t = pairsText();
  const { measure: chosen, task } = useExpertPairs();
  const evaluation = useExpertPairs(shownEvaluation);
  const measure = shownMeasure(evaluation, chosen, task);
  const [pair, setPair] = useState<Pair | null>(null);
  const rows = useMemo(
    () => pairRows(summary, evaluation, measure, task),
    [summary, evaluation, measure, task],
  );
  const scale = scoreScale(measure);
  if (active < 2) {
    return (
      <Card title={t.title}>
        <p className={textStyles.quiet}>{t.noPairs}</p>
      </Card>
    );
  }
  const pairs = { rows, csv: () => pairsCsv(rows, measure), pair, onPair: setPair };
  return (
    <Card title={t.title} aside={t.aside}>
      <div className={styles.figure4}>
        <FrequencyMap {...pairs} summary={summary} even={even} active={active} />
        <ScoreMap
          {...pairs}
          experts={summary.experts}
          scale={scale}
          routed={routedScore(evaluation, measure, task)}
          chooser={
            evaluation && (
              <EvaluationChooser measure={measure} same={sameAccuracy(evaluation, task)} />
            )
          }
        />
      </div>
      {evaluation && <RankMismatch {...pairs} scale={scale} evaluation={evaluation} />}
      <PairJob experts={summary.experts} refusal={refusal} />
      <details className={detailsStyles.table}>
        <summary className={textStyles.quiet}>{t.table}</summary>
        <PairTable rows={rows} scale={evaluation ? scale : null} />
      </details>
    </Card>
  );
}

/** The file names of the figure's parts. */
function pairsCsv(rows: readonly PairRow[], measure: PairMeasure): (string | number)[][] {
  const header = ['expert_1', 'expert_2', 'share', 'times', measure];
  const values = rows.map((row) => [row.a + 1, row.b + 1, row.share, row.times, row.score ?? '']);
  return [header, ...values];
}

function PairTable({
  rows,
  scale,
}: {
  readonly rows: readonly PairRow[];
  /** Null where no pair was scored. */
  readonly scale: ScoreScale | null;
}) {
  const t = pairsText();
  const sorted = [...rows].sort((one, other) => other.share - one.share);
  const scored: Column<PairRow>[] = scale
    ? [
        {
          key: 'score',
          header: scale.name,
          align: 'end',
          cell: (row) => (row.score === null ? unknown : scale.format(row.score)),
        },
      ]
    : [];
  return (
    <Table
      caption={t.tableCaption}
      maxHeight={360}
      columns={[
        {
          key: 'pair',
          header: t.experts,
          rowHeader: true,
          cell: ({ a, b }) => t.pair(a + 1, b + 1),
        },
        {
          key: 'share',
          header: t.share,
          align: 'end',
          cell: ({ share }) => formatPercent(share, 2),
        },
        { key: 'count', header: t.times, align: 'end', cell: ({ times }) => formatInteger(times) },
        ...scored,
      ]}
      rows={sorted}
      rowKey={({ a, b }) => `${a}.${b}`}
    />
  );
}

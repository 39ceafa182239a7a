/** Figure 4 of the paper for a run: pairs by frequency beside pairs by score, and their rank correlation. */
import { clsx } from 'clsx';
import { Trash2 } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import {
  pairCorrelation,
  pairRows,
  routedScore,
  type PairRow,
  type RankCorrelation,
} from '../../studio/experts/expert-figures.ts';
import { shownEvaluation, useExpertPairs } from '../../studio/experts/expert-pairs.ts';
import type { RoutingSummary } from '../../studio/experts/experts.ts';
import { IconButton } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { EmptyState } from '../shared/EmptyState.tsx';
import { FigureActions } from '../shared/figures/FigureActions.tsx';
import {
  formatFixed,
  formatInteger,
  formatNumber,
  formatPercent,
  formatTime,
  unknown,
} from '../shared/format.ts';
import { Select } from '../shared/controls/Select.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { Segmented } from '../shared/controls/Toggle.tsx';
import { PairHeatmap, type Pair } from './PairHeatmap.tsx';
import { PairJob } from './PairJob.tsx';
import { RankScatter } from './RankScatter.tsx';
import { pairsText } from './text-pairs.ts';
import styles from './Figure4.module.css';
import detailsStyles from './details.module.css';
import textStyles from '../shared/text.module.css';

/** Names of exported files. */
const fileNames = {
  frequency: 'expert-pairs-frequency',
  score: 'expert-pairs-score',
  mismatch: 'expert-pairs-mismatch',
} as const;

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
  const { measure: wanted, task } = useExpertPairs();
  const evaluation = useExpertPairs(shownEvaluation);
  // Questions without options have no accuracy.
  const measure = evaluation?.choices === 0 ? 'logLikelihood' : wanted;
  const [pair, setPair] = useState<Pair | null>(null);
  const frequency = useRef<HTMLDivElement>(null);
  const score = useRef<HTMLDivElement>(null);
  const scatter = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () => pairRows(summary, evaluation, measure, task),
    [summary, evaluation, measure, task],
  );
  const correlation = useMemo(() => pairCorrelation(rows), [rows]);
  const routed = routedScore(evaluation, measure, task);
  const formatScore = (value: number) =>
    measure === 'accuracy' ? formatPercent(value, 1) : formatFixed(value, 3);
  const shortScore = (value: number) =>
    measure === 'accuracy' ? formatFixed(value * 100, 1) : formatFixed(value, 2);
  const scoreName = measure === 'accuracy' ? t.accuracy : t.logLikelihood;
  const scores = rows.flatMap((row) => row.score ?? []);
  const rowOf = ([a, b]: Pair) => rows.find((row) => row.a === a && row.b === b);
  const csv = () => [
    ['expert_1', 'expert_2', 'share', 'times', measure],
    ...rows.map((row) => [row.a + 1, row.b + 1, row.share, row.times, row.score ?? '']),
  ];
  return (
    <Card title={t.title} aside={t.aside}>
      <div className={styles.figure4}>
        <section className={styles.figure4Side} aria-label={t.frequency}>
          <header className={detailsStyles.head}>
            <h3>{t.frequency}</h3>
            <FigureActions name={fileNames.frequency} rows={csv} figure={frequency} />
          </header>
          <p className={clsx(styles.figure4Choices, textStyles.quiet)}>
            {t.perDecision(active, summary.experts)}
          </p>
          <PairHeatmap
            label={t.frequencyGrid}
            figure={frequency}
            experts={summary.experts}
            map="viridis"
            value={(a, b) => rowOf([a, b])?.share ?? null}
            format={(value) => formatPercent(value, 1)}
            short={(value) => formatFixed(value * 100, 1)}
            describe={(a, b) =>
              t.cell(a + 1, b + 1, formatPercent(rowOf([a, b])?.share ?? Number.NaN, 1))
            }
            domain={[0, Math.max(1e-9, summary.largestPair)]}
            mark={{ value: even, label: formatPercent(even, 1) }}
            read={(at) => {
              const row = at && rowOf(at);
              if (!row) return t.hintShare(summary.decisions);
              return t.readShare(
                row.a + 1,
                row.b + 1,
                formatPercent(row.share, 2),
                formatInteger(row.times),
                formatPercent(even, 2),
              );
            }}
            pair={pair}
            onPair={setPair}
          />
        </section>
        <section className={styles.figure4Side} aria-label={t.score}>
          <header className={detailsStyles.head}>
            <h3>{t.score}</h3>
            {evaluation && <FigureActions name={fileNames.score} rows={csv} figure={score} />}
          </header>
          {evaluation ? (
            <>
              <EvaluationChooser />
              <PairHeatmap
                label={`${t.scoreGrid}: ${scoreName}`}
                figure={score}
                experts={summary.experts}
                map="cividis"
                value={(a, b) => rowOf([a, b])?.score ?? null}
                format={formatScore}
                short={shortScore}
                describe={(a, b) => {
                  const value = rowOf([a, b])?.score ?? null;
                  const words = value === null ? t.notMeasured : formatScore(value);
                  return t.cell(a + 1, b + 1, words);
                }}
                domain={scores.length > 0 ? [Math.min(...scores), Math.max(...scores)] : [0, 1]}
                mark={routed === null ? null : { value: routed, label: t.routed }}
                read={(at) => {
                  const row = at && rowOf(at);
                  if (!row) return t.hintScore(routed === null ? null : formatScore(routed));
                  const value = row.score === null ? t.notMeasured : formatScore(row.score);
                  return t.readScore(row.a + 1, row.b + 1, value);
                }}
                pair={pair}
                onPair={setPair}
              />
              <p className={textStyles.quiet}>{t.scoreHint}</p>
            </>
          ) : (
            <EmptyState title={t.noScores}>{t.noScoresHint}</EmptyState>
          )}
        </section>
      </div>
      {evaluation && (
        <section className={styles.mismatch} aria-label={t.correlation}>
          <div className={styles.mismatchWords}>
            <h3>{t.correlation}</h3>
            <Correlation found={correlation} />
            <p className={textStyles.quiet}>{t.definition}</p>
            <p className={textStyles.quiet}>{t.facts(evaluation.items, evaluation.choices)}</p>
          </div>
          <div className={styles.mismatchPlot}>
            <div className={clsx(detailsStyles.head, styles.mismatchSave)}>
              <FigureActions name={fileNames.mismatch} rows={csv} figure={scatter} />
            </div>
            <RankScatter
              label={t.scatter}
              figure={scatter}
              rows={rows}
              formatShare={(value) => formatPercent(value, 1)}
              formatScore={formatScore}
              xLabel={t.share}
              yLabel={scoreName}
              pair={pair}
              onPair={setPair}
            />
          </div>
        </section>
      )}
      <PairJob experts={summary.experts} refusal={refusal} />
      <details className={detailsStyles.table}>
        <summary className={textStyles.quiet}>{t.table}</summary>
        <PairTable
          rows={rows}
          score={evaluation ? { name: scoreName, format: formatScore } : null}
        />
      </details>
    </Card>
  );
}

/** ρ and p, and what they say in words. */
function Correlation({ found }: { readonly found: RankCorrelation }) {
  const t = pairsText();
  const { rho, p, method, orders, count } = found;
  if (rho === null || p === null) return <p>{t.noRho}</p>;
  const said = p >= 0.05 ? t.chance : rho > 0 ? t.agrees : t.disagrees;
  return (
    <>
      <dl className={styles.mismatchNumbers}>
        <div>
          <dt>{t.rho}</dt>
          <dd>{formatFixed(rho, 3)}</dd>
        </div>
        <div>
          <dt>{t.p}</dt>
          <dd>{formatNumber(p, 3)}</dd>
        </div>
      </dl>
      <p>{said}</p>
      <p className={textStyles.quiet}>
        {t.counted(count, method === 'exact' ? t.exact(orders) : t.sampled(orders))}
      </p>
    </>
  );
}

/** Which evaluation, which of its tasks, and which score. */
function EvaluationChooser() {
  const t = pairsText();
  const { evaluations, measure, task, running, choose, setMeasure, setTask, remove } =
    useExpertPairs();
  const evaluation = useExpertPairs(shownEvaluation);
  if (!evaluation || !evaluations) return null;
  return (
    <div className={styles.figure4Choices}>
      {evaluations.length > 1 && (
        <Select
          size="small"
          aria-label={t.evaluation}
          value={evaluation.id}
          choices={evaluations.map(({ id, createdAt, items }) => ({
            value: id,
            label: t.evaluationName(formatTime(createdAt), items),
          }))}
          onChange={choose}
        />
      )}
      {evaluation.tasks.length > 1 && (
        <Select
          size="small"
          aria-label={t.evaluationTask}
          value={task === null ? 'all:' : `task:${task}`}
          choices={[
            { value: 'all:', label: t.allTasks },
            ...evaluation.tasks.map((name) => ({ value: `task:${name}`, label: name })),
          ]}
          onChange={(value) => setTask(value === 'all:' ? null : value.slice(5))}
        />
      )}
      {evaluation.choices > 0 ? (
        <Segmented
          size="small"
          label={t.measure}
          value={measure}
          choices={[
            { value: 'accuracy', label: t.accuracy },
            { value: 'logLikelihood', label: t.logLikelihood },
          ]}
          onChange={setMeasure}
        />
      ) : (
        <span className={textStyles.quiet}>{t.noChoice}</span>
      )}
      {!running && (
        <IconButton
          size="small"
          label={t.remove}
          icon={<Trash2 size={15} aria-hidden />}
          onClick={() => void remove(evaluation.id)}
        />
      )}
    </div>
  );
}

function PairTable({
  rows,
  score,
}: {
  readonly rows: readonly PairRow[];
  readonly score: { readonly name: string; readonly format: (value: number) => string } | null;
}) {
  const t = pairsText();
  const sorted = [...rows].sort((one, other) => other.share - one.share);
  const scored: Column<PairRow>[] = score
    ? [
        {
          key: 'score',
          header: score.name,
          align: 'end',
          cell: (row) => (row.score === null ? unknown : score.format(row.score)),
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

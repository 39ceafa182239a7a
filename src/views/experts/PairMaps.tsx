/** The two maps of figure 4: how often each pair of experts is chosen, and what it scores when forced. */
import { clsx } from 'clsx';
import { useRef, type ReactNode } from 'react';
import type { PairRow } from '../../studio/experts/expert-figures.ts';
import { type Pair, PairHeatmap } from './PairHeatmap.tsx';
import type { RoutingSummary } from '../../studio/experts/experts.ts';
import { pairsText } from './text-pairs.ts';
import { FigureActions } from '../shared/figures/FigureActions.tsx';
import { formatPercent, formatFixed, formatInteger } from '../shared/format.ts';
import type { ScoreScale } from './score-scale.ts';
import { EmptyState } from '../shared/EmptyState.tsx';
import { named } from '../shared/words/marks.ts';
import styles from './Figure4.module.css';
import detailsStyles from './details.module.css';
import textStyles from '../shared/text.module.css';

/** Names of exported files. */
const fileNames = { frequency: 'expert-pairs-frequency', score: 'expert-pairs-score' } as const;

export interface PairFigureProps {
  readonly rows: readonly PairRow[];
  /** The file name of the figure. */
  readonly csv: () => readonly (readonly (string | number)[])[];
  /** The pair under the cursor, shared by all parts of the figure. */
  readonly pair: Pair | null;
  readonly onPair: (pair: Pair | null) => void;
}

/** (a): the share of decisions in which each pair was chosen. */
export function FrequencyMap({
  rows,
  csv,
  summary,
  even,
  active,
  ...cursor
}: PairFigureProps & {
  readonly summary: RoutingSummary;
  /** Share of every pair if experts were drawn evenly. */
  readonly even: number;
  /** K. */
  readonly active: number;
}) {
  const t = pairsText();
  const figure = useRef<HTMLDivElement>(null);
  const share = (a: number, b: number) => rowOf(rows, [a, b])?.share ?? null;
  return (
    <section className={styles.figure4Side} aria-label={t.frequency}>
      <header className={detailsStyles.head}>
        <h3>{t.frequency}</h3>
        <FigureActions name={fileNames.frequency} rows={csv} figure={figure} />
      </header>
      <p className={clsx(styles.figure4Choices, textStyles.quiet)}>
        {t.perDecision(active, summary.experts)}
      </p>
      <PairHeatmap
        {...cursor}
        label={t.frequencyGrid}
        figure={figure}
        experts={summary.experts}
        map="viridis"
        value={share}
        format={(value) => formatPercent(value, 1)}
        short={(value) => formatFixed(value * 100, 1)}
        describe={(a, b) => t.cell(a + 1, b + 1, formatPercent(share(a, b) ?? Number.NaN, 1))}
        domain={[0, Math.max(1e-9, summary.largestPair)]}
        mark={{ value: even, label: formatPercent(even, 1) }}
        read={(at) => {
          const row = at && rowOf(rows, at);
          if (!row) return t.hintShare(summary.decisions);
          return t.readShare(
            row.a + 1,
            row.b + 1,
            formatPercent(row.share, 2),
            formatInteger(row.times),
            formatPercent(even, 2),
          );
        }}
      />
    </section>
  );
}

/** (b): what each pair scores when every token is sent to it. */
export function ScoreMap({
  rows,
  csv,
  experts,
  scale,
  routed,
  chooser,
  ...cursor
}: PairFigureProps & {
  readonly experts: number;
  readonly scale: ScoreScale;
  /** What the routers' own choices score; null where it was not measured. */
  readonly routed: number | null;
  /** Which evaluation is shown; null where no pair was scored yet. */
  readonly chooser: ReactNode;
}) {
  const t = pairsText();
  const figure = useRef<HTMLDivElement>(null);
  const scores = rows.flatMap(({ score }) => score ?? []);
  const score = (a: number, b: number) => rowOf(rows, [a, b])?.score ?? null;
  const written = (value: number | null) => (value === null ? t.notMeasured : scale.format(value));
  return (
    <section className={styles.figure4Side} aria-label={t.score}>
      <header className={detailsStyles.head}>
        <h3>{t.score}</h3>
        {chooser && <FigureActions name={fileNames.score} rows={csv} figure={figure} />}
      </header>
      {chooser ? (
        <>
          {chooser}
          <PairHeatmap
            {...cursor}
            label={named(t.scoreGrid, scale.name)}
            figure={figure}
            experts={experts}
            map="cividis"
            value={score}
            format={scale.format}
            short={scale.short}
            describe={(a, b) => t.cell(a + 1, b + 1, written(score(a, b)))}
            domain={scores.length > 0 ? [Math.min(...scores), Math.max(...scores)] : [0, 1]}
            mark={routed === null ? null : { value: routed, label: t.routed }}
            read={(at) => {
              const row = at && rowOf(rows, at);
              if (!row) return t.hintScore(routed === null ? null : scale.format(routed));
              return t.readScore(row.a + 1, row.b + 1, written(row.score));
            }}
          />
          <p className={textStyles.quiet}>{t.scoreHint}</p>
        </>
      ) : (
        <EmptyState title={t.noScores}>{t.noScoresHint}</EmptyState>
      )}
    </section>
  );
}

function rowOf(rows: readonly PairRow[], [a, b]: Pair): PairRow | undefined {
  return rows.find((row) => row.a === a && row.b === b);
}

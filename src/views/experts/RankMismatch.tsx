/** Shows whether the pairs that the router prefers score best: their rank correlation in words and as points. */
import { useMemo, useRef } from 'react';
import { clsx } from 'clsx';
import type { PairFigureProps } from './PairMaps.tsx';
import type { ScoreScale } from './score-scale.ts';
import type { PairEvaluation } from '../../contract/experts.ts';
import { pairsText } from './text-pairs.ts';
import { pairCorrelation } from '../../studio/experts/expert-figures.ts';
import { FigureActions } from '../shared/figures/FigureActions.tsx';
import { RankScatter } from './RankScatter.tsx';
import { formatPercent, formatFixed, formatNumber } from '../shared/format.ts';
import type { RankCorrelation } from '../../studio/experts/expert-figures.ts';
import styles from './Figure4.module.css';
import textStyles from '../shared/text.module.css';
import detailsStyles from './details.module.css';

const fileName = 'expert-pairs-mismatch';

export function RankMismatch({
  rows,
  csv,
  scale,
  evaluation,
  ...cursor
}: PairFigureProps & { readonly scale: ScoreScale; readonly evaluation: PairEvaluation }) {
  const t = pairsText();
  const figure = useRef<HTMLDivElement>(null);
  const correlation = useMemo(() => pairCorrelation(rows), [rows]);
  return (
    <section className={styles.mismatch} aria-label={t.correlation}>
      <div className={styles.mismatchWords}>
        <h3>{t.correlation}</h3>
        <Correlation found={correlation} />
        <p className={textStyles.quiet}>{t.definition}</p>
        <p className={textStyles.quiet}>{t.facts(evaluation.items, evaluation.choices)}</p>
      </div>
      <div className={styles.mismatchPlot}>
        <div className={clsx(detailsStyles.head, styles.mismatchSave)}>
          <FigureActions name={fileName} rows={csv} figure={figure} />
        </div>
        <RankScatter
          {...cursor}
          label={t.scatter}
          figure={figure}
          rows={rows}
          formatShare={(value) => formatPercent(value, 1)}
          formatScore={scale.format}
          xLabel={t.share}
          yLabel={scale.name}
        />
      </div>
    </section>
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

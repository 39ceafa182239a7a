/** All charts of a run under one crosshair. */
import { memo, useState } from 'react';
import { useWords } from '../../studio/language.ts';
import type { LiveCurves } from '../../studio/runs/live-curves.ts';
import type { StageProgress } from '../../contract/runs.ts';
import { formatFixed, formatInteger, formatNumber } from '../shared/format.ts';
import { stageTitle } from '../shared/figures/diagram-text.ts';
import { CurvesCard, SmallCharts } from './CurvesCard.tsx';
import { MetricChart } from './MetricChart.tsx';
import { chartText } from './text.ts';
import chartStyles from './chart.module.css';
import styles from './RunCharts.module.css';

const loss = (value: number) => formatFixed(value, 3);
/** A learning rate as people write it: 1.5e-4. */
export const rate = (value: number) => (value === 0 ? '0' : exponent(value));
const short = (value: number) => formatNumber(value, 3);

/** The curves of a run: every stage on one axis, one cursor through all of them. */
export const RunCharts = memo(function RunCharts({
  source,
  stages,
}: {
  readonly source: LiveCurves;
  readonly stages: readonly StageProgress[];
}) {
  const t = useWords(chartText);
  const [smoothing, setSmoothing] = useState(() => initialSmoothing(stages));
  const run = { source, stages, smoothing };
  const small = { ...run, height: 150 };
  return (
    <CurvesCard
      title={t.curves}
      aside={t.over}
      help={t.smoothingHelp}
      smoothing={smoothing}
      onSmoothing={setSmoothing}
    >
      <MetricChart
        {...run}
        title={t.loss}
        fileName="loss"
        curve="nll"
        height={260}
        format={loss}
        tickFormat={short}
        validation
        namesStep
        legend={<LossLegend stages={stages} />}
      />
      <SmallCharts>
        <MetricChart
          {...small}
          title={t.orthogonal}
          fileName="orthogonal-loss"
          curve="orthogonal"
          smoothing={0}
          format={short}
          nothing={t.onlyOrthogonal}
        />
        <MetricChart
          {...small}
          title={t.learningRate}
          fileName="learning-rate"
          curve="learningRate"
          smoothing={0}
          format={rate}
          tickFormat={rate}
          fromZero
        />
        <MetricChart
          {...small}
          title={t.gradientNorm}
          fileName="gradient-norm"
          curve="gradientNorm"
          format={short}
          fromZero
        />
        <MetricChart
          {...small}
          title={t.speed}
          fileName="tokens-per-second"
          curve="tokensPerSecond"
          format={formatInteger}
          fromZero
        />
      </SmallCharts>
    </CurvesCard>
  );
});

/** A short run needs less smoothing: an average over more steps than it has shows nothing. */
function initialSmoothing(stages: readonly StageProgress[]): number {
  const total = stages.reduce((sum, { steps }) => sum + steps, 0);
  if (total < 60) return 0.5;
  return total < 600 ? 0.8 : 0.9;
}

/** 1.5e-4 as people write it. */
function exponent(value: number): string {
  const [digits = '', power = ''] = value.toExponential(2).split('e');
  return `${Number(digits)}e${power.replace('+', '').replace('-', '−')}`;
}

function LossLegend({ stages }: { readonly stages: readonly StageProgress[] }) {
  const t = chartText();
  return (
    <span className={styles.chartLegend}>
      {stages.map(({ name }, stage) => (
        <span key={name}>
          <svg width="12" height="12" aria-hidden>
            <rect
              width="11"
              height="11"
              x="0.5"
              y="0.5"
              rx="2"
              fill={`var(--stage-${stage % 2 === 0 ? 1 : 2}-tint)`}
              stroke="var(--line-strong)"
            />
          </svg>
          {t.stage(stage + 1, stageTitle(name))}
        </span>
      ))}
      <span>
        <svg width="10" height="10" aria-hidden>
          <circle className={chartStyles.knowledge} cx="5" cy="5" r="4" />
        </svg>
        {t.validationKnowledge}
      </span>
      <span>
        <svg width="12" height="12" aria-hidden>
          <path className={chartStyles.alignment} d="M6 1l5 5l-5 5l-5 -5z" />
        </svg>
        {t.validationAlignment}
      </span>
    </span>
  );
}

import { memo, useState } from 'react';
import type { LiveCurves } from '../../studio/runs.ts';
import type { StageProgress } from '../../worker/protocol.ts';
import { Card } from '../shared/Card.tsx';
import { formatFixed, formatInteger, formatNumber } from '../shared/format.ts';
import { SliderField } from '../shared/Toggle.tsx';
import { MetricChart } from './MetricChart.tsx';

const loss = (value: number) => formatFixed(value, 3);
/** A learning rate as people write it: 1.5e-4. */
const rate = (value: number) => (value === 0 ? '0' : exponent(value));
const short = (value: number) => formatNumber(value, 3);

/** The curves of a run: every stage on one axis, one cursor through all of them. */
export const RunCharts = memo(function RunCharts({
  source,
  stages,
}: {
  readonly source: LiveCurves;
  readonly stages: readonly StageProgress[];
}) {
  const [smoothing, setSmoothing] = useState(() => initialSmoothing(stages));
  return (
    <Card
      className="curves"
      title="Curves"
      aside="over optimiser steps"
      actions={
        <SliderField
          className="curves__smoothing"
          label="Smoothing"
          help="Weight of the past in the moving average. The raw values stay visible, and no spike is left out."
          value={smoothing}
          min={0}
          max={0.99}
          step={0.01}
          onChange={setSmoothing}
          format={(value) => (value === 0 ? 'off' : value.toFixed(2))}
        />
      }
    >
      <MetricChart
        title="Loss (nll per target token)"
        name="nll"
        source={source}
        stages={stages}
        height={260}
        smoothing={smoothing}
        format={loss}
        tickFormat={short}
        validation
        namesStep
        legend={<LossLegend stages={stages} />}
      />
      <div className="curves__small">
        <MetricChart
          title="Orthogonal loss, unweighted"
          name="orthogonal"
          source={source}
          stages={stages}
          height={150}
          smoothing={0}
          format={short}
          nothing="Only in stages with the orthogonal term"
        />
        <MetricChart
          title="Learning rate"
          name="learningRate"
          source={source}
          stages={stages}
          height={150}
          smoothing={0}
          format={rate}
          tickFormat={rate}
          fromZero
        />
        <MetricChart
          title="Gradient norm, before clipping"
          name="gradientNorm"
          source={source}
          stages={stages}
          height={150}
          smoothing={smoothing}
          format={short}
          fromZero
        />
        <MetricChart
          title="Tokens per second"
          name="tokensPerSecond"
          source={source}
          stages={stages}
          height={150}
          smoothing={smoothing}
          format={formatInteger}
          fromZero
        />
      </div>
    </Card>
  );
});

/** A short run needs less: an average over more steps than there are shows nothing. */
function initialSmoothing(stages: readonly StageProgress[]): number {
  const total = stages.reduce((sum, { steps }) => sum + steps, 0);
  if (total < 60) return 0.5;
  return total < 600 ? 0.8 : 0.9;
}

function exponent(value: number): string {
  const [digits = '', power = ''] = value.toExponential(2).split('e');
  return `${Number(digits)}e${power.replace('+', '').replace('-', '−')}`;
}

function LossLegend({ stages }: { readonly stages: readonly StageProgress[] }) {
  return (
    <span className="chart-legend">
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
          {stage + 1} {name}
        </span>
      ))}
      <span>
        <svg width="10" height="10" aria-hidden>
          <circle className="chart__knowledge" cx="5" cy="5" r="4" />
        </svg>
        validation, knowledge
      </span>
      <span>
        <svg width="12" height="12" aria-hidden>
          <path className="chart__alignment" d="M6 1l5 5l-5 5l-5 -5z" />
        </svg>
        validation, alignment
      </span>
    </span>
  );
}

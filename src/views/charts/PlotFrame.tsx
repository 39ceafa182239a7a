import { memo } from 'react';
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceArea,
  ReferenceLine,
  XAxis,
  YAxis,
} from 'recharts';
import { useLanguage } from '../../studio/language.ts';
import { formatInteger, formatNumber } from '../shared/format.ts';
import { margins, type Frame, type Size } from './plot.ts';

export interface PlotFrameProps extends Size {
  readonly frame: Frame;
  readonly format: (value: number) => string;
  /** Formats the values along the bottom; steps unless told otherwise. */
  readonly xFormat?: (value: number) => string;
}

const tickStyle = { fontSize: 11, fill: 'var(--ink-faint)' };

/** The format, or more digits where it would write two ticks alike. */
function apart(
  ticks: readonly number[],
  format: (value: number) => string,
): (value: number) => string {
  const alike = new Set(ticks.map(format)).size < ticks.length;
  return alike ? (value) => formatNumber(value, 6) : format;
}

/**
 * Axes, grid, stage bands and boundaries. They change when a domain does, which is seldom; the lines,
 * which change at every step, are paths above it: redrawing a line through the chart library takes longer
 * than a frame (docs/decisions/curves-beside-recharts.md).
 */
export const PlotFrame = memo(function PlotFrame({
  width,
  height,
  frame,
  format,
  xFormat = formatInteger,
}: PlotFrameProps) {
  const { bands } = frame;
  const language = useLanguage((state) => state.shown);
  // Axes get their scales from a line; this one spans the domains and is not drawn.
  const corners = frame.x.map((x, index) => ({ x, y: frame.y[index] }));
  return (
    <LineChart
      // The library keeps its ticks as long as their format is the same function.
      key={language}
      width={width}
      height={height}
      data={corners}
      margin={{ left: 0, right: margins.right, top: margins.top, bottom: 0 }}
      accessibilityLayer={false}
    >
      {bands.map(({ stage, start, end }) => (
        <ReferenceArea
          key={stage}
          x1={start}
          x2={end}
          fill={`var(--stage-${stage % 2 === 0 ? 1 : 2}-tint)`}
          fillOpacity={1}
          stroke="none"
        />
      ))}
      <CartesianGrid stroke="var(--grid-line)" vertical={false} />
      {bands.slice(1).map(({ stage, start }) => (
        <ReferenceLine key={stage} x={start} stroke="var(--line-strong)" strokeDasharray="3 3" />
      ))}
      <XAxis
        type="number"
        dataKey="x"
        domain={[frame.x[0], frame.x[1]]}
        ticks={[...frame.xTicks]}
        height={margins.bottom}
        tick={tickStyle}
        tickFormatter={xFormat}
        tickLine={false}
        axisLine={{ stroke: 'var(--line-strong)' }}
        interval="preserveStartEnd"
      />
      <YAxis
        type="number"
        scale={frame.log === true ? 'log' : 'linear'}
        domain={[frame.y[0], frame.y[1]]}
        ticks={[...frame.yTicks]}
        width={margins.left}
        tick={tickStyle}
        tickFormatter={apart(frame.yTicks, format)}
        tickLine={false}
        axisLine={false}
        interval={0}
      />
      <Line dataKey="y" stroke="none" dot={false} activeDot={false} isAnimationActive={false} />
    </LineChart>
  );
});

/** One metric as a chart with a table behind it. */
import { clsx } from 'clsx';
import { memo, useId, useMemo, useRef, useState, type ReactNode } from 'react';
import { useWords } from '../../studio/language.ts';
import {
  drawLine,
  type CurveBook,
  type CurveName,
  type DrawnLine,
} from '../../studio/runs/curves.ts';
import { equalValues } from '../../studio/runs/recipe-edit.ts';
import type { LiveCurves } from '../../studio/runs/live-curves.ts';
import type { StageProgress } from '../../contract/runs.ts';
import { FigureActions } from '../shared/figures/FigureActions.tsx';
import { ChartCursor } from './ChartCursor.tsx';
import { useCrosshair } from './crosshair.ts';
import { PlotArea } from './PlotArea.tsx';
import { layOutFrame, linePath, plotScales, stageBands, type Frame, type Scales } from './plot.ts';
import { chartText } from './text.ts';
import { useLiveVersion } from './use-live-version.ts';
import { useWidth } from './use-width.ts';
import chartStyles from './chart.module.css';
import styles from './MetricChart.module.css';

/** Most points of a drawn line: about one per pixel of a wide chart. */
const maxPoints = 600;

export interface MetricChartProps {
  readonly title: string;
  readonly curve: CurveName;
  readonly source: LiveCurves;
  readonly stages: readonly StageProgress[];
  readonly height: number;
  /** Share of the past in the smoothed line; 0 draws the raw line alone. */
  readonly smoothing: number;
  readonly format: (value: number) => string;
  /** Formats values at the axis, where they need fewer digits. */
  readonly tickFormat?: (value: number) => string;
  /** Lets the y axis begin at 0. */
  readonly fromZero?: boolean;
  /** Marks the validation losses too. */
  readonly validation?: boolean;
  /** Shown in place of a curve that has no values. */
  readonly nothing?: string;
  /** Says which step the cursor is at; once among charts that share it. */
  readonly namesStep?: boolean;
  readonly legend?: ReactNode;
  readonly className?: string | undefined;
  /** Name of the files in which the figure is saved; without it the figure cannot be saved. */
  readonly fileName?: string;
}

interface Drawing {
  readonly version: number;
  readonly line: DrawnLine;
  readonly frame: Frame;
}

/** One quantity over all steps of a run, live. Its values are also in the run's step log. */
export const MetricChart = memo(function MetricChart(props: MetricChartProps) {
  const { title, curve, source, stages, height, smoothing, format, tickFormat = format } = props;
  const { fromZero = false, validation = false, namesStep = false, nothing, fileName } = props;
  const t = useWords(chartText);
  const id = useId();
  const figure = useRef<HTMLElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot);
  const wanted = { fromZero, validation, narrow: width < 420 };
  const { version, line, frame } = useDrawing({ source, curve, stages, smoothing, ...wanted });
  const size = { width, height };
  const scales = plotScales(frame, size);
  const read = { book: source.book, curve, format };
  return (
    <figure
      ref={figure}
      className={clsx(chartStyles.chart, props.className)}
      aria-labelledby={`${id}-title`}
    >
      <figcaption className={chartStyles.head}>
        <span className={chartStyles.title} id={`${id}-title`}>
          {title}
        </span>
        {props.legend}
        <ChartValue {...read} {...{ namesStep, validation, version }} />
      </figcaption>
      <PlotArea
        {...{ plot, size, frame }}
        format={tickFormat}
        nothing={line.rows.length > 0 ? null : (nothing ?? t.nothing)}
        cursor={<Cursor {...read} title={title} scales={scales} height={height} />}
      >
        <path
          className={smoothing > 0 ? styles.raw : styles.line}
          data-line={smoothing > 0 ? 'raw' : 'drawn'}
          d={linePath(line.rows, 'value', scales)}
        />
        {smoothing > 0 && (
          <path
            className={styles.line}
            data-line="drawn"
            d={linePath(line.rows, 'smoothed', scales)}
          />
        )}
        {validation && <ValidationMarks book={source.book} scales={scales} />}
      </PlotArea>
      {fileName !== undefined && (
        <div className={chartStyles.save}>
          <FigureActions
            name={fileName}
            figure={figure}
            rows={() => chartRows(source.book, curve, title, validation)}
          />
        </div>
      )}
    </figure>
  );
});

/** The numbers behind a chart: every step, and validation losses after the step that they follow. */
function chartRows(
  book: CurveBook,
  curve: CurveName,
  title: string,
  validation: boolean,
): (string | number)[][] {
  const t = chartText();
  const marks = [t.validationKnowledge, t.validationAlignment];
  const header = [t.columns.stage, t.columns.step, title, ...(validation ? marks : [])];
  const empty = validation ? ['', ''] : [];
  const steps = [...book.curve(curve)].map((value, index) => {
    const place = book.place(index);
    const where = [(place?.stage ?? 0) + 1, (place?.step ?? 0) + 1];
    return [...where, Number.isNaN(value) ? '' : value, ...empty];
  });
  const measured = validation
    ? book.validation.map(({ stage, step, knowledge, alignment }) => [
        ...[stage + 1, step, ''],
        ...[knowledge ?? '', alignment ?? ''],
      ])
    : [];
  return [header, ...steps, ...measured];
}

/** The data drawn now; a separate frame updates it whenever the run reports new steps. */
function useDrawing({
  source,
  curve,
  stages,
  smoothing,
  fromZero,
  validation,
  narrow,
}: Pick<MetricChartProps, 'source' | 'curve' | 'stages' | 'smoothing'> &
  Readonly<Record<'fromZero' | 'validation' | 'narrow', boolean>>): Drawing {
  const version = useLiveVersion(source);
  const line = useMemo(
    () => drawLine(source.book, curve, smoothing, maxPoints),
    // The book is one object that changes; its version says when.
    // oxlint-disable-next-line react/exhaustive-deps
    [source, curve, smoothing, version],
  );
  const fresh = useMemo(() => {
    const range = validation ? withValidation(line.range, source.book) : line.range;
    const ticks = { x: narrow ? 4 : 8, y: 4 };
    return layOutFrame(range, stageBands(stages, source.book), fromZero, ticks);
    // oxlint-disable-next-line react/exhaustive-deps
  }, [line, stages, fromZero, validation, narrow, source, version]);
  // An unchanged frame stays the same object, so that the axes are not drawn again.
  const [frame, setFrame] = useState(fresh);
  if (frame !== fresh && !equalValues(frame, fresh)) setFrame(fresh);
  return { version, line, frame };
}

function withValidation(range: DrawnLine['range'], book: CurveBook): DrawnLine['range'] {
  let [low, high] = range ?? [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { knowledge, alignment } of book.validation) {
    for (const loss of [knowledge, alignment]) {
      if (loss === null || !Number.isFinite(loss)) continue;
      low = Math.min(low, loss);
      high = Math.max(high, loss);
    }
  }
  return low <= high ? [low, high] : range;
}

function ValidationMarks({ book, scales }: { readonly book: CurveBook; readonly scales: Scales }) {
  return book.validation.map((point) => {
    const x = scales.x(book.positionOf(point));
    const key = `${point.stage}.${point.step}.${point.snapshot}`;
    return (
      <g key={key}>
        {point.knowledge !== null && (
          <circle className={chartStyles.knowledge} cx={x} cy={scales.y(point.knowledge)} r={4} />
        )}
        {point.alignment !== null && (
          <path
            className={chartStyles.alignment}
            d={`M${x} ${scales.y(point.alignment) - 5}l5 5l-5 5l-5 -5z`}
          />
        )}
      </g>
    );
  });
}

interface ReadProps {
  readonly book: CurveBook;
  readonly curve: CurveName;
  readonly format: (value: number) => string;
}

/** The value at the cursor, or the latest one. */
function ChartValue({
  book,
  curve,
  format,
  namesStep,
  validation,
}: ReadProps & {
  readonly namesStep: boolean;
  readonly validation: boolean;
  readonly version: number;
}) {
  const index = useCrosshair((state) => state.index);
  const at = index === null ? book.length - 1 : Math.min(index, book.length - 1);
  const value = book.curve(curve)[at];
  const place = book.place(at);
  if (value === undefined || place === null) return <span className={styles.value}>–</span>;
  return (
    <span className={styles.value} data-value>
      {namesStep && index !== null && (
        <span className={chartStyles.step}>{chartText().at(place.stage + 1, place.step + 1)}</span>
      )}
      {Number.isNaN(value) ? '–' : format(value)}
      {validation && index !== null && (
        <span className={chartStyles.step}>{validationWords(book, at, format)}</span>
      )}
    </span>
  );
}

/** The validation losses measured last before a step has passed, in words; empty where there are none. */
function validationWords(
  book: CurveBook,
  index: number,
  format: (value: number) => string,
): string {
  const t = chartText();
  const done = (book.positions[index] ?? 0) + 1;
  const measured = book.validation.findLast((point) => book.positionOf(point) <= done);
  if (!measured) return '';
  const { knowledge, alignment } = measured;
  return [
    ...(knowledge === null ? [] : [`${t.validationKnowledge} ${format(knowledge)}`]),
    ...(alignment === null ? [] : [`${t.validationAlignment} ${format(alignment)}`]),
  ].join(' · ');
}

function Cursor({
  title,
  book,
  curve,
  scales,
  height,
  format,
}: ReadProps & {
  readonly title: string;
  readonly scales: Scales;
  readonly height: number;
}) {
  const t = chartText();
  const index = useCrosshair((state) => state.index);
  const last = book.length - 1;
  const at = Math.min(index ?? last, last);
  const place = book.place(at);
  const value = book.curve(curve)[at] ?? Number.NaN;
  const written = Number.isNaN(value) ? t.noValue : format(value);
  const x = scales.x((book.positions[at] ?? 0) + 1);
  return (
    <ChartCursor
      {...{ title, at, last, x, height }}
      spoken={place ? t.valueAt(place.stage + 1, place.step + 1, written) : t.noStep}
      indexAt={(pixel) => book.nearest(scales.stepsAt(pixel) - 1)}
    >
      {Number.isFinite(value) && (
        <circle className={styles.dot} cx={x} cy={scales.y(value)} r={3.5} />
      )}
    </ChartCursor>
  );
}

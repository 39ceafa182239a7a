/** One quantity of several runs over each other: each run is a line, told apart by colour and dash. */
import { useId, useMemo, useRef } from 'react';
import { axisTicks, type DrawnRow } from '../../studio/runs/curves.ts';
import { FigureActions } from '../shared/figures/FigureActions.tsx';
import { formatInteger } from '../shared/format.ts';
import { Table, type Column } from '../shared/Table.tsx';
import { ChartCursor } from './ChartCursor.tsx';
import { useCrosshair } from './crosshair.ts';
import { PlotArea } from './PlotArea.tsx';
import { layOutFrame, linePath, plotScales, type Band, type Frame, type Scales } from './plot.ts';
import { chartText } from './text.ts';
import { useWidth } from './use-width.ts';
import chartStyles from './chart.module.css';
import styles from './OverlayChart.module.css';

export interface OverlayLine {
  readonly key: string;
  readonly name: string;
  /** The line to draw, already sampled and smoothed. */
  readonly rows: readonly DrawnRow[];
  readonly range: readonly [number, number] | null;
  /** The run's value after this many of its steps; NaN where it has none. */
  readonly valueAt: (steps: number) => number;
  /** Values are few and far between, so they are marked. */
  readonly marked?: boolean;
}

export interface OverlayChartProps {
  readonly title: string;
  readonly fileName: string;
  readonly lines: readonly OverlayLine[];
  /** The bands of the stages, where they are the same in all runs. */
  readonly bands: readonly Band[];
  /** Steps of the longest run. */
  readonly steps: number;
  readonly height: number;
  readonly format: (value: number) => string;
  readonly fromZero?: boolean;
  readonly nothing: string;
}

/** Rows of the table behind the chart. */
const tableRows = 12;

/** Colour and dash of the run at this place among the compared ones. */
function runMark(place: number): number {
  return (place % 6) + 1;
}

export function OverlayChart(props: OverlayChartProps) {
  const { title, fileName, lines, bands, steps, height, format, fromZero = false, nothing } = props;
  const id = useId();
  const figure = useRef<HTMLElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot);
  const index = useCrosshair((state) => state.index);
  const narrow = width < 420;
  const frame = useMemo(
    () => ({ ...overlayFrame(lines, steps, fromZero, narrow), bands }),
    [lines, bands, steps, fromZero, narrow],
  );
  const size = { width, height };
  const scales = plotScales(frame, size);
  const empty = lines.every(({ rows }) => rows.length === 0);
  const pointed = index === null ? null : Math.min(index + 1, steps);
  const at = pointed ?? steps;
  const written = (line: OverlayLine, after: number): string => {
    const value = line.valueAt(after);
    return Number.isNaN(value) ? '–' : format(value);
  };
  const spoken = lines.map((line) => `${line.name} ${written(line, at)}`).join(', ');
  const t = chartText();
  return (
    <figure ref={figure} className={chartStyles.chart} aria-labelledby={`${id}-title`}>
      <figcaption className={chartStyles.head}>
        <span className={chartStyles.title} id={`${id}-title`}>
          {title}
        </span>
        {pointed !== null && <span className={chartStyles.step}>{t.stepAt(pointed)}</span>}
      </figcaption>
      <PlotArea
        {...{ plot, size, frame, format }}
        nothing={empty ? nothing : null}
        cursor={
          <ChartCursor
            title={title}
            at={at - 1}
            last={steps - 1}
            spoken={`${t.stepAt(at)}: ${spoken}`}
            x={scales.x(at)}
            height={height}
            indexAt={(pixel) => Math.min(steps, Math.max(1, Math.round(scales.stepsAt(pixel)))) - 1}
          />
        }
      >
        <Lines lines={lines} scales={scales} />
      </PlotArea>
      <ul className={styles.values} aria-hidden>
        {lines.map((line, place) => (
          <li key={line.key}>
            <LineSample place={place} /> {written(line, at)}
          </li>
        ))}
      </ul>
      <div className={chartStyles.save}>
        <FigureActions name={fileName} figure={figure} rows={() => overlayRows(lines, steps)} />
        {!empty && <Values {...{ title, lines, steps, written }} />}
      </div>
    </figure>
  );
}

/** Axes that hold the values of all lines and the steps of the longest run. */
function overlayFrame(
  lines: readonly OverlayLine[],
  steps: number,
  fromZero: boolean,
  narrow: boolean,
): Frame {
  const known = lines.flatMap(({ range }) => range ?? []);
  const range = known.length > 0 ? ([Math.min(...known), Math.max(...known)] as const) : null;
  const whole = { stage: 0, name: '', start: 0, end: Math.max(1, steps) };
  return layOutFrame(range, [whole], fromZero, { x: narrow ? 4 : 8, y: 4 });
}

/** The numbers that the figure saves: a row for each step, a column for each run. */
function overlayRows(lines: readonly OverlayLine[], steps: number): (string | number)[][] {
  const header = [chartText().columns.step, ...lines.map(({ name }) => name)];
  const rows = Array.from({ length: steps }, (_, step) => {
    const values = lines.map((line) => line.valueAt(step + 1));
    return [step + 1, ...values.map((value) => (Number.isNaN(value) ? '' : value))];
  });
  return [header, ...rows];
}

function Lines({
  lines,
  scales,
}: {
  readonly lines: readonly OverlayLine[];
  readonly scales: Scales;
}) {
  return lines.map((line, place) => (
    <g key={line.key}>
      <path
        className={styles.line}
        data-run={runMark(place)}
        d={linePath(line.rows, 'value', scales)}
      />
      {line.marked === true &&
        line.rows.map(
          ({ x, value: y }) =>
            y !== null && (
              <circle
                key={x}
                className={styles.mark}
                data-run={runMark(place)}
                cx={scales.x(x + 1)}
                cy={scales.y(y)}
                r={3}
              />
            ),
        )}
    </g>
  ));
}

/** The chart's values at some steps, the last among them, as a table. */
function Values({
  title,
  lines,
  steps,
  written,
}: Pick<OverlayChartProps, 'title' | 'lines' | 'steps'> & {
  readonly written: (line: OverlayLine, after: number) => string;
}) {
  const t = chartText();
  const places = axisTicks(0, steps, tableRows).filter(
    (step) => Number.isInteger(step) && step > 0,
  );
  const stepColumn: Column<number> = {
    key: 'step',
    header: t.step,
    rowHeader: true,
    cell: (step) => formatInteger(step),
  };
  const lineColumns = lines.map((line): Column<number> => ({
    key: line.key,
    header: line.name,
    align: 'end',
    cell: (step) => written(line, step),
  }));
  return (
    <details className={chartStyles.table}>
      <summary>{t.values}</summary>
      <Table
        caption={title}
        maxHeight={280}
        columns={[stepColumn, ...lineColumns]}
        rows={[...new Set([...places, steps])]}
        rowKey={String}
      />
    </details>
  );
}

/** A short piece of a run's line, for legends. */
export function LineSample({ place }: { readonly place: number }) {
  return (
    <svg width="26" height="10" aria-hidden>
      <path className={styles.line} data-run={runMark(place)} d="M1 5L25 5" />
    </svg>
  );
}

/** One quantity of several runs over each other: each run is a line, told apart by colour and dash. */
import { useId, useMemo, useRef } from 'react';
import { axisTicks } from '../../../studio/runs/curves.ts';
import { placeAtValue, valueAtPlace } from '../../../studio/runs/overlay-axis.ts';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { Table, type Column } from '../../shared/Table.tsx';
import { listed, named } from '../../shared/words/marks.ts';
import { ChartCursor } from '../ChartCursor.tsx';
import { useCrosshair } from '../crosshair.ts';
import { PlotArea } from '../PlotArea.tsx';
import { linePath, plotScales, type Band, type Scales } from '../plot.ts';
import { chartText } from '../text.ts';
import { useWidth } from '../use-width.ts';
import { axisValue, axisWords } from './axis-words.ts';
import { overlayFrame, type OverlayLine, type OverlayView } from './overlay-frame.ts';
import chartStyles from '../chart.module.css';
import styles from './OverlayChart.module.css';

export interface OverlayChartProps {
  readonly title: string;
  readonly fileName: string;
  readonly lines: readonly OverlayLine[];
  /** The bands of the stages, where they are the same in all runs. */
  readonly bands: readonly Band[];
  readonly view: OverlayView;
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
  const { title, fileName, lines, bands, view, height, format, fromZero = false, nothing } = props;
  const { axis } = view;
  const id = useId();
  const figure = useRef<HTMLElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot);
  const index = useCrosshair((state) => state.index);
  const narrow = width < 420;
  const frame = useMemo(
    () => overlayFrame(lines, view, bands, { fromZero, narrow }),
    [lines, view, bands, fromZero, narrow],
  );
  const size = { width, height };
  const scales = plotScales(frame, size);
  const empty = lines.every(({ rows }) => rows.length === 0);
  const [first, last] = [placeAtValue(axis, frame.x[0]), placeAtValue(axis, frame.x[1])];
  const place = Math.min(last, Math.max(first, index ?? last));
  const at = valueAtPlace(axis, place);
  const written = (line: OverlayLine, value: number): string => {
    const found = line.valueAt(value);
    return Number.isNaN(found) ? '–' : format(found);
  };
  const spoken = listed(lines.map((line) => `${line.name} ${written(line, at)}`));
  const where = axisWords(axis.name, at);
  return (
    <figure ref={figure} className={chartStyles.chart} aria-labelledby={`${id}-title`}>
      <figcaption className={chartStyles.head}>
        <span className={chartStyles.title} id={`${id}-title`}>
          {title}
        </span>
        {index !== null && <span className={chartStyles.step}>{where}</span>}
      </figcaption>
      <PlotArea
        {...{ plot, size, frame, format }}
        xFormat={axisValue[axis.name]}
        nothing={empty ? nothing : null}
        cursor={
          <ChartCursor
            title={title}
            at={place}
            last={last}
            spoken={named(where, spoken)}
            x={scales.x(at)}
            height={height}
            indexAt={(pixel) => placeAtValue(axis, scales.stepsAt(pixel))}
          />
        }
      >
        <Lines lines={lines} scales={scales} log={frame.log === true} />
      </PlotArea>
      <ul className={styles.values} aria-hidden>
        {lines.map((line) => (
          <li key={line.key}>
            <LineSample place={line.place} />{' '}
            {index === null ? <Ends line={line} view={view} format={format} /> : written(line, at)}
          </li>
        ))}
      </ul>
      <div className={chartStyles.save}>
        <FigureActions name={fileName} figure={figure} rows={() => overlayRows(lines, view)} />
        {!empty && <Values {...{ title, lines, view, written }} />}
      </div>
    </figure>
  );
}

/** The last value of a line, and its best where lowest is best. */
function Ends({
  line: { last, best },
  view: { axis },
  format,
}: {
  readonly line: OverlayLine;
  readonly view: OverlayView;
  readonly format: (value: number) => string;
}) {
  const t = chartText();
  if (last === null) return '–';
  return (
    <span>
      {t.last(format(last))}
      {best && ` · ${t.best(format(best.value), axisWords(axis.name, best.at))}`}
    </span>
  );
}

/** The numbers that the figure saves: a row for each place of the axis, a column for each run. */
function overlayRows(lines: readonly OverlayLine[], { axis }: OverlayView): (string | number)[][] {
  const header = [axis.name, ...lines.map(({ name }) => name)];
  const rows = Array.from({ length: axis.places }, (_, place) => {
    const at = valueAtPlace(axis, place);
    const values = lines.map((line) => line.valueAt(at));
    return [at, ...values.map((value) => (Number.isNaN(value) ? '' : value))];
  });
  return [header, ...rows];
}

function Lines({
  lines,
  scales,
  log,
}: {
  readonly lines: readonly OverlayLine[];
  readonly scales: Scales;
  readonly log: boolean;
}) {
  return lines.map((line) => {
    // No logarithm: the line is broken there.
    const rows = log
      ? line.rows.map((row) => ((row.value ?? 0) > 0 ? row : { ...row, value: null }))
      : line.rows;
    return (
      <g key={line.key}>
        <path
          className={styles.line}
          data-run={runMark(line.place)}
          d={linePath(rows, 'value', scales)}
        />
        {line.marked === true &&
          rows.map(
            ({ x, value: y }) =>
              y !== null && (
                <circle
                  key={x}
                  className={styles.mark}
                  data-run={runMark(line.place)}
                  cx={scales.x(x + 1)}
                  cy={scales.y(y)}
                  r={3}
                />
              ),
          )}
      </g>
    );
  });
}

/** The chart's values at some places, the last among them, as a table. */
function Values({
  title,
  lines,
  view: { axis },
  written,
}: Pick<OverlayChartProps, 'title' | 'lines' | 'view'> & {
  readonly written: (line: OverlayLine, value: number) => string;
}) {
  const t = chartText();
  const places = axisTicks(0, axis.max, tableRows).filter(
    (value) => value > 0 && (axis.name !== 'steps' || Number.isInteger(value)),
  );
  const placeColumn: Column<number> = {
    key: 'place',
    header: t.axes[axis.name],
    rowHeader: true,
    cell: (value) => axisValue[axis.name](value),
  };
  const lineColumns = lines.map((line): Column<number> => ({
    key: line.key,
    header: line.name,
    align: 'end',
    cell: (value) => written(line, value),
  }));
  return (
    <details className={chartStyles.table}>
      <summary>{t.values}</summary>
      <Table
        caption={title}
        maxHeight={280}
        columns={[placeColumn, ...lineColumns]}
        rows={[...new Set([...places, axis.max])]}
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

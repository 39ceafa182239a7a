/** One quantity of several runs over each other: each run is a line, told apart by colour and dash. */
import { useId, useMemo, useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { axisTicks, type DrawnRow } from '../../studio/runs/curves.ts';
import { FigureActions } from '../shared/figures/FigureActions.tsx';
import { formatInteger } from '../shared/format.ts';
import { Table } from '../shared/Table.tsx';
import { useCrosshair } from './crosshair.ts';
import { PlotFrame } from './PlotFrame.tsx';
import { layOutFrame, linePath, plotScales, type Band } from './plot.ts';
import { chartText } from './text.ts';
import { useWidth } from './use-width.ts';
import chartStyles from './chart.module.css';
import styles from './OverlayChart.module.css';

export interface OverlayLine {
  readonly key: string;
  readonly name: string;
  /** What is drawn: already sampled and smoothed. */
  readonly rows: readonly DrawnRow[];
  readonly range: readonly [number, number] | null;
  /** The run's value after this many of its steps; NaN where it has none. */
  readonly valueAt: (steps: number) => number;
  /** Values are few and far between: they are marked. */
  readonly marked?: boolean;
}

export interface OverlayChartProps {
  readonly title: string;
  readonly fileName: string;
  readonly lines: readonly OverlayLine[];
  /** Where the stages lie, when they lie alike in all runs. */
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

export function OverlayChart({
  title,
  fileName,
  lines,
  bands,
  steps,
  height,
  format,
  fromZero = false,
  nothing,
}: OverlayChartProps) {
  const t = chartText();
  const id = useId();
  const figure = useRef<HTMLElement>(null);
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot);
  const { index, point } = useCrosshair();
  const narrow = width < 420;
  const frame = useMemo(() => {
    const known = lines.flatMap(({ range }) => range ?? []);
    const range = known.length > 0 ? ([Math.min(...known), Math.max(...known)] as const) : null;
    const end = { stage: 0, name: '', start: 0, end: Math.max(1, steps) };
    const laidOut = layOutFrame(range, [end], fromZero, { x: narrow ? 4 : 8, y: 4 });
    return { ...laidOut, bands };
  }, [lines, bands, steps, fromZero, narrow]);
  const scales = useMemo(() => plotScales(frame, { width, height }), [frame, width, height]);
  const empty = lines.every(({ rows }) => rows.length === 0);
  const at = index === null ? null : Math.min(index + 1, steps);
  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const step = Math.round(scales.stepsAt(event.clientX - left));
    point(Math.min(steps, Math.max(1, step)) - 1);
  };
  const keys = (event: KeyboardEvent) => {
    const now = at ?? steps;
    const far = Math.max(1, Math.round(steps / 10));
    const moves: Readonly<Record<string, number>> = {
      ...{ ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1 },
      ...{ PageDown: now - far, PageUp: now + far, Home: 1, End: steps },
    };
    const to = moves[event.key];
    if (event.key === 'Escape') point(null);
    if (to === undefined) return;
    event.preventDefault();
    point(Math.min(steps, Math.max(1, to)) - 1);
  };
  const value = (line: OverlayLine, after: number): string => {
    const number = line.valueAt(after);
    return Number.isNaN(number) ? '–' : format(number);
  };
  const spoken = lines.map((line) => `${line.name} ${value(line, at ?? steps)}`).join(', ');
  const places = axisTicks(0, steps, tableRows).filter(
    (step) => Number.isInteger(step) && step > 0,
  );
  return (
    <figure ref={figure} className={chartStyles.chart} aria-labelledby={`${id}-title`}>
      <figcaption className={chartStyles.head}>
        <span className={chartStyles.title} id={`${id}-title`}>
          {title}
        </span>
        {at !== null && <span className={chartStyles.step}>{t.stepAt(at)}</span>}
      </figcaption>
      <div className={chartStyles.plot} ref={plot} style={{ height }}>
        {width > 0 && (
          <>
            <div aria-hidden>
              <PlotFrame width={width} height={height} frame={frame} format={format} />
            </div>
            <svg className={chartStyles.lines} width={width} height={height} aria-hidden>
              {lines.map((line, place) => (
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
              ))}
            </svg>
            {empty ? (
              <p className={chartStyles.nothing}>{nothing}</p>
            ) : (
              <div
                className={chartStyles.cursor}
                role="slider"
                tabIndex={0}
                aria-label={t.cursor(title)}
                aria-valuemin={1}
                aria-valuemax={Math.max(1, steps)}
                aria-valuenow={at ?? Math.max(1, steps)}
                aria-valuetext={`${t.stepAt(at ?? steps)}: ${spoken}`}
                onPointerMove={follow}
                onPointerDown={follow}
                onPointerLeave={() => point(null)}
                onBlur={() => point(null)}
                onKeyDown={keys}
              >
                {at !== null && (
                  <svg width="100%" height={height} aria-hidden>
                    <line
                      className={chartStyles.rule}
                      x1={scales.x(at)}
                      x2={scales.x(at)}
                      y1={0}
                      y2={height - 24}
                    />
                  </svg>
                )}
              </div>
            )}
          </>
        )}
      </div>
      <ul className={styles.values} aria-hidden>
        {lines.map((line, place) => (
          <li key={line.key}>
            <LineSample place={place} /> {value(line, at ?? steps)}
          </li>
        ))}
      </ul>
      <div className={chartStyles.save}>
        <FigureActions
          name={fileName}
          figure={figure}
          rows={() => [
            [t.columns.step, ...lines.map(({ name }) => name)],
            ...Array.from({ length: steps }, (_, step) => [
              step + 1,
              ...lines.map((line) => {
                const number = line.valueAt(step + 1);
                return Number.isNaN(number) ? '' : number;
              }),
            ]),
          ]}
        />
        {!empty && (
          <details className={chartStyles.table}>
            <summary>{t.values}</summary>
            <Table
              caption={title}
              maxHeight={280}
              columns={[
                {
                  key: 'step',
                  header: t.step,
                  rowHeader: true,
                  cell: (step: number) => formatInteger(step),
                },
                ...lines.map((line) => ({
                  key: line.key,
                  header: line.name,
                  align: 'end' as const,
                  cell: (step: number) => value(line, step),
                })),
              ]}
              rows={[...new Set([...places, steps])]}
              rowKey={String}
            />
          </details>
        )}
      </div>
    </figure>
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

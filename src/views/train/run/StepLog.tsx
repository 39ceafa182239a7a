/** Every step with every value. */
import { clsx } from 'clsx';
import { memo, useLayoutEffect, useRef, useState } from 'react';
import { useWords } from '../../../studio/language.ts';
import type { CurveBook } from '../../../studio/runs/curves.ts';
import type { LiveCurves } from '../../../studio/runs/live-curves.ts';
import { useCrosshair } from '../../charts/crosshair.ts';
import { useLiveVersion } from '../../charts/use-live-version.ts';
import { Card } from '../../shared/Card.tsx';
import { formatDuration, formatFixed, formatInteger, formatNumber } from '../../shared/format.ts';
import { FigureActions } from '../../shared/figures/FigureActions.tsx';
import { CheckField } from '../../shared/controls/Toggle.tsx';
import { trainText } from '../text.ts';
import styles from './StepLog.module.css';
import layoutStyles from '../../shared/layout.module.css';

const rowHeight = 26;
/** Rows kept above and below the visible ones. */
const overscan = 8;

/** Every step with every value: the table behind the curves, and the log of the run. */
export const StepLog = memo(function StepLog({
  source,
  name,
}: {
  readonly source: LiveCurves;
  /** The run's name, for the file in which the log is saved. */
  readonly name: string;
}) {
  const t = useWords(trainText);
  const [follow, setFollow] = useState(true);
  useLiveVersion(source);
  const { book } = source;
  const count = book.length;
  const { scroller, shown, look } = useRowsInSight(count, follow);
  return (
    <Card
      flush
      title={t.stepLog}
      aside={t.steps(count)}
      actions={
        <>
          <CheckField label={t.follow} checked={follow} onChange={setFollow} />
          <FigureActions
            name={`${name} steps`} // words: a file's name
            rows={() => [
              [...t.headers],
              ...Array.from({ length: count }, (_, row) => stepCells(book, row)),
            ]}
          />
        </>
      }
    >
      {/* A scroll container must be reachable by keyboard. */}
      {/* oxlint-disable jsx-a11y/no-noninteractive-tabindex */}
      <div
        className={clsx(styles.log, layoutStyles.scrolls)}
        ref={scroller}
        tabIndex={0}
        role="region"
        aria-label={t.stepsLabel}
        onScroll={look}
      >
        {/* oxlint-enable jsx-a11y/no-noninteractive-tabindex */}
        <StepTable book={book} count={count} shown={shown} />
        {count === 0 && <p className={styles.empty}>{t.stepsListed}</p>}
      </div>
    </Card>
  );
});

/** The visible rows of the scrolling element; the last rows while the log follows the run. */
function useRowsInSight(count: number, follow: boolean) {
  const scroller = useRef<HTMLDivElement>(null);
  // All rows have the same height, so no table of their places is needed.
  const [seen, setSeen] = useState({ first: 0, rows: 0 });
  const look = () => {
    const node = scroller.current;
    if (!node) return;
    const first = Math.max(0, Math.floor(node.scrollTop / rowHeight) - overscan);
    const rows = Math.ceil(node.clientHeight / rowHeight) + 2 * overscan;
    setSeen((known) => (known.first === first && known.rows === rows ? known : { first, rows }));
  };
  useLayoutEffect(() => {
    const node = scroller.current;
    if (!node) return undefined;
    const observer = new ResizeObserver(look);
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    // Its scroll event then tells which rows are visible.
    if (follow && scroller.current) scroller.current.scrollTop = (count + 1) * rowHeight;
  }, [follow, count]);
  const length = Math.max(0, Math.min(count - seen.first, seen.rows));
  return { scroller, shown: Array.from({ length }, (_, i) => seen.first + i), look };
}

/** A table as high as all steps, with the rows that are shown; the step under the cursor is marked. */
function StepTable({
  book,
  count,
  shown,
}: {
  readonly book: CurveBook;
  readonly count: number;
  readonly shown: readonly number[];
}) {
  const t = trainText();
  const { index, point } = useCrosshair();
  return (
    <div
      className={styles.table}
      role="table"
      aria-label={t.valuesOfSteps}
      aria-rowcount={count + 1}
      style={{ height: (count + 1) * rowHeight }}
    >
      <div className={clsx(styles.row, styles.rowHead)} role="row" aria-rowindex={1}>
        {t.headers.map((header) => (
          <span key={header} role="columnheader">
            {header}
          </span>
        ))}
      </div>
      {shown.map((row) => (
        <div
          key={row}
          role="row"
          aria-rowindex={row + 2}
          className={clsx(styles.row, row === index && styles.rowPointed)}
          style={{ transform: `translateY(${(row + 1) * rowHeight}px)` }}
          onPointerEnter={() => point(row)}
          onPointerLeave={() => point(null)}
        >
          {stepCells(book, row).map((cell, column) => (
            <span key={t.headers[column]} role="cell">
              {cell}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}

/** Values of a step in words, in the order of the headers. */
function stepCells(book: CurveBook, index: number): string[] {
  const place = book.place(index);
  if (!place) return trainText().headers.map(() => '');
  const value = (name: Parameters<CurveBook['curve']>[0]) => book.curve(name)[index] ?? Number.NaN;
  const orthogonal = value('orthogonal');
  const rate = value('tokensPerSecond');
  return [
    `${place.stage + 1}`,
    formatInteger(place.step + 1),
    formatFixed(value('nll'), 4),
    Number.isNaN(orthogonal) ? '–' : formatNumber(orthogonal, 5),
    formatNumber(value('learningRate'), 4),
    formatFixed(value('gradientNorm'), 3),
    formatInteger(value('targetTokens')),
    formatInteger(rate),
    formatDuration(value('milliseconds')),
  ];
}

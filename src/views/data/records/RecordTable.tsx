/** A table of all records of a set, be it ten or a million: only the visible rows exist. */
import { clsx } from 'clsx';
import { useEffect, useId, useMemo, type KeyboardEvent } from 'react';
import { readRows } from '../../../studio/data/data-reads.ts';
import type { DataRow, DataSetSummary } from '../../../contract/data.ts';
import { formatInteger } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { useAsync } from '../../shared/use-async.ts';
import { seenControls } from '../../shared/seen-controls.ts';
import { dataText } from '../text.ts';
import { lastAsked, ownPartStart } from './own-part.ts';
import { usePages } from './use-pages.ts';
import { placeAmong, useSearch } from './use-search.ts';
import { useVirtualRows } from '../use-virtual-rows.ts';
import { RecordTools } from './RecordTools.tsx';
import listStyles from '../list.module.css';
import styles from './RecordTable.module.css';

const rowHeight = 34;
/** Records that a prompt is compared with, to leave out an instruction that they share. */
const comparedRows = 100;

const noRows: readonly DataRow[] = [];

export interface RecordTableProps {
  readonly set: DataSetSummary;
  readonly selected: number;
  readonly onSelect: (index: number) => void;
  /** Rows kept apart for validation, in order. */
  readonly apart: Uint32Array | null;
}

export function RecordTable({ set, selected, onSelect, apart }: RecordTableProps) {
  const t = dataText();
  const { attach, first, end, height, topOf, show } = useVirtualRows(set.records, rowHeight);
  const { rowAt, error, dismissError } = usePages(first, end, (from, count) =>
    readRows(set.id, from, count),
  );
  const id = useId();
  const tasks = severalTasks(set);
  const rows = set.tableRows === true;
  const columns = [tasks && styles.tasks, rows && styles.rows];
  const search = useSearch(set.id, 'records');
  const compared = useAsync(set.id, () => readRows(set.id, 0, comparedRows));

  // A record may be selected elsewhere: in the rendered example, or among the validation records.
  useEffect(() => show(selected), [show, selected]);

  const choose = (index: number) => {
    const row = Math.max(0, Math.min(set.records - 1, index));
    onSelect(row);
    show(row);
  };
  const step = (event: KeyboardEvent) => {
    const next = rowAfterKey(event.key, selected, set.records);
    if (next === null) return;
    event.preventDefault();
    choose(next);
  };

  return (
    <>
      <RecordTools set={set} search={search} selected={selected} onChoose={choose} />
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      <div className={clsx(listStyles.head, styles.head, ...columns)} aria-hidden>
        {rows && <span className={styles.end}>{t.row}</span>}
        <span className={clsx(styles.end, rows && styles.second)}>
          {rows ? t.lineOfFile : t.line}
        </span>
        {tasks && <span className={styles.task}>{t.task}</span>}
        <span>{t.asked}</span>
        <span>{t.answer}</span>
      </div>
      <div
        ref={attach}
        className={styles.records}
        role="listbox"
        tabIndex={0}
        aria-label={t.recordsOf(set.name)}
        aria-activedescendant={`${id}-${selected}`}
        onKeyDown={step}
      >
        <div className={listStyles.all} style={{ height: height }}>
          {Array.from({ length: Math.max(0, end - first) }, (_, i) => {
            const index = first + i;
            return (
              <RecordOption
                key={index}
                id={`${id}-${index}`}
                row={rowAt(index)}
                compared={compared.status === 'ready' ? compared.value : noRows}
                place={{ index, of: set.records, top: topOf(index) }}
                shown={{ task: tasks, tableRow: rows }}
                columns={columns}
                selected={index === selected}
                found={search.found !== null && has(search.found, index)}
                apart={apart !== null && has(apart, index)}
                onClick={() => choose(index)}
              />
            );
          })}
        </div>
      </div>
    </>
  );
}

/** The row that a key leads to from the selected one, maybe beyond the ends; null for any other key. */
function rowAfterKey(key: string, selected: number, records: number): number | null {
  const rows: Readonly<Record<string, number>> = {
    ArrowDown: selected + 1,
    ArrowUp: selected - 1,
    PageDown: selected + 10,
    PageUp: selected - 10,
    Home: 0,
    End: records - 1,
  };
  return rows[key] ?? null;
}

/** Which of the columns that not every set needs are shown. */
interface Shown {
  readonly task: boolean;
  readonly tableRow: boolean;
}

interface RecordOptionProps {
  readonly id: string;
  /** Undefined while it is read. */
  readonly row: DataRow | undefined;
  readonly compared: readonly DataRow[];
  /** Its index, the number of all rows, and its pixels from the top. */
  readonly place: { readonly index: number; readonly of: number; readonly top: number };
  readonly shown: Shown;
  /** Classes by the columns that are shown. */
  readonly columns: readonly (string | false | undefined)[];
  readonly selected: boolean;
  readonly found: boolean;
  readonly apart: boolean;
  readonly onClick: () => void;
}

function RecordOption(props: RecordOptionProps) {
  const { id, row, compared, place, shown, columns, selected, found, apart, onClick } = props;
  return (
    // The list itself handles the keys; an option is only clicked.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      aria-setsize={place.of}
      aria-posinset={place.index + 1}
      className={clsx(
        listStyles.row,
        styles.row,
        ...columns,
        selected && styles.rowSelected,
        found && styles.rowFound,
      )}
      style={{ transform: `translateY(${place.top}px)` }}
      onClick={onClick}
    >
      {row ? (
        <Cells row={row} compared={compared} shown={shown} apart={apart} />
      ) : (
        <span className={listStyles.wait} data-waiting>
          …
        </span>
      )}
    </div>
  );
}

/** Whether the task of a record says more than the name of its set. */
export function severalTasks({ tasks, name, importedAs = name }: DataSetSummary): boolean {
  return tasks.length > 1 || (tasks.length === 1 && tasks[0] !== importedAs);
}

/** Whether a sorted list holds a row. */
function has(sorted: Uint32Array, row: number): boolean {
  return sorted[placeAmong(sorted, row).at] === row;
}

function Cells({
  row,
  compared,
  shown,
  apart,
}: {
  readonly row: DataRow;
  readonly compared: readonly DataRow[];
  readonly shown: Shown;
  readonly apart: boolean;
}) {
  const asked = lastAsked(row.messages);
  const start = useMemo(() => {
    const others = compared.filter(({ index }) => index !== row.index);
    return ownPartStart(
      asked,
      others.map(({ messages }) => lastAsked(messages)),
    );
  }, [asked, compared, row.index]);
  const answer = row.messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
  return (
    <>
      {shown.tableRow && <span className={styles.line}>{formatInteger(row.row ?? row.line)}</span>}
      <span className={clsx(styles.line, shown.tableRow && styles.second)}>
        {formatInteger(row.line)}
      </span>
      {shown.task && <span className={styles.task}>{seenControls(row.task)}</span>}
      <span>
        {apart && <span className={styles.apart}>{dataText().apart}</span>}
        {start > 0 && '… '}
        {seenControls(asked.slice(start, start + 240))}
      </span>
      <span>{seenControls(answer.slice(0, 240))}</span>
    </>
  );
}

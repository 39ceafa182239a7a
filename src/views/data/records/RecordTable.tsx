/** Every record of a set, a million as well as ten: only the rows in sight exist. */
import { clsx } from 'clsx';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useEffect, useId, useState, type KeyboardEvent } from 'react';
import { readRows } from '../../../studio/data/data-reads.ts';
import type { DataRow, DataSetSummary } from '../../../contract/data.ts';
import { Button, IconButton } from '../../shared/controls/Button.tsx';
import { formatInteger } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { TaskProgress } from '../../shared/TaskProgress.tsx';
import { SearchField } from './SearchField.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { dataText } from '../text.ts';
import { usePages } from './use-pages.ts';
import { placeAmong, useSearch } from './use-search.ts';
import { useVirtualRows } from '../use-virtual-rows.ts';
import listStyles from '../list.module.css';
import styles from './RecordTable.module.css';
import inputStyles from '../../shared/controls/input.module.css';

const rowHeight = 34;

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
  const search = useSearch(set.id, 'records');
  const { found } = search;

  // A record may be chosen elsewhere: in the rendered example, or among those for validation.
  useEffect(() => show(selected), [show, selected]);

  const choose = (index: number) => {
    const row = Math.max(0, Math.min(set.records - 1, index));
    onSelect(row);
    show(row);
  };
  const step = (event: KeyboardEvent) => {
    const jump = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    let next: number | null = null;
    if (jump !== undefined) next = selected + jump;
    else if (event.key === 'Home') next = 0;
    else if (event.key === 'End') next = set.records - 1;
    if (next === null) return;
    event.preventDefault();
    choose(next);
  };

  return (
    <>
      <div className={listStyles.tools}>
        <Jump records={set.records} onJump={(row) => choose(row)} />
        <SearchField
          label={t.search}
          onSearch={(text) =>
            void search.start({ text, code: null }).then((row) => {
              if (row !== null) choose(row);
            })
          }
          onClear={search.clear}
        />
        {found && (
          <span className={listStyles.found} role="status">
            {found.length === 0 ? t.noMatch : matchWords(found, selected)}
            <IconButton
              size="small"
              label={t.before}
              icon={<ChevronUp size={15} aria-hidden />}
              reason={found.length === 0 ? t.noMatch : null}
              onClick={() => choose(placeAmong(found, selected).before)}
            />
            <IconButton
              size="small"
              label={t.next}
              icon={<ChevronDown size={15} aria-hidden />}
              reason={found.length === 0 ? t.noMatch : null}
              onClick={() => choose(placeAmong(found, selected).after)}
            />
          </span>
        )}
      </div>
      {search.task !== null && (
        <div className={listStyles.searching}>
          <TaskProgress task={search.task} label={t.searching} />
        </div>
      )}
      {search.error && <ErrorNotice error={search.error} onDismiss={search.clear} />}
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      <div className={clsx(styles.head, tasks && styles.tasks)} aria-hidden>
        <span className={styles.end}>{t.line}</span>
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
        <div className={listStyles.all} style={{ height }}>
          {Array.from({ length: Math.max(0, end - first) }, (_, i) => {
            const index = first + i;
            const row = rowAt(index);
            return (
              // The list itself handles the keys; an option is only clicked.
              // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
              <div
                key={index}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === selected}
                aria-setsize={set.records}
                aria-posinset={index + 1}
                className={clsx(
                  styles.row,
                  tasks && styles.tasks,
                  index === selected && styles.rowSelected,
                  found && has(found, index) && styles.rowFound,
                )}
                style={{ transform: `translateY(${topOf(index)}px)` }}
                onClick={() => choose(index)}
              >
                {row ? (
                  <Cells row={row} task={tasks} apart={apart !== null && has(apart, index)} />
                ) : (
                  <span className={listStyles.wait} data-waiting>
                    …
                  </span>
                )}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

/** Whether the task of a record says more than the name of its set. */
export function severalTasks({ tasks, name }: DataSetSummary): boolean {
  return tasks.length > 1 || (tasks.length === 1 && tasks[0] !== name);
}

/** Whether a sorted list holds a row. */
function has(sorted: Uint32Array, row: number): boolean {
  return sorted[placeAmong(sorted, row).at] === row;
}

function matchWords(found: Uint32Array, selected: number): string {
  const t = dataText();
  const { at } = placeAmong(found, selected);
  return found[at] === selected ? t.matchOf(at + 1, found.length) : t.matches(found.length);
}

function Cells({
  row,
  task,
  apart,
}: {
  readonly row: DataRow;
  readonly task: boolean;
  readonly apart: boolean;
}) {
  const asked = row.messages.find(({ role }) => role === 'user')?.content ?? '';
  const answer = row.messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
  return (
    <>
      <span className={styles.line}>{formatInteger(row.line)}</span>
      {task && <span className={styles.task}>{seenControls(row.task)}</span>}
      <span>
        {apart && <span className={styles.apart}>{dataText().apart}</span>}
        {seenControls(asked.slice(0, 240))}
      </span>
      <span>{seenControls(answer.slice(0, 240))}</span>
    </>
  );
}

function Jump({
  records,
  onJump,
}: {
  readonly records: number;
  readonly onJump: (row: number) => void;
}) {
  const t = dataText();
  const [text, setText] = useState('');
  const id = useId();
  return (
    <form
      className={styles.jump}
      onSubmit={(event) => {
        event.preventDefault();
        const row = Number(text.replace(/[,\s]/g, ''));
        if (Number.isInteger(row) && row >= 1) onJump(Math.min(row, records) - 1);
      }}
    >
      <label htmlFor={id}>{t.goToRow}</label>
      <input
        id={id}
        className={inputStyles.input}
        inputMode="numeric"
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Button size="small" type="submit">
        {t.go}
      </Button>
    </form>
  );
}

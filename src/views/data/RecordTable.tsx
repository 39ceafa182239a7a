import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { asStudioError, type StudioError } from '../../errors.ts';
import { readRows } from '../../studio/data-sets.ts';
import type { DataRow, DataSetSummary } from '../../worker/protocol.ts';
import { classes } from '../shared/classes.ts';
import { formatInteger } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';

const rowHeight = 34;
const pageSize = 100;

type Pages = Readonly<Record<number, readonly DataRow[]>>;

export interface RecordTableProps {
  readonly set: DataSetSummary;
  readonly selected: number;
  readonly onSelect: (index: number) => void;
}

/** Every record of a set; only the rows in sight exist, fetched a hundred at a time. */
export function RecordTable({ set, selected, onSelect }: RecordTableProps) {
  const scroll = useRef<HTMLDivElement>(null);
  const asked = useRef(new Set<number>());
  const [pages, setPages] = useState<Pages>({});
  const [error, setError] = useState<StudioError | null>(null);
  const id = useId();

  // The compiler leaves this component alone: the virtualiser hands out functions that change inside.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtualizer = useVirtualizer({
    count: set.records,
    getScrollElement: () => scroll.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const rows = virtualizer.getVirtualItems();
  const first = Math.floor((rows[0]?.index ?? 0) / pageSize);
  const last = Math.floor((rows[rows.length - 1]?.index ?? 0) / pageSize);

  useEffect(() => {
    for (let page = first; page <= last; page += 1) {
      if (asked.current.has(page)) continue;
      asked.current.add(page);
      readRows(set.id, page * pageSize, pageSize).then(
        (found) => setPages((known) => ({ ...known, [page]: found })),
        (thrown: unknown) => {
          asked.current.delete(page);
          setError(asStudioError(thrown));
        },
      );
    }
  }, [set.id, first, last]);

  const tasks = severalTasks(set);

  const step = (event: KeyboardEvent) => {
    const jump = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    let next: number | null = null;
    if (jump !== undefined) next = selected + jump;
    else if (event.key === 'Home') next = 0;
    else if (event.key === 'End') next = set.records - 1;
    if (next === null) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(set.records - 1, next));
    onSelect(index);
    virtualizer.scrollToIndex(index);
  };

  return (
    <>
      {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
      <div className={classes('records__head', tasks && 'records--tasks')} aria-hidden>
        <span className="ui-end">Line</span>
        {tasks && <span className="records__task">Task</span>}
        <span>Asked</span>
        <span>Answer</span>
      </div>
      <div
        ref={scroll}
        className="data-records"
        role="listbox"
        tabIndex={0}
        aria-label={`Records of ${set.name}`}
        aria-activedescendant={`${id}-${selected}`}
        onKeyDown={step}
      >
        <div className="records__all" style={{ height: virtualizer.getTotalSize() }}>
          {rows.map(({ index, start }) => {
            const row = pages[Math.floor(index / pageSize)]?.[index % pageSize];
            return (
              // The list itself handles the keys; an option is only clicked.
              // eslint-disable-next-line jsx-a11y/click-events-have-key-events
              <div
                key={index}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === selected}
                aria-setsize={set.records}
                aria-posinset={index + 1}
                className={classes(
                  'records__row',
                  tasks && 'records--tasks',
                  index === selected && 'records__row--selected',
                )}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => onSelect(index)}
              >
                {row ? <Cells row={row} task={tasks} /> : <span className="records__wait">…</span>}
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

function Cells({ row, task }: { readonly row: DataRow; readonly task: boolean }) {
  const asked = row.messages.find(({ role }) => role === 'user')?.content ?? '';
  const answer = row.messages.findLast(({ role }) => role === 'assistant')?.content ?? '';
  return (
    <>
      <span className="records__line">{formatInteger(row.line)}</span>
      {task && <span className="records__task">{row.task}</span>}
      <span>{asked.slice(0, 240)}</span>
      <span>{answer.slice(0, 240)}</span>
    </>
  );
}

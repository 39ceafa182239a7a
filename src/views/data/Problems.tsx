/** Lines that were left out or remarked on, each with its place and the reason; searched, filtered, saved. */
import { clsx } from 'clsx';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { asStudioError, type StudioError } from '../../faults/fault.ts';
import { csvFile, csvRows } from '../../studio/exports/csv-files.ts';
import { readProblems, readProblemsAt } from '../../studio/data/data-reads.ts';
import { fileStem, saveFile } from '../../studio/exports/exports.ts';
import type { DataSetSummary, LineProblem } from '../../contract/data.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { formatInteger, formatPercent } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { Select } from '../shared/controls/Select.tsx';
import { Tag } from '../shared/Tag.tsx';
import { SearchField } from './records/SearchField.tsx';
import { SearchStatus } from './records/SearchStatus.tsx';
import { problemsText } from './text-problems.ts';
import { rowFaultName, rowReason, useFaultWords } from '../shared/faults/error-text.ts';
import { usePages } from './records/use-pages.ts';
import { useSearch } from './records/use-search.ts';
import { useVirtualRows } from './use-virtual-rows.ts';
import listStyles from './list.module.css';
import styles from './Problems.module.css';
import layoutStyles from '../shared/layout.module.css';
import textStyles from '../shared/text.module.css';

const rowHeight = 34;
const anyCode = '*';
/** Lines read at a time for the file. */
const savedAtOnce = 1000;

export function Problems({ set }: { readonly set: DataSetSummary }) {
  const t = problemsText();
  // Their names may load after the page.
  useFaultWords(({ of }) => of);
  const { notes = 0 } = set;
  const all = set.problems + notes;
  const [code, setCode] = useState(anyCode);
  const [text, setText] = useState('');
  const saving = useSavedList(set);
  const search = useSearch(set.id, 'problems');
  const places = search.found;

  const look = (wantedText: string, wantedCode: string) => {
    setText(wantedText);
    setCode(wantedCode);
    if (wantedText === '' && wantedCode === anyCode) search.clear();
    else void search.start({ text: wantedText, code: wantedCode === anyCode ? null : wantedCode });
  };

  return (
    <Card
      flush
      title={set.problems > 0 ? t.title : t.notesTitle}
      aside={t.count(set.problems, notes)}
      actions={
        <Button
          size="small"
          icon={<Download size={14} aria-hidden />}
          busy={saving.share !== null}
          onClick={() => void saving.save()}
        >
          {saving.share === null ? t.save : t.saving(formatPercent(saving.share))}
        </Button>
      }
    >
      <div className={listStyles.tools}>
        <CodeFilter set={set} code={code} onCode={(chosen) => look(text, chosen)} />
        <SearchField
          label={t.search}
          onSearch={(wanted) => look(wanted, code)}
          onClear={() => look('', code)}
        />
        {places && (
          <span className={listStyles.found} role="status">
            {places.length === 0 ? t.none : t.found(places.length, all)}
          </span>
        )}
      </div>
      <SearchStatus search={search} />
      {set.tableRows && <p className={clsx(styles.note, textStyles.quiet)}>{t.rowsAndLines}</p>}
      {saving.error && <ErrorNotice error={saving.error} onDismiss={saving.dismissError} />}
      <List
        // The matches are another list, read from its beginning.
        key={places ? `${code} ${text} ${places.length}` : ''}
        set={set}
        count={places?.length ?? all}
        read={(from, count) =>
          places
            ? readProblemsAt(set.id, [...places.subarray(from, from + count)])
            : readProblems(set.id, from, count)
        }
      />
    </Card>
  );
}

/** Saves the whole list as a file; `share` is the part read so far, null while nothing is saved. */
function useSavedList(set: DataSetSummary) {
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<StudioError | null>(null);
  const all = set.problems + (set.notes ?? 0);
  const save = async () => {
    setShare(0);
    try {
      const csv = await problemsCsv(set, (done) => setShare(done / Math.max(1, all)));
      await saveFile(csv, `${fileStem(set.name.replace(/\.\w+$/, ''), 'data')}-left-out.csv`);
    } catch (thrown) {
      setError(asStudioError(thrown));
    } finally {
      setShare(null);
    }
  };
  return { share, error, save, dismissError: () => setError(null) };
}

/** One reason alone, or all of them, each with its number of lines. */
function CodeFilter({
  set: { problems, notes = 0, problemCounts = {} },
  code,
  onCode,
}: {
  readonly set: DataSetSummary;
  readonly code: string;
  readonly onCode: (code: string) => void;
}) {
  const t = problemsText();
  return (
    <Select
      size="small"
      aria-label={t.filter}
      value={code}
      choices={[
        { value: anyCode, label: t.counted(t.all, problems + notes) },
        ...Object.entries(problemCounts).map(([value, count]) => ({
          value,
          label: t.counted(rowFaultName(value), count),
        })),
      ]}
      onChange={onCode}
    />
  );
}

interface ListProps {
  readonly set: DataSetSummary;
  readonly count: number;
  readonly read: (from: number, count: number) => Promise<readonly LineProblem[]>;
}

function List({ set, count, read }: ListProps) {
  const t = problemsText();
  const { attach, first, end, height, topOf } = useVirtualRows(count, rowHeight);
  const { rowAt, error, dismissError } = usePages(first, end, read);
  const rows = set.tableRows === true;
  const headers = [
    { key: 'file', label: t.file },
    ...(rows ? [{ key: 'row', label: t.row }] : []),
    { key: 'line', label: rows ? t.lineOfFile : t.line },
    { key: 'column', label: t.column },
    { key: 'reason', label: t.reason },
    { key: 'code', label: t.code },
  ];
  return (
    <>
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      <div
        className={clsx(styles.problems, rows && styles.withRow, layoutStyles.scrolls)}
        role="table"
        aria-label={t.tableOf(set.name)}
        aria-rowcount={count + 1}
      >
        <div role="rowgroup">
          <div role="row" className={clsx(listStyles.head, styles.head)} aria-rowindex={1}>
            {headers.map(({ key, label }) => (
              <span key={key} role="columnheader">
                {label}
              </span>
            ))}
          </div>
        </div>
        <div
          ref={attach}
          className={styles.rows}
          role="rowgroup"
          // A scroll container must be reachable by keyboard.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          aria-label={t.tableOf(set.name)}
          style={{ height: Math.min(320, count * rowHeight) }}
        >
          <div className={listStyles.all} role="presentation" style={{ height }}>
            {Array.from({ length: Math.max(0, end - first) }, (_, i) => {
              const index = first + i;
              return (
                <div
                  key={index}
                  role="row"
                  className={clsx(listStyles.row, styles.row)}
                  aria-rowindex={index + 2}
                  style={{ transform: `translateY(${topOf(index)}px)` }}
                >
                  <Cells problem={rowAt(index)} rows={rows} />
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </>
  );
}

function Cells({
  problem,
  rows,
}: {
  readonly problem: LineProblem | undefined;
  /** The row of the table is shown beside the line. */
  readonly rows: boolean;
}) {
  if (!problem) {
    return (
      <span role="cell" className={listStyles.wait}>
        …
      </span>
    );
  }
  const { file, line, row = line, column, code, kept } = problem;
  const reason = rowReason(problem);
  return (
    <>
      <span role="cell" title={seenControls(file)}>
        {seenControls(file)}
      </span>
      {rows && <span role="cell">{formatInteger(row)}</span>}
      <span role="cell">{formatInteger(line)}</span>
      <span role="cell">{column === null ? '–' : formatInteger(column)}</span>
      <span role="cell" title={reason}>
        {kept && <Tag>{problemsText().kept}</Tag>} {reason}
      </span>
      <span role="cell">
        <code>{code}</code>
      </span>
    </>
  );
}

/**
 * All of the list as CSV, a thousand lines at a time: each part is handed to the browser before the next
 * is read, so that a million lines take no more memory here than a thousand.
 */
async function problemsCsv(
  { id, problems, notes = 0, tableRows }: DataSetSummary,
  onProgress: (done: number) => void,
): Promise<Blob> {
  const placed = tableRows ? ['file', 'row', 'line'] : ['file', 'line'];
  const header = [...placed, 'column', 'code', 'reason', 'kept'];
  const parts: Blob[] = [await csvFile([header])];
  for (let from = 0; from < problems + notes; from += savedAtOnce) {
    const some = await readProblems(id, from, savedAtOnce);
    const rows = some.map((problem) => {
      const { file, line, row = line, column, code, kept = false } = problem;
      const place = tableRows ? [file, row, line] : [file, line];
      return [...place, column, code, rowReason(problem), kept ? 'yes' : 'no'];
    });
    parts.push(await csvRows(rows));
    onProgress(from + some.length);
  }
  return new Blob(parts, { type: 'text/csv' });
}

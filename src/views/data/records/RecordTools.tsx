/** Ways to a record of a long table: one of its numbers, a search, and the next match. */
import { clsx } from 'clsx';
import { useState } from 'react';
import { ChevronUp, ChevronDown } from 'lucide-react';
import { asStudioError, type StudioError } from '../../../faults/fault.ts';
import { findRecord, type RecordNumber } from '../../../studio/data/data-reads.ts';
import type { DataSetSummary } from '../../../contract/data.ts';
import { formatInteger } from '../../shared/format.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { Select } from '../../shared/controls/Select.tsx';
import { type useSearch, placeAmong } from './use-search.ts';
import { dataText } from '../text.ts';
import { SearchField } from './SearchField.tsx';
import { SearchStatus } from './SearchStatus.tsx';
import { IconButton, Button } from '../../shared/controls/Button.tsx';
import styles from './RecordTable.module.css';
import listStyles from '../list.module.css';
import inputStyles from '../../shared/controls/input.module.css';

export interface RecordToolsProps {
  readonly set: DataSetSummary;
  readonly search: ReturnType<typeof useSearch>;
  readonly selected: number;
  readonly onChoose: (row: number) => void;
}

export function RecordTools({ set, search, selected, onChoose }: RecordToolsProps) {
  const t = dataText();
  return (
    <>
      <div className={listStyles.tools}>
        <Jump set={set} onJump={onChoose} />
        <SearchField
          label={t.search}
          onSearch={(text) =>
            void search.start({ text, code: null }).then((row) => {
              if (row !== null) onChoose(row);
            })
          }
          onClear={search.clear}
        />
        {search.found && <Matches found={search.found} selected={selected} onChoose={onChoose} />}
      </div>
      <SearchStatus search={search} />
    </>
  );
}

/** Which of the matches is selected, and steps to the one before and after. */
function Matches({
  found,
  selected,
  onChoose,
}: {
  readonly found: Uint32Array;
  readonly selected: number;
  readonly onChoose: (row: number) => void;
}) {
  const t = dataText();
  const reason = found.length === 0 ? t.noMatch : null;
  return (
    <span className={listStyles.found} role="status">
      {reason ?? matchWords(found, selected)}
      <IconButton
        size="small"
        label={t.before}
        icon={<ChevronUp size={15} aria-hidden />}
        reason={reason}
        onClick={() => onChoose(placeAmong(found, selected).before)}
      />
      <IconButton
        size="small"
        label={t.next}
        icon={<ChevronDown size={15} aria-hidden />}
        reason={reason}
        onClick={() => onChoose(placeAmong(found, selected).after)}
      />
    </span>
  );
}

function matchWords(found: Uint32Array, selected: number): string {
  const t = dataText();
  const { at } = placeAmong(found, selected);
  return found[at] === selected ? t.matchOf(at + 1, found.length) : t.matches(found.length);
}

/** Goes to a record by one of its numbers, and says so where it is not the record's own. */
function Jump({
  set,
  onJump,
}: {
  readonly set: DataSetSummary;
  readonly onJump: (row: number) => void;
}) {
  const t = dataText();
  const [by, setBy] = useState<RecordNumber>(set.tableRows ? 'row' : 'line');
  const [text, setText] = useState('');
  const [missed, setMissed] = useState<string | null>(null);
  const [error, setError] = useState<StudioError | null>(null);
  const numbers = set.tableRows
    ? (['row', 'line', 'record'] as const)
    : (['line', 'record'] as const);
  const jump = async () => {
    const wanted = Number(text.replace(/[,\s]/g, ''));
    if (!Number.isInteger(wanted) || wanted < 1) return;
    try {
      const { index, exact } = await findRecord(set, by, wanted);
      setMissed(exact ? null : t.noSuch[by](formatInteger(wanted)));
      onJump(index);
    } catch (thrown) {
      setError(asStudioError(thrown));
    }
  };
  return (
    <>
      <form
        className={styles.jump}
        onSubmit={(event) => {
          event.preventDefault();
          void jump();
        }}
      >
        <Select
          size="small"
          aria-label={t.whichNumber}
          value={by}
          choices={numbers.map((value) => ({ value, label: t.goTo[value] }))}
          onChange={(chosen) => {
            setBy(chosen);
            setMissed(null);
          }}
        />
        <input
          className={inputStyles.input}
          aria-label={t.goTo[by]}
          inputMode="numeric"
          autoComplete="off"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setMissed(null);
          }}
        />
        <Button size="small" type="submit">
          {t.go}
        </Button>
      </form>
      <span className={clsx(styles.missed, listStyles.found)} role="status">
        {missed}
      </span>
      {error && <ErrorNotice error={error} onDismiss={() => setError(null)} />}
    </>
  );
}

/** Ways to a record of a long table: its number, a search, and the next match. */
import { useId, useState } from 'react';
import { ChevronUp, ChevronDown } from 'lucide-react';
import { type useSearch, placeAmong } from './use-search.ts';
import { dataText } from '../text.ts';
import { SearchField } from './SearchField.tsx';
import { SearchStatus } from './SearchStatus.tsx';
import { IconButton, Button } from '../../shared/controls/Button.tsx';
import styles from './RecordTable.module.css';
import listStyles from '../list.module.css';
import inputStyles from '../../shared/controls/input.module.css';

export interface RecordToolsProps {
  readonly records: number;
  readonly search: ReturnType<typeof useSearch>;
  readonly selected: number;
  readonly onChoose: (row: number) => void;
}

export function RecordTools({ records, search, selected, onChoose }: RecordToolsProps) {
  const t = dataText();
  return (
    <>
      <div className={listStyles.tools}>
        <Jump records={records} onJump={onChoose} />
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

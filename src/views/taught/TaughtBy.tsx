/** Finds the training records behind a phrase of an answer, and shows those most alike. */
import { Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { teachingRecords, type AskedPhrase } from '../../studio/attribution/attribution.ts';
import { phraseIn } from '../../studio/attribution/phrase.ts';
import { useDataSets } from '../../studio/data/data-sets.ts';
import { cancelTask, type TaskOutcome } from '../../studio/tasks.ts';
import type { TeachingRecord, TeachingRecords } from '../../contract/chat.ts';
import { Button } from '../shared/controls/Button.tsx';
import { TextField } from '../shared/controls/Field.tsx';
import { formatFixed } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { placeWords } from '../shared/words/place.ts';
import { taughtText } from './text.ts';
import type { SelectedWords } from './use-selected-words.ts';
import styles from './TaughtBy.module.css';
import textStyles from '../shared/text.module.css';

export interface TaughtByProps {
  readonly answer: string;
  readonly phrase: SelectedWords;
  readonly onPhrase: (phrase: SelectedWords) => void;
  /** The state that answered, and what it was sent. */
  readonly asked: Pick<AskedPhrase, 'state' | 'messages'>;
}

/** What was found, and for which words. */
interface Outcome {
  readonly words: string;
  readonly found: TaskOutcome<TeachingRecords>;
}

export function TaughtBy({ answer, phrase: { words, before }, onPhrase, asked }: TaughtByProps) {
  const t = taughtText();
  const [task, setTask] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  // Whoever leaves does not wait for the answer: the device is free again.
  useEffect(() => (task === null ? undefined : () => void cancelTask(task)), [task]);
  const phrase = phraseIn(answer, words, before);
  const find = async (): Promise<void> => {
    if (!phrase || task !== null) return;
    setOutcome(null);
    const found = await teachingRecords({ ...asked, ...phrase }, setTask);
    setTask(null);
    setOutcome({ words: words.trim(), found });
  };
  return (
    <section className={styles.taught} aria-label={t.ask}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void find();
        }}
      >
        <TextField
          label={t.phrase}
          note={t.phraseHelp}
          value={words}
          onChange={(typed) => onPhrase({ words: typed, before: null })}
        />
        <Button
          type="submit"
          size="small"
          icon={<Search size={14} aria-hidden />}
          busy={task !== null}
          reason={phrase ? null : t.notThere}
        >
          {t.find}
        </Button>
      </form>
      {task !== null && <TaskProgress task={task} label={t.finding} />}
      {outcome && <OutcomeView {...outcome} />}
    </section>
  );
}

function OutcomeView({ words, found }: Outcome) {
  const t = taughtText();
  if (found.status === 'cancelled') return <p className={textStyles.quiet}>{t.cancelled}</p>;
  if (found.status === 'failed') return <ErrorNotice error={found.error} />;
  return <Found words={words} found={found.value} />;
}

function Found({ words, found }: { readonly words: string; readonly found: TeachingRecords }) {
  const t = taughtText();
  const { records, compared, trained } = found;
  return (
    <>
      <p className={styles.behind}>{t.behind(seenControls(words))}</p>
      <p className={textStyles.quiet}>
        {t.compared(compared, trained)} {t.meaning}
      </p>
      <ol className={styles.records} aria-label={t.list}>
        {records.map((record) => (
          <RecordLine key={`${record.dataSetId} ${record.row.index}`} record={record} />
        ))}
      </ol>
    </>
  );
}

function RecordLine({ record: { dataSetId, row, likeness } }: { readonly record: TeachingRecord }) {
  const t = taughtText();
  const name = useDataSets(({ sets }) => sets.find(({ id }) => id === dataSetId)?.name ?? '');
  return (
    <li className={styles.record}>
      <p className={styles.head}>
        <strong>{seenControls(t.record(name, placeWords(row)))}</strong>
        <span>{t.likeness(formatFixed(likeness, 2))}</span>
      </p>
      <dl>
        {row.messages.map(({ role, content }, index) => (
          <div key={index}>
            <dt>{t[role]}</dt>
            <dd>{seenControls(content.length > 400 ? `${content.slice(0, 400)}…` : content)}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

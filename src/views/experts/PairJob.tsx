/** Starts, follows and resumes the evaluation of all forced pairs. */
import { FileUp, Play } from 'lucide-react';
import { isComplete, shownEvaluation, useExpertPairs } from '../../studio/experts/expert-pairs.ts';
import { Button } from '../shared/controls/Button.tsx';
import { NumberField } from '../shared/controls/Field.tsx';
import { FilePicker } from '../shared/controls/FilePicker.tsx';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { listed } from '../shared/words/marks.ts';
import { pairsText } from './text-pairs.ts';
import styles from './PairJob.module.css';

export interface PairJobProps {
  readonly experts: number;
  /** Why it cannot be started now. */
  readonly refusal: string | null;
}

export function PairJob({ experts, refusal }: PairJobProps) {
  const t = pairsText();
  const { running, error, maxItems, setMaxItems, start, resume, dismissError } = useExpertPairs();
  const evaluation = useExpertPairs(shownEvaluation);
  const all = (experts * (experts - 1)) / 2;
  const partial = evaluation && !isComplete(evaluation) ? evaluation : null;
  return (
    <section className={styles.pairJob} aria-label={t.jobTitle}>
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      {running && <TaskProgress task={running.task} label={t.running} />}
      {!running && partial && (
        <Notice
          tone="info"
          compact
          title={t.partial(partial.pairs.length, all)}
          actions={
            <Button size="small" reason={refusal} onClick={() => void resume(partial.id)}>
              {t.goOn(all - partial.pairs.length)}
            </Button>
          }
        />
      )}
      {!running && (
        <div className={styles.form}>
          <QuestionFiles />
          <NumberField
            label={t.maxItems}
            help={t.maxItemsHelp}
            value={maxItems}
            min={0}
            max={5000}
            integer
            onChange={setMaxItems}
          />
          <Button
            variant={evaluation ? 'secondary' : 'primary'}
            icon={<Play size={15} aria-hidden />}
            reason={refusal}
            onClick={() => void start()}
          >
            {t.start(all)}
          </Button>
        </div>
      )}
    </section>
  );
}

/** The questions that come with the studio, or files of one's own. */
function QuestionFiles() {
  const t = pairsText();
  const { files, setFiles } = useExpertPairs();
  return (
    <div className={styles.files}>
      <span className={styles.label}>{t.questions}</span>
      <span>{files.length === 0 ? t.bundled : listed(files.map(({ name }) => name))}</span>
      <FilePicker
        label={t.chooseFiles}
        accept=".jsonl,.ndjson,.json,.csv,.tsv,.gz"
        multiple
        size="small"
        icon={<FileUp size={14} aria-hidden />}
        onFiles={setFiles}
      >
        {t.ownFiles}
      </FilePicker>
      {files.length > 0 && (
        <Button size="small" variant="ghost" onClick={() => setFiles([])}>
          {t.useBundled}
        </Button>
      )}
    </div>
  );
}

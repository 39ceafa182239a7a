/** What the models are told before the conversation: a person's words, or those that a run was trained with. */
import { useEffect } from 'react';
import { useChat } from '../../../studio/chat/chat.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { TextField } from '../../shared/controls/Field.tsx';
import { listed } from '../../shared/words/marks.ts';
import { seenControls } from '../../shared/seen-controls.ts';
import { trainedText } from './text-trained.ts';
import { chatText } from '../text.ts';
import { useTrainedForm } from './use-trained-form.ts';
import textStyles from '../../shared/text.module.css';
import styles from '../Settings.module.css';

export function SystemPrompt() {
  const t = chatText();
  const system = useChat((state) => state.system);
  const setSystem = useChat((state) => state.setSystem);
  return (
    <div className={styles.system}>
      <TextField
        label={t.systemPrompt}
        help={t.systemHelp}
        value={system}
        onChange={setSystem}
        rows={3}
        placeholder={t.none}
      />
      <FromTraining />
    </div>
  );
}

/** Fills in what the chosen run was trained with, and says so; beside a person's own words, it is offered. */
function FromTraining() {
  const t = trainedText();
  const { runId, form } = useTrainedForm();
  const run = useRuns(({ runs }) => runs.find(({ id }) => id === runId));
  const loaded = useRuns(({ phase }) => phase === 'ready');
  const { system, systemFrom, fillSystem } = useChat();
  const [first, ...others] = form?.systems ?? [];
  const text = first?.text ?? '';
  useEffect(() => {
    // Without a run, what a former one brought is taken back.
    if (loaded && (runId === null || form)) fillSystem(text, runId, false);
  }, [loaded, runId, form, text, fillSystem]);
  if (!run || !first) return null;
  const name = seenControls(run.name);
  if (systemFrom === null) return null;
  if (systemFrom !== 'person') {
    return (
      <p className={textStyles.quiet} role="status">
        {t.filled(name, listed(first.dataSets.map(seenControls)))}
        {others.length > 0 && ` ${t.othersDiffer}`}
      </p>
    );
  }
  if (system === text) return null;
  return (
    <div className={styles.system}>
      <p className={textStyles.quiet}>{t.offered(name)}</p>
      <p className={styles.offer}>{seenControls(text)}</p>
      <Button size="small" onClick={() => fillSystem(text, run.id, true)}>
        {t.takeSystem}
      </Button>
    </div>
  );
}

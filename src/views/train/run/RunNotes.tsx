/** Tags and notes of a run, and what a person changed of the preset that its recipe came from. */
import { clsx } from 'clsx';
import { useState } from 'react';
import { toast } from 'sonner';
import { originTitle } from '../../../studio/evaluation/ablation-words.ts';
import { changesSinceOrigin } from '../../../studio/runs/recipe.ts';
import { useRuns } from '../../../studio/runs/runs.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { Field } from '../../shared/controls/Field.tsx';
import { differenceInWords } from '../recipe/difference-words.ts';
import { runsText } from '../text-runs.ts';
import { useRunFit } from '../recipe/use-run-fit.ts';
import styles from './RunNotes.module.css';
import differenceStyles from '../difference.module.css';
import textStyles from '../../shared/text.module.css';
import inputStyles from '../../shared/controls/input.module.css';
import layoutStyles from '../../shared/layout.module.css';

export function RunNotesCard({ run }: { readonly run: RunSummary }) {
  const t = runsText();
  const annotate = useRuns((state) => state.annotate);
  const [tags, setTags] = useState((run.tags ?? []).join(', '));
  const [notes, setNotes] = useState(run.notes ?? '');
  const changed = tags !== (run.tags ?? []).join(', ') || notes !== (run.notes ?? '');
  const save = async () => {
    await annotate(run.id, { tags: tags.split(/[,，、]/).map((tag) => tag.slice(0, 40)), notes });
    toast.success(t.saved);
  };
  return (
    <Card title={t.notesTitle}>
      <form
        className={styles.runNotes}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Field label={t.tags} note={t.tagsHint}>
          {(control) => (
            <input
              {...control}
              className={inputStyles.input}
              value={tags}
              maxLength={400}
              autoComplete="off"
              onChange={(event) => setTags(event.target.value)}
            />
          )}
        </Field>
        <Field label={t.notes} note={t.notesHint}>
          {(control) => (
            <textarea
              {...control}
              className={clsx(styles.text, inputStyles.input)}
              rows={4}
              value={notes}
              maxLength={20_000}
              onChange={(event) => setNotes(event.target.value)}
            />
          )}
        </Field>
        <div className={layoutStyles.actions}>
          <Button size="small" variant="primary" type="submit" disabled={!changed}>
            {t.save}
          </Button>
        </div>
      </form>
      <PresetDifference run={run} />
    </Card>
  );
}

/** What a person changed of a run's preset; nothing for a recipe of one's own. */
function PresetDifference({ run }: { readonly run: RunSummary }) {
  const t = runsText();
  const facts = useRunFit(run);
  if (facts === undefined) return null;
  const changes = changesSinceOrigin(run.recipe, facts);
  if (!changes) return null;
  const { origin, differences } = changes;
  const label = originTitle(origin);
  const title = (facts ? t.from : t.fromUnfitted)(label);
  return (
    <section
      className={clsx(differenceStyles.difference, differenceStyles.below)}
      aria-label={title}
    >
      <h3>{title}</h3>
      {differences.length === 0 ? (
        <p className={textStyles.quiet}>{t.noDifference}</p>
      ) : (
        <ul>
          {differences.map((difference) => {
            const words = differenceInWords(difference);
            return <li key={words}>{words}</li>;
          })}
        </ul>
      )}
    </section>
  );
}

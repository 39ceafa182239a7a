/** Profiles a training step or a decoding step. */
import { recipeTitle } from '../../studio/evaluation/ablation-words.ts';
import { FileDown, Timer } from 'lucide-react';
import { useState } from 'react';
import { useDevice } from '../../studio/device.ts';
import { selectedModel, useModels } from '../../studio/models/models.ts';
import {
  subjectKey,
  useProfile,
  type ProfileReport,
  type ProfileSubject,
} from '../../studio/runs/profile.ts';
import { useRecipe } from '../../studio/runs/recipe.ts';
import { activeRun } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { EmptyState } from '../shared/EmptyState.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { Segmented } from '../shared/controls/Toggle.tsx';
import { ProfileResult } from './ProfileResult.tsx';
import { profileText } from './text-profile.ts';
import { settingsText } from './text.ts';
import styles from './ProfilePanel.module.css';

/** Where the time of a training step or of decoding a token goes, by kernel family. */
export function ProfilePanel() {
  const t = profileText();
  const recipe = useRecipe((state) => state.recipe);
  const model = useModels(selectedModel);
  const run = useRuns(activeRun);
  const failed = useDevice(({ phase }) => phase === 'failed');
  const { reports, measuring, error, measure, saveTrace, dismissError } = useProfile();
  const { subjects, subject, label, key, setChosen } = useSubject(recipe.stages.length);
  const report = reports[key];
  const here = measuring?.key === key ? measuring : null;
  const reason = whyNot(failed, model !== null, run !== null, measuring !== null && !here);
  return (
    <Card
      title={t.title}
      aside={model ? t.of(model.name, recipeTitle(recipe.name)) : t.noModel}
      actions={
        <>
          {report && (
            <Button
              size="small"
              icon={<FileDown size={14} aria-hidden />}
              onClick={() => void saveTrace(report)}
            >
              {t.saveTrace}
            </Button>
          )}
          <Button
            size="small"
            variant={report ? 'secondary' : 'primary'}
            icon={<Timer size={14} aria-hidden />}
            reason={reason}
            busy={here !== null}
            onClick={() => {
              if (model) void measure(model.id, recipe, subject);
            }}
          >
            {report ? t.profileAgain : t.profile}
          </Button>
        </>
      }
    >
      <div className={styles.profile}>
        <Segmented
          label={t.what}
          size="small"
          value={key}
          choices={subjects.map((each) => ({ value: subjectKey(each.subject), label: each.label }))}
          onChange={setChosen}
        />
        {error && <ErrorNotice error={error} onDismiss={dismissError} />}
        {here && <TaskProgress task={here.task} label={t.profiling(label)} />}
        {report ? (
          <ProfileResult report={report} stale={isStale(report, model?.id ?? null)} />
        ) : (
          !here && <Nothing label={label} />
        )}
      </div>
    </Card>
  );
}

/** What can be profiled, and what is chosen of it. */
function useSubject(stages: number) {
  const t = profileText();
  const subjects = [
    ...Array.from({ length: stages }, (_, stage) => ({
      subject: stageSubject(stage),
      label: t.stageStep(stage + 1),
    })),
    { subject: decoding, label: t.decodingStep },
  ];
  const [chosen, setChosen] = useState('stage 0');
  const { subject, label } = subjects.find((each) => subjectKey(each.subject) === chosen) ?? {
    subject: decoding,
    label: t.decodingStep,
  };
  return { subjects, subject, label, key: subjectKey(subject), setChosen };
}

const decoding: ProfileSubject = { kind: 'decode' };

function stageSubject(stage: number): ProfileSubject {
  return { kind: 'stage', stage };
}

function isStale({ modelId }: ProfileReport, chosen: string | null): boolean {
  return modelId !== chosen;
}

function Nothing({ label }: { readonly label: string }) {
  const t = profileText();
  return (
    <EmptyState icon={<Timer size={28} aria-hidden />} title={t.nothing(label)}>
      {t.nothingHint}
    </EmptyState>
  );
}

function whyNot(failed: boolean, model: boolean, run: boolean, other: boolean): string | null {
  if (failed) return settingsText().noDevice;
  if (!model) return settingsText().noModel;
  if (run) return profileText().run;
  return other ? profileText().other : null;
}

import { FileDown, Timer } from 'lucide-react';
import { useState } from 'react';
import { useDevice } from '../../studio/device.ts';
import { selectedModel, useModels } from '../../studio/models.ts';
import {
  subjectKey,
  useProfile,
  type ProfileReport,
  type ProfileSubject,
} from '../../studio/profile.ts';
import { useRecipe } from '../../studio/recipe.ts';
import { activeRun, useRuns } from '../../studio/runs.ts';
import { Button } from '../shared/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { EmptyState } from '../shared/EmptyState.tsx';
import { ErrorNotice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { Segmented } from '../shared/Toggle.tsx';
import { ProfileResult } from './ProfileResult.tsx';
import './profile.css';

/** Where the time of a training step or of decoding a token goes, by kernel family. */
export function ProfilePanel() {
  const recipe = useRecipe((state) => state.recipe);
  const model = useModels(selectedModel);
  const run = useRuns(activeRun);
  const failed = useDevice(({ phase }) => phase === 'failed');
  const { reports, measuring, error, measure, saveTrace, dismissError } = useProfile();
  const subjects = [
    ...recipe.stages.map((_, stage) => ({
      subject: stageSubject(stage),
      label: `Stage ${stage + 1} step`,
    })),
    { subject: decoding, label: 'Decoding step' },
  ];
  const [chosen, setChosen] = useState('stage 0');
  const { subject, label } = subjects.find((each) => subjectKey(each.subject) === chosen) ?? {
    subject: decoding,
    label: 'Decoding step',
  };
  const key = subjectKey(subject);
  const report = reports[key];
  const here = measuring?.key === key ? measuring : null;
  const reason = whyNot(failed, model !== null, run !== null, measuring !== null && !here);
  return (
    <Card
      title="Profile"
      aside={model ? `${model.name}, recipe “${recipe.name}”` : 'no model'}
      actions={
        <>
          {report && (
            <Button
              size="small"
              icon={<FileDown size={14} aria-hidden />}
              onClick={() => void saveTrace(report)}
            >
              Save trace
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
            {report ? 'Profile again' : 'Profile'}
          </Button>
        </>
      }
    >
      <div className="profile">
        <Segmented
          label="What to profile"
          size="small"
          value={key}
          choices={subjects.map((each) => ({ value: subjectKey(each.subject), label: each.label }))}
          onChange={setChosen}
        />
        {error && <ErrorNotice error={error} onDismiss={dismissError} />}
        {here && <TaskProgress task={here.task} label={`Profiling: ${label}`} />}
        {report ? (
          <ProfileResult report={report} stale={isStale(report, model?.id ?? null)} />
        ) : (
          !here && <Nothing label={label} />
        )}
      </div>
    </Card>
  );
}

const decoding: ProfileSubject = { kind: 'decode' };

function stageSubject(stage: number): ProfileSubject {
  return { kind: 'stage', stage };
}

function isStale({ modelId }: ProfileReport, chosen: string | null): boolean {
  return modelId !== chosen;
}

function Nothing({ label }: { readonly label: string }) {
  return (
    <EmptyState icon={<Timer size={28} aria-hidden />} title={`${label}: not profiled yet`}>
      Profiling loads the model, runs the step a few times, times every dispatch on the device, and
      gives the memory back. Nothing of the model or of a run changes.
    </EmptyState>
  );
}

function whyNot(failed: boolean, model: boolean, run: boolean, other: boolean): string | null {
  if (failed) return 'There is no WebGPU device.';
  if (!model) return 'Choose a model first.';
  if (run) return 'A run is on the device; profile when it is done or stopped.';
  return other ? 'Another step is being profiled.' : null;
}

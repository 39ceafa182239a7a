import { Play } from 'lucide-react';
import { useState } from 'react';
import { useDevice } from '../../studio/device.ts';
import { useEvaluation, variantKey, type Candidate } from '../../studio/evaluation.ts';
import { needsTemplate, selectedModel, useModels } from '../../studio/models.ts';
import { activeRun, selectedRun, useRuns } from '../../studio/runs.ts';
import { Button } from '../shared/Button.tsx';
import { Card, Page } from '../shared/Card.tsx';
import { formatCount } from '../shared/format.ts';
import { ErrorNotice, NotClinical } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { useOwnError } from '../shared/use-own-error.ts';
import { CandidateList } from './CandidateList.tsx';
import { FileList } from './FileList.tsx';
import { ResultTable } from './ResultTable.tsx';
import { candidatesOf } from './candidates.ts';
import './evaluate.css';

/** Step 5: what training changed, in scores, task by task. */
export default function EvaluatePage() {
  const evaluation = useEvaluation();
  const model = useModels(selectedModel);
  const runs = useRuns();
  const run = selectedRun(runs);
  const all = candidatesOf(model, run);
  const [off, setOff] = useState<ReadonlySet<string>>(new Set());
  const picked = all.filter(({ variant }) => !off.has(variantKey(variant)));
  const reason = useObstacle(picked);
  const error = useOwnError(evaluation.error);

  return (
    <Page
      title="Evaluate"
      lead="The states of a run side by side on questions with known answers: accuracy, F1 and ROUGE-L by task, and whether answers have the form that was asked for."
      actions={
        <Button
          variant="primary"
          icon={<Play size={16} aria-hidden />}
          busy={evaluation.running !== null}
          reason={reason}
          onClick={() => void evaluation.run(picked)}
        >
          {picked.length > 0
            ? `Measure ${formatCount(picked.length, 'model state')}`
            : 'Measure model states'}
        </Button>
      }
    >
      {evaluation.running && (
        <Card>
          <TaskProgress
            task={evaluation.running.task}
            label={`${evaluation.running.label} (${evaluation.running.index + 1} of ${evaluation.running.of})`}
          />
        </Card>
      )}
      {error && <ErrorNotice error={error} onDismiss={evaluation.dismissError} />}
      <div className="evaluate-setup">
        <Card title="What is measured">
          <CandidateList
            candidates={all}
            run={run}
            runs={runs.runs}
            off={off}
            onRun={(id) => runs.select(id)}
            onToggle={(key, on) => {
              const next = new Set(off);
              if (on) next.delete(key);
              else next.add(key);
              setOff(next);
            }}
          />
        </Card>
        <Card title="On which questions">
          <FileList />
        </Card>
      </div>
      <ResultTable />
      <NotClinical />
    </Page>
  );
}

/** Why measuring cannot start, in words; null when it can. */
function useObstacle(picked: readonly Candidate[]): string | null {
  const files = useEvaluation(({ chosen, own }) => chosen.length + own.length);
  const model = useModels(selectedModel);
  const active = useRuns(activeRun);
  const failed = useDevice(({ phase }) => phase === 'failed');
  if (failed) return 'There is no WebGPU device.';
  if (!model) return 'Choose a model first.';
  if (needsTemplate(model)) return 'The model needs a chat template: choose one on the Model page.';
  if (active) return `The run ${active.name} holds the device; let it finish or stop it.`;
  if (picked.length === 0) return 'Choose at least one model state.';
  if (files === 0) return 'Choose at least one evaluation file.';
  return null;
}

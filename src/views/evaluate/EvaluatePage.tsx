/** Step 5: what training changed, in scores, task by task, and what every part of the method brings. */
import { Play } from 'lucide-react';
import { useState } from 'react';
import { useAblation } from '../../studio/evaluation/ablation.ts';
import { useDevice } from '../../studio/device.ts';
import { useEvaluation } from '../../studio/evaluation/evaluation.ts';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { needsTemplate, selectedModel, useModels } from '../../studio/models/models.ts';
import { activeRun } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { JudgeLink } from '../judge/JudgeLink.tsx';
import { Button } from '../shared/controls/Button.tsx';
import { Card, Page } from '../shared/Card.tsx';
import { ErrorNotice, NotClinical } from '../shared/Notice.tsx';
import { SafeModeNote } from '../shared/SafeModeNote.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { Segmented } from '../shared/controls/Toggle.tsx';
import { GridView } from './grid/GridView.tsx';
import { MeasureView } from './MeasureView.tsx';
import { candidateGroups } from './candidates.ts';
import { evaluateText } from './text.ts';

export default function EvaluatePage() {
  const t = evaluateText();
  const evaluation = useEvaluation();
  const { groups, picked, toggle } = usePicked();
  const [view, setView] = useState<'measure' | 'grid'>('measure');
  const reason = useObstacle(picked.length);
  const { error } = evaluation;
  return (
    <Page
      title={t.title}
      lead={t.lead}
      shortNames={['MKA', 'DA', 'KA', 'NA', 'LoRA', 'Align']}
      actions={
        <>
          <Segmented
            label={t.views}
            value={view}
            choices={[
              { value: 'measure', label: t.measureView },
              { value: 'grid', label: t.gridView },
            ]}
            onChange={setView}
          />
          {view === 'measure' && (
            <Button
              variant="primary"
              icon={<Play size={16} aria-hidden />}
              busy={evaluation.running !== null}
              reason={reason}
              onClick={() => void evaluation.run(picked)}
            >
              {t.measure(picked.length)}
            </Button>
          )}
        </>
      }
    >
      {evaluation.running && <Measuring running={evaluation.running} />}
      {error && <ErrorNotice error={error} onDismiss={evaluation.dismissError} />}
      <SafeModeNote />
      {view === 'measure' ? (
        <MeasureView
          groups={groups}
          picked={new Set(picked.map(({ state }) => modelStateKey(state)))}
          onToggle={toggle}
        />
      ) : (
        <GridView />
      )}
      <JudgeLink />
      <NotClinical />
    </Page>
  );
}

type Running = NonNullable<ReturnType<typeof useEvaluation.getState>['running']>;

function Measuring({ running: { task, label, index, of } }: { readonly running: Running }) {
  return (
    <Card>
      <TaskProgress task={task} label={evaluateText().progress(label, index + 1, of)} />
    </Card>
  );
}

/** The states that can be measured, and those that are ticked. */
function usePicked() {
  const model = useModels(selectedModel);
  const { runs, selectedId } = useRuns();
  const groups = candidateGroups(model, runs, selectedId);
  const [touched, setTouched] = useState<ReadonlyMap<string, boolean>>(new Map());
  // The base and the leading run's states are ticked until somebody says otherwise.
  const all = groups.flatMap((group, index) =>
    group.candidates.map((candidate, place) => ({
      candidate,
      byItself: group.run === null ? place === 0 : index === 1,
    })),
  );
  const picked = all
    .filter(({ candidate, byItself }) => touched.get(modelStateKey(candidate.state)) ?? byItself)
    .map(({ candidate }) => candidate);
  const toggle = (key: string, on: boolean) => setTouched(new Map(touched).set(key, on));
  return { groups, picked, toggle };
}

/** Why measuring cannot start, in words; null when it can. */
function useObstacle(picked: number): string | null {
  const t = evaluateText();
  const files = useEvaluation(({ chosen, own }) => chosen.length + own.length);
  const model = useModels(selectedModel);
  const active = useRuns(activeRun);
  const grid = useAblation(({ running }) => running);
  const failed = useDevice(({ phase }) => phase === 'failed');
  if (failed) return t.noDevice;
  if (!model) return t.noModel;
  if (model.aside) return t.modelAside(model.name);
  if (needsTemplate(model)) return t.noTemplate;
  if (grid) return t.gridActive;
  if (active) return t.runActive(active.name);
  if (picked === 0) return t.noState;
  if (files === 0) return t.noFile;
  return null;
}

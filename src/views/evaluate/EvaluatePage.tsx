/** Step 5: what training changed, in scores, task by task, and what every part of the method brings. */
import { Play } from 'lucide-react';
import { useState } from 'react';
import { useDevice } from '../../studio/device.ts';
import { useEvaluation } from '../../studio/evaluation/evaluation.ts';
import { usePicks } from '../../studio/evaluation/picks.ts';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { needsTemplate, selectedModel, useModels } from '../../studio/models/models.ts';
import { measureInTurn } from '../../studio/queue/page-queue.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { JudgeLink } from '../judge/JudgeLink.tsx';
import { QueueCard } from '../queue/QueueCard.tsx';
import { tellWaiting } from '../queue/work-name.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Card, Page } from '../shared/Card.tsx';
import { ErrorNotice, NotClinical } from '../shared/Notice.tsx';
import { Progress } from '../shared/Progress.tsx';
import { SafeModeNote } from '../shared/SafeModeNote.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { Segmented } from '../shared/controls/Toggle.tsx';
import { EndedRun } from './EndedRun.tsx';
import { MeasuringTimeLeft } from './Forecast.tsx';
import { GridView } from './grid/GridView.tsx';
import { MeasureView } from './MeasureView.tsx';
import { MemorisationView } from './memorisation/MemorisationView.tsx';
import { candidateGroups } from './candidates.ts';
import { evaluateText } from './text.ts';

export default function EvaluatePage() {
  const t = evaluateText();
  const evaluation = useEvaluation();
  const { groups, picked, onTick } = usePicked();
  const [view, setView] = useState<'measure' | 'grid' | 'memory'>('measure');
  const busy = useObstacle();
  const missing = useMissing(picked.length);
  const reason = busy ?? missing;
  const { error } = evaluation;
  return (
    <Page
      title={t.title}
      lead={t.lead}
      shortNames={['MKA', 'DA', 'KA', 'NA', 'LoRA', 'Align', 'L_orth', 'ROUGE-L', 'JSONL', 'CSV']}
      actions={
        <>
          <Segmented
            label={t.views}
            value={view}
            choices={[
              { value: 'measure', label: t.measureView },
              { value: 'grid', label: t.gridView },
              { value: 'memory', label: t.memoryView },
            ]}
            onChange={setView}
          />
          {view === 'measure' && (
            <Button
              variant="primary"
              icon={<Play size={16} aria-hidden />}
              busy={evaluation.running !== null}
              reason={reason}
              onClick={() => {
                const [first] = picked;
                tellWaiting(first?.label ?? '', measureInTurn(picked));
              }}
            >
              {t.measure(picked.length)}
            </Button>
          )}
        </>
      }
    >
      {evaluation.running && <Measuring running={evaluation.running} />}
      <QueueCard />
      {view === 'measure' && <EndedRun />}
      {error && <ErrorNotice error={error} onDismiss={evaluation.dismissError} />}
      <SafeModeNote />
      {view === 'memory' && <MemorisationView obstacle={busy} />}
      {view === 'grid' && <GridView />}
      {view === 'measure' && (
        <MeasureView
          groups={groups}
          picked={new Set(picked.map(({ state }) => modelStateKey(state)))}
          onTick={onTick}
          reason={busy}
        />
      )}
      <JudgeLink />
      <NotClinical />
    </Page>
  );
}

type Running = NonNullable<ReturnType<typeof useEvaluation.getState>['running']>;

function Measuring({ running }: { readonly running: Running }) {
  const t = evaluateText();
  const { task, label, index, of } = running;
  const name = t.progress(label, index + 1, of);
  return (
    <Card>
      {task === null ? (
        <Progress label={name} fraction={null} />
      ) : (
        <>
          <TaskProgress task={task} label={name} />
          <MeasuringTimeLeft task={task} others={of - index - 1} />
        </>
      )}
    </Card>
  );
}

/** The states that can be measured, and those that are ticked: the base alone until somebody ticks one. */
function usePicked() {
  const model = useModels(selectedModel);
  const { runs, selectedId } = useRuns();
  const { picked: chosen, tick } = usePicks();
  const groups = candidateGroups(model, runs, selectedId);
  const all = groups.flatMap(({ candidates }) => candidates);
  const [base] = all;
  const standard = base ? [modelStateKey(base.state)] : [];
  const keys = chosen ?? new Set(standard);
  return {
    groups,
    picked: all.filter(({ state }) => keys.has(modelStateKey(state))),
    onTick: (ticked: readonly string[], on: boolean) => tick(ticked, on, standard),
  };
}

/** Why no model can be asked anything now, in words; null when it can. */
function useObstacle(): string | null {
  const t = evaluateText();
  const model = useModels(selectedModel);
  const failed = useDevice(({ phase }) => phase === 'failed');
  if (failed) return t.noDevice;
  if (!model) return t.noModel;
  if (model.aside) return t.modelAside(model.name);
  if (needsTemplate(model)) return t.noTemplate;
  return null;
}

/** What is not chosen yet, in words; null when nothing is missing. */
function useMissing(picked: number): string | null {
  const t = evaluateText();
  const files = useEvaluation(({ chosen, own }) => chosen.length + own.length);
  if (picked === 0) return t.noState;
  return files === 0 ? t.noFile : null;
}

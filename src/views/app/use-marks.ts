/** The state of each step, for the marks of the rail. */
import { useDataSets, trainingSets } from '../../studio/data/data-sets.ts';
import { useEvaluation } from '../../studio/evaluation/evaluation.ts';
import { useExports } from '../../studio/exports/exports.ts';
import { useHub } from '../../studio/models/hub.ts';
import { needsTemplate, selectedModel, useModels } from '../../studio/models/models.ts';
import { shownState } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import type { Mark, StepPath } from './steps.ts';

const under = new Set(['preparing', 'running', 'reopening', 'finalising']);

/** The state of each step, for the marks of the rail. */
export function useMarks(): Readonly<Record<StepPath, Mark>> {
  const data = useDataSets();
  const models = useModels();
  const downloads = useHub((state) => state.downloads) ?? [];
  const runs = useRuns((state) => state.runs);
  const evaluation = useEvaluation();
  const jobs = useExports((state) => state.jobs);

  const model = selectedModel(models);
  const hasData = trainingSets(data).length > 0;
  const finished = runs.filter(({ snapshots }) => snapshots.some(({ id }) => id !== 'base'));
  const training = runs.some(({ state }) => under.has(state));

  const dataMark = (): Mark => {
    if (data.error || data.unmapped.length > 0) return 'attention';
    if (data.importing !== null) return 'running';
    return hasData ? 'done' : 'empty';
  };
  const modelMark = (): Mark => {
    if (models.error || model?.aside || (model && needsTemplate(model))) return 'attention';
    if (downloads.some(({ state }) => state === 'failed')) return 'attention';
    const coming = downloads.some(({ state }) => state !== 'paused' && state !== 'elsewhere');
    if (models.importing !== null || coming) return 'running';
    return model ? 'done' : 'empty';
  };
  const trainMark = (): Mark => {
    if (training) return 'running';
    const last = runs.reduce<(typeof runs)[number] | null>(
      (latest, run) => (latest && latest.createdAt >= run.createdAt ? latest : run),
      null,
    );
    const lastState = last && shownState(last);
    if (lastState === 'failed' || lastState === 'interrupted') return 'attention';
    if (finished.length > 0) return 'done';
    return hasData && model ? 'ready' : 'empty';
  };
  const evaluateMark = (): Mark => {
    if (evaluation.error) return 'attention';
    if (evaluation.running) return 'running';
    if (evaluation.results.length > 0) return 'done';
    return model ? 'ready' : 'empty';
  };
  const exportMark = (): Mark => {
    const all = Object.values(jobs);
    if (all.some(({ status }) => status === 'failed')) return 'attention';
    if (all.some(({ status }) => status === 'running')) return 'running';
    if (all.some(({ status }) => status === 'ready')) return 'done';
    return finished.length > 0 ? 'ready' : 'empty';
  };
  return {
    '/data': dataMark(),
    '/model': modelMark(),
    '/train': trainMark(),
    '/experts': finished.length > 0 || training ? 'ready' : 'empty',
    '/evaluate': evaluateMark(),
    '/chat': model ? 'ready' : 'empty',
    '/export': exportMark(),
  };
}

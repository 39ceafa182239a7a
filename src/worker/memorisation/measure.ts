/** Measures what every state of a run remembers, and keeps the figures with the run. */
import { adapterName } from '../../engine/gpu/adapter-name.ts';
import type { AskedText, ScoredRecord } from '../../engine/evaluation/answering.ts';
import {
  canaryLosses,
  extractions,
  recordLosses,
  SCORED_TOGETHER,
} from '../../engine/evaluation/memorisation/measure.ts';
import type { StateMeasures } from '../../engine/evaluation/memorisation/report.ts';
import {
  dropChange,
  memoryOf,
  type MeasuredState,
} from '../../engine/evaluation/memorisation/state-memory.ts';
import { BOOTSTRAP_SEED } from '../../engine/evaluation/statistics/bootstrap.ts';
import type { StateAnswers } from '../../engine/inference/state-answers.ts';
import type { StateModel } from '../../engine/inference/state-model.ts';
import { bestStageOf } from '../../engine/training/run/snapshots.ts';
import type { CallInput } from '../../contract/contract.ts';
import type { MemorySettings, RunDrop, RunMemory } from '../../contract/memorisation.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { StoredRun } from '../../storage/stored.ts';
import type { WorkerContext } from '../context.ts';
import { recordsOfRun } from '../data/records-of-run.ts';
import type { StateShelf } from '../models/state-shelf.ts';
import type { Task } from '../tasks/tasks.ts';
import { leaksOf } from './leaks.ts';
import { recordsToMeasure, trainedRows, type RecordsToMeasure } from './run-records.ts';

/** A continuation costs about as much as so many scored records. */
const CONTINUATION = 8;

/** @throws StudioError `run-missing`, `run-inputs-changed`, `cancelled`, and what preparing, loading and answering throw */
export async function measureMemory(
  context: WorkerContext,
  shelf: StateShelf,
  { runId, settings }: Omit<CallInput<'memorisation.measure'>, 'task'>,
  task: Task,
): Promise<RunMemory> {
  const { storage, device, emit } = context;
  const begin = performance.now();
  const stored = await storage.runs.get(runId);
  const { summary: run } = stored;
  const { records, text } = await whileInUse(storage.locks, run.dataSetIds.map(dataLock), () =>
    prepare(context, stored, settings, task),
  );
  const states = statesOf(run);
  const measures: StateMeasures[] = [];
  for (const [place, { id: snapshot, label }] of states.entries()) {
    const steps = progressOf(records, settings.draws, (share) => {
      task.check();
      const done = place + share;
      task.progress(done / states.length, { code: 'named', name: label });
    });
    const state = { modelId: run.modelId, runId: snapshot === 'base' ? null : runId, snapshot };
    measures.push(
      await shelf.use(state, ({ weights }) =>
        measureState({ weights, text, records, settings, steps, task }),
      ),
    );
    task.check();
  }
  const memory = remembered(run, records, measures, {
    ...{ settings, measuredAt: Date.now(), milliseconds: performance.now() - begin },
    adapter: adapterName((await device.get()).adapter),
  });
  const kept = await storage.runs.update(runId, { memorisation: memory });
  emit({ type: 'runs.changed', run: kept });
  return memory;
}

/** Reads the run's own records, as it trained on them, and its way of asking. */
async function prepare(
  context: WorkerContext,
  stored: StoredRun,
  settings: MemorySettings,
  task: Task,
): Promise<{ readonly records: RecordsToMeasure; readonly text: AskedText }> {
  task.progress(0, { code: 'tokenising' });
  const { model, template, dataSets, records } = await recordsOfRun(context, stored, task.signal);
  const trained = await trainedRows(context.storage, stored.summary.id);
  task.check();
  return {
    records: await recordsToMeasure(records, dataSets, trained, settings),
    text: await context.tokeniser.text(model, template, task.signal).questions(),
  };
}

/** The states that differ in what they say: not the best steps, and of a merge only what it leaves. */
export function statesOf({ snapshots, recipe }: Pick<RunSummary, 'snapshots' | 'recipe'>) {
  return snapshots.filter(({ id }, place) => {
    if (bestStageOf(id) !== null) return false;
    const stage = stageOfEnd(id);
    const after = stage === null ? undefined : recipe.stages[stage]?.after;
    const onlyMerges = after?.every(({ action }) => action === 'merge') ?? false;
    return !(onlyMerges && place < snapshots.length - 1);
  });
}

/** The stage whose end, before anything is dropped or merged, a state is; null for any other. */
function stageOfEnd(id: string): number | null {
  const number = /^stage([1-9])\.end$/.exec(id)?.[1];
  return number === undefined ? null : Number(number) - 1;
}

/** How far the measuring of one state is: one act for each call that is made before a piece of work. */
function progressOf(
  { canaries, references, members, heldOut, cuts }: RecordsToMeasure,
  draws: number,
  tell: (share: number) => void,
) {
  const scored = [members, heldOut].map(({ length }) => length);
  const ofCanary = (references ?? 0) + 1;
  const ofDraw = cuts.length * CONTINUATION;
  const total =
    canaries.length * ofCanary + scored.reduce((a, b) => a + b, 0) + (draws + 1) * ofDraw;
  let done = 0;
  const step = (work: number) => () => {
    tell(done / Math.max(1, total));
    done += work;
  };
  return { canary: step(ofCanary), records: step(SCORED_TOGETHER), draw: step(ofDraw) };
}

interface StateToMeasure {
  readonly weights: StateModel;
  readonly text: AskedText;
  readonly records: RecordsToMeasure;
  readonly settings: MemorySettings;
  readonly steps: ReturnType<typeof progressOf>;
  readonly task: Task;
}

async function measureState({
  weights,
  text,
  records: { canaries, members, heldOut, cuts },
  settings,
  steps,
  task,
}: StateToMeasure): Promise<StateMeasures> {
  const { context: contextLength } = weights;
  const answers = weights.answers();
  const ended = (): boolean => task.signal.aborted;
  const model = {
    score: (scored: readonly ScoredRecord[]) =>
      answers.score(scored.map((record) => ({ ...record, task: 0 }))),
    generateBatch: (...[prompts, most, ends]: Batch) =>
      answers.generateBatch(prompts, most, ends, ended),
    sampleBatch: (...[prompts, most, ends, how]: Parameters<StateAnswers['sampleBatch']>) =>
      answers.sampleBatch(prompts, most, ends, how, ended),
  };
  return {
    canaries: await canaryLosses(model, text, canaries, { contextLength, check: steps.canary }),
    members: await recordLosses(model, members, { check: steps.records }),
    nonMembers: await recordLosses(model, heldOut, { check: steps.records }),
    extractions: await extractions(
      model,
      cuts.map(({ cut }) => cut),
      {
        ...{ contextLength, endIds: text.eosIds, draws: settings.draws, seed: BOOTSTRAP_SEED },
        check: steps.draw,
      },
    ),
  };
}

type Batch = Parameters<StateAnswers['generateBatch']>;

/** The figures of all states, from what was measured of each. */
function remembered(
  run: RunSummary,
  records: RecordsToMeasure,
  measures: readonly StateMeasures[],
  about: Pick<RunMemory, 'settings' | 'measuredAt' | 'milliseconds' | 'adapter'>,
): RunMemory {
  const states = statesOf(run);
  const [base] = measures;
  const { canaries, references, members, heldOut, cuts, planted } = records;
  const of = (place: number): MeasuredState | null => {
    const state = measures[place];
    if (!state) return null;
    const shared = { canaries, references: references ?? 0, seed: BOOTSTRAP_SEED };
    return { ...shared, state, base: place === 0 ? undefined : base };
  };
  const leaks = leaksOf(cuts, measures, states);
  return {
    ...about,
    ...{ members: members.length, heldOut: heldOut.length, continued: cuts.length },
    ...{ references, canaries: canaries.length, planted },
    states: states.flatMap(({ id: snapshot }, place) => {
      const measured = of(place);
      return measured ? [{ snapshot, ...memoryOf(measured) }] : [];
    }),
    drop: base ? dropOf(run, of, base) : null,
    ...{ leaked: leaks.length, leaks },
  };
}

/** What the first stage that drops branches changed by it. */
function dropOf(
  run: RunSummary,
  of: (place: number) => MeasuredState | null,
  base: StateMeasures,
): RunDrop | null {
  const states = statesOf(run);
  for (const [place, { id }] of states.entries()) {
    const stage = stageOfEnd(id);
    const after = stage === null ? [] : (run.recipe.stages[stage]?.after ?? []);
    const branches = after.flatMap(({ action, branch }) => (action === 'drop' ? [branch] : []));
    const [before, then, next] = [of(place), of(place + 1), states[place + 1]];
    if (branches.length === 0 || !before || !then || !next) continue;
    return { branches, before: id, after: next.id, ...dropChange(before, then, base) };
  }
  return null;
}

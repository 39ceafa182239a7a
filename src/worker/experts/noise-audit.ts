/** Measures what the Noise Aggregator of a run holds, record by record, and copies sets without what it holds most. */
import type { noiseCalls, NoiseAudit, RunNoise } from '../../contract/experts.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { RunSummary, Snapshot } from '../../contract/runs.ts';
import {
  figuresOf,
  noiseAuditFigures,
  noisiest,
  type AuditedRecords,
} from '../../engine/evaluation/noise-audit/noise-audit.ts';
import { recordLosses, SCORED_TOGETHER } from '../../engine/evaluation/memorisation/measure.ts';
import { markedCanaries } from '../../engine/evaluation/memorisation/planting.ts';
import { groupNearDuplicates } from '../../engine/evaluation/trust/near-duplicates.ts';
import { RecordTokens } from '../../engine/evaluation/trust/record-tokens.ts';
import { SignatureStream } from '../../engine/evaluation/trust/signatures.ts';
import {
  DataOrder,
  firstEpoch,
  type TrainingRecord,
} from '../../engine/training/run/data-order.ts';
import type { StateAnswers } from '../../engine/inference/state-answers.ts';
import { fault } from '../../faults/fault.ts';
import { dataLock, modelLock, runUseLock, whileInUse } from '../../storage/lock-names.ts';
import type { Storage } from '../../storage/storage.ts';
import type { StoredRun } from '../../storage/stored.ts';
import type { WorkerContext } from '../context.ts';
import type { PreparedRecords } from '../data/prepare.ts';
import { recordsOfRun } from '../data/records-of-run.ts';
import { setWithout } from '../data/set-without.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { StateShelf } from '../models/state-shelf.ts';
import type { Task } from '../tasks/tasks.ts';
import { mixtureState } from './mixture.ts';

/** Records kept for validation that are measured beside the others. */
const MOST_HELD_OUT = 500;

export function noiseHandlers(
  context: WorkerContext,
  shelf: StateShelf,
): HandlersOf<typeof noiseCalls> {
  const { storage, tasks } = context;
  return {
    'experts.noiseAudit': async ({ runId }) => {
      await storage.runs.get(runId);
      return storage.experts.noiseAudit(runId);
    },
    'experts.auditNoise': ({ runId, maxRecords, task: name }) =>
      tasks.run(name, async (task) => {
        const stored = await storage.runs.get(runId);
        const { modelId, dataSetIds } = stored.summary;
        const locks = [modelLock(modelId), runUseLock(runId), ...dataSetIds.map(dataLock)];
        return whileInUse(storage.locks, locks, async () => {
          const audit = await measure(context, shelf, { stored, maxRecords, task });
          await storage.experts.putNoiseAudit(audit);
          const run = await storage.runs.update(runId, { noiseAudit: summaryOf(audit) });
          context.emit({ type: 'runs.changed', run });
          return audit;
        });
      }),
    'experts.leaveOutNoisiest': ({ runId, share, task: name }) =>
      tasks.run(name, async (task) => {
        await storage.runs.get(runId);
        const audit = await storage.experts.noiseAudit(runId);
        if (!audit) throw fault('noise-audit-missing', { runId }, { kept: 'run' });
        return leaveOut(context, audit, share, task);
      }),
  };
}

/** The states with the mixture and without it. @throws StudioError `mixture-missing`, `mixture-untrained`, `mixture-kept` */
function statesOf(run: RunSummary): { readonly withNoise: Snapshot; readonly without: Snapshot } {
  const { mixture, snapshot } = mixtureState(run);
  const place = run.snapshots.findIndex(({ id }) => id === snapshot);
  const withNoise = run.snapshots[place];
  const without = run.snapshots
    .slice(place + 1)
    .find(({ branches }) => !branches.includes(mixture.name));
  if (!withNoise || !without) throw fault('mixture-kept', {}, { kept: 'run' });
  return { withNoise, without };
}

/** The stage that trained the mixture. */
function stageOfMixture({ recipe }: RunSummary): number {
  return recipe.stages.findIndex(({ attach }) => attach.some(({ type }) => type === 'mixture'));
}

interface Measuring {
  readonly stored: StoredRun;
  readonly maxRecords: number;
  readonly task: Task;
}

async function measure(
  context: WorkerContext,
  shelf: StateShelf,
  { stored, maxRecords, task }: Measuring,
): Promise<NoiseAudit> {
  const { summary } = stored;
  const { withNoise, without } = statesOf(summary);
  const stage = stageOfMixture(summary);
  task.progress(0, { code: 'tokenising' });
  const { records, ...inputs } = await recordsOfRun(context, stored, task.signal);
  const order = new DataOrder(summary.recipe, stage, records.places);
  const drawn = firstEpoch(order, summary.recipe.batch.records);
  const wanted = maxRecords === 0 ? drawn : drawn.slice(0, maxRecords);
  const kinds = summary.recipe.stages[stage]?.data.kinds ?? [];
  const apart = records.validation.filter(({ kind }) => kinds.includes(kind));
  const own = await readAll(records, wanted, task);
  const measured = [...own, ...apart.slice(0, MOST_HELD_OUT)];
  const lossesIn = (state: Snapshot, half: number): Promise<number[]> =>
    shelf.use({ modelId: summary.modelId, runId: summary.id, snapshot: state.id }, (loaded) =>
      lossesOf(loaded.weights.answers(), measured, task, half),
    );
  const lossesWith = await lossesIn(withNoise, 0);
  const lossesWithout = await lossesIn(without, 1);
  const columns = (some: readonly TrainingRecord[], from: number): AuditedRecords =>
    columnsOf(some, inputs.dataSets, {
      withNoise: Float32Array.from(lossesWith.slice(from, from + some.length)),
      without: Float32Array.from(lossesWithout.slice(from, from + some.length)),
    });
  const trained = columns(own, 0);
  const heldOut = columns(measured.slice(own.length), own.length);
  return {
    ...trained,
    repeats: await repeatsOf(context.storage, summary.dataSetIds, trained, task),
    runId: summary.id,
    createdAt: Date.now(),
    states: { withNoise: withNoise.id, without: without.id },
    dataSetIds: summary.dataSetIds,
    tasks: records.tasks,
    trained: drawn.length,
    heldOut: heldOut.row.length > 0 ? figuresOf(heldOut, [...heldOut.row.keys()]) : null,
  };
}

/** Records by their indices, without those that teach nothing. */
async function readAll(
  records: PreparedRecords,
  indices: readonly number[],
  task: Task,
): Promise<TrainingRecord[]> {
  const read: TrainingRecord[] = [];
  for (let first = 0; first < indices.length; first += 256) {
    task.check();
    const some = await records.read(indices.slice(first, first + 256));
    read.push(...some.filter((record) => record !== null));
  }
  return read;
}

type Scoring = Parameters<typeof recordLosses>[0];

/** Mean −log p per target of each record in one state; `half` says which of the two states. */
function lossesOf(
  model: Pick<StateAnswers, 'score'>,
  records: readonly TrainingRecord[],
  task: Task,
  half: number,
): Promise<number[]> {
  const total = records.length;
  const code = half === 0 ? 'records-with-noise' : 'records-without-noise';
  let done = 0;
  const check = (): void => {
    task.check();
    task.progress((half + done / total) / 2, { code, done, total });
    done = Math.min(total, done + SCORED_TOGETHER);
  };
  const score: Scoring['score'] = (some) =>
    model.score(some.map((record) => ({ ...record, task: 0 })));
  return recordLosses({ score }, records, { check });
}

/** @param sets of the run, in its order */
function columnsOf(
  records: readonly TrainingRecord[],
  sets: readonly DataSetSummary[],
  losses: Pick<AuditedRecords, 'withNoise' | 'without'>,
): AuditedRecords {
  const column = (value: (record: TrainingRecord) => number): Uint32Array =>
    Uint32Array.from(records, value);
  const planted = sets.map(({ canaries }) =>
    canaries
      ? markedCanaries(canaries).flatMap(({ times }) => Array<number>(times).fill(times))
      : [],
  );
  return {
    ...losses,
    dataSet: column(({ dataSet }) => dataSet),
    row: column(({ row }) => row),
    task: column(({ task }) => task),
    targets: column(({ labels }) => labels.reduce((sum, label) => sum + (label < 0 ? 0 : 1), 0)),
    repeats: new Uint32Array(records.length),
    planted: column(({ dataSet, row }) => planted[dataSet]?.[row] ?? 0),
  };
}

/** How many of the other records are nearly the same as each. */
async function repeatsOf(
  { dataSets }: Pick<Storage, 'dataSets'>,
  ids: readonly string[],
  { dataSet, row }: AuditedRecords,
  task: Task,
): Promise<Uint32Array> {
  const [tokens, signer] = [new RecordTokens(), new SignatureStream()];
  for (const [place, index] of row.entries()) {
    task.check();
    const [found] = await dataSets.rows(ids[dataSet[place] ?? 0] ?? '', index, 1);
    tokens.read(found?.messages ?? []);
    signer.add(tokens.said);
  }
  const first = groupNearDuplicates(signer.end());
  const sizes = new Uint32Array(first.length);
  for (const root of first) sizes[root] = (sizes[root] ?? 0) + 1;
  return first.map((root) => (sizes[root] ?? 1) - 1);
}

/** A copy of each set that has one of the noisiest records. */
async function leaveOut(
  context: WorkerContext,
  audit: NoiseAudit,
  share: number,
  task: Task,
): Promise<DataSetSummary[]> {
  const rows = new Map<number, Set<number>>();
  for (const place of noisiest(audit, share)) {
    const dataSet = audit.dataSet[place] ?? 0;
    const own = rows.get(dataSet) ?? new Set();
    rows.set(dataSet, own.add(audit.row[place] ?? 0));
  }
  const copies: DataSetSummary[] = [];
  for (const [dataSet, own] of [...rows].sort(([one], [other]) => one - other)) {
    copies.push(await setWithout(context, audit.dataSetIds[dataSet] ?? '', own, task));
  }
  return copies;
}

/** Tasks whose figures are kept with the run, the most held first. */
const MOST_TASKS = 256;

/** What the run keeps of an audit: figures of kinds of records, and none of a single one. */
function summaryOf(audit: NoiseAudit): RunNoise {
  const { byTask, ...figures } = noiseAuditFigures(audit);
  const { createdAt: measuredAt, states, trained, heldOut } = audit;
  return {
    ...figures,
    ...{ measuredAt, states, trained, heldOut },
    byTask: byTask
      .slice(0, MOST_TASKS)
      .map(({ task, ...losses }) => ({ task: audit.tasks[task] ?? '', ...losses })),
  };
}

/** Finds the training records behind a phrase of an answer. */
import type { attributionCalls, TeachingRecords } from '../../contract/chat.ts';
import type { CallInput } from '../../contract/contract.ts';
import { likenesses, ranked } from '../../engine/attribution/ranking.ts';
import { answersOf, StageGradients } from '../../engine/attribution/stage-gradients.ts';
import type { Gpu } from '../../engine/gpu/device.ts';
import {
  DataOrder,
  firstEpoch,
  type TrainingRecord,
} from '../../engine/training/run/data-order.ts';
import { fault } from '../../faults/fault.ts';
import { dataLock, modelLock, runUseLock, whileInUse } from '../../storage/lock-names.ts';
import type { StoredRun } from '../../storage/stored.ts';
import type { WorkerContext } from '../context.ts';
import type { PreparedRecords } from '../data/prepare.ts';
import { recordsOfRun } from '../data/records-of-run.ts';
import type { RunInputs } from '../data/run-inputs.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { Task } from '../tasks/tasks.ts';

/** Records of a stage that are compared, at most: they are drawn as the stage drew them. */
const MOST_RECORDS = 1000;
const SHOWN = 8;
const SKETCH_SEED = 0x5eed9;

/** The sketches of a stage's records. */
interface SketchedStage {
  readonly stage: number;
  /** Indices in the run's records. */
  readonly indices: readonly number[];
  readonly sketches: readonly Float32Array[];
  /** Answers of some of the records. */
  readonly others: readonly Uint32Array[];
}

/** The sketches of the run that was asked about last. */
interface Kept {
  readonly runId: string;
  readonly stages: Map<number, SketchedStage>;
}

interface Asked {
  readonly gpu: Gpu;
  readonly stored: StoredRun;
  readonly inputs: RunInputs;
  readonly records: PreparedRecords;
  readonly stageBranches: readonly Uint8Array[];
  readonly phrase: Phrase;
  readonly running: Task;
}

/** Prompt and answer up to the end of a phrase in tokens, and where the phrase begins. */
interface Phrase {
  readonly sequence: Uint32Array;
  readonly from: number;
}

export function attributionHandlers(context: WorkerContext): HandlersOf<typeof attributionCalls> {
  let kept: Kept | null = null;
  return {
    'chat.teachingRecords': (call) =>
      context.tasks.run(call.task, async (running) => {
        const { runId } = call.state;
        if (runId === null) throw fault('run-missing', { id: '' });
        const stored = await context.storage.runs.get(runId);
        const { modelId, dataSetIds } = stored.summary;
        const locks = [modelLock(modelId), runUseLock(runId), ...dataSetIds.map(dataLock)];
        if (kept?.runId !== runId) kept = { runId, stages: new Map() };
        const { stages } = kept;
        return whileInUse(context.storage.locks, locks, () =>
          context.device.use(async (gpu) =>
            rank(context, call, await prepared(context, call, { gpu, stored, running }), stages),
          ),
        );
      }),
  };
}

/** Everything that ranking needs, read and tokenised. @throws StudioError `run-inputs-changed` */
async function prepared(
  context: WorkerContext,
  { messages, before, phrase }: CallInput<'chat.teachingRecords'>,
  { gpu, stored, running }: Pick<Asked, 'gpu' | 'stored' | 'running'>,
): Promise<Asked> {
  const { records, ...inputs } = await recordsOfRun(context, stored, running.signal);
  const texts = context.tokeniser.text(inputs.model, inputs.template, running.signal);
  const asked = await texts.questions();
  const [prompt, lead, whole] = await Promise.all([
    texts.prompt(messages),
    asked.answer(before),
    asked.answer(before + phrase),
  ]);
  // Tokens that reach from the lead into the phrase belong to the phrase.
  let shared = 0;
  while (shared < lead.length && lead[shared] === whole[shared]) shared += 1;
  const start = Math.min(shared, Math.max(0, whole.length - 1));
  return {
    ...{ gpu, stored, inputs, records, running },
    stageBranches: await context.storage.runs.readStages(stored.summary.id),
    phrase: {
      sequence: new Uint32Array([...prompt, ...whole]),
      from: prompt.length + start,
    },
  };
}

async function rank(
  context: WorkerContext,
  { state }: CallInput<'chat.teachingRecords'>,
  asked: Asked,
  stages: Map<number, SketchedStage>,
): Promise<TeachingRecords> {
  const { stored, records, stageBranches } = asked;
  const known = /^stage(\d)\./.exec(state.snapshot)?.[1];
  const count = Math.min(stageBranches.length, known === undefined ? Infinity : Number(known));
  const sums = new Map<number, { sum: number; stages: number }>();
  const trained = new Set<number>();
  for (let stage = 0; stage < count; stage += 1) {
    const order = new DataOrder(stored.summary.recipe, stage, records.places);
    const eligible = firstEpoch(order, stored.summary.recipe.batch.records);
    for (const index of eligible) trained.add(index);
    const { indices, values } = await likenessOfStage(asked, stages, { stage, eligible, count });
    indices.forEach((index, i) => {
      const before = sums.get(index) ?? { sum: 0, stages: 0 };
      sums.set(index, { sum: before.sum + (values[i] ?? 0), stages: before.stages + 1 });
    });
  }
  const compared = [...sums].map(([index, { sum, stages: times }]) => ({
    index,
    likeness: sum / times,
  }));
  const best = ranked(compared.map(({ likeness }) => likeness)).slice(0, SHOWN);
  const found = best.map(async (place) => {
    const { index = 0, likeness = 0 } = compared[place] ?? {};
    const { dataSet = 0, row = 0 } = records.places[index] ?? {};
    const dataSetId = stored.summary.dataSetIds[dataSet] ?? '';
    const [shown] = await context.storage.dataSets.rows(dataSetId, row, 1);
    return shown ? [{ dataSetId, row: shown, likeness }] : [];
  });
  return {
    records: (await Promise.all(found)).flat(),
    compared: compared.length,
    trained: trained.size,
  };
}

/** The likeness of each of a stage's records with the phrase; their sketches are computed once. */
async function likenessOfStage(
  { gpu, stored, inputs, records, stageBranches, phrase, running }: Asked,
  stages: Map<number, SketchedStage>,
  at: { readonly stage: number; readonly eligible: readonly number[]; readonly count: number },
) {
  const { stage } = at;
  const known = stages.get(stage);
  const indices = known?.indices ?? at.eligible.slice(0, MOST_RECORDS);
  const read = known ? [] : await readRecords(records, indices);
  const lengths = read.map(({ record }) => record.ids.length);
  const gradients = await StageGradients.create({
    ...{ gpu, stage, stageBranches, seed: SKETCH_SEED },
    ...{ config: inputs.model.config, weights: inputs.model.weights, recipe: inputs.recipe },
    precision: stored.summary.precision ?? 'float32',
    // Room for other words in the phrase's place.
    longest: Math.max(phrase.sequence.length + 16, ...lengths),
  });
  try {
    const sketched: SketchedStage = known ?? {
      stage,
      indices: read.map(({ index }) => index),
      sketches: [],
      others: answersOf(read.map(({ record }) => record)),
    };
    const sketches = [...sketched.sketches];
    for (const [i, { record }] of read.entries()) {
      running.check();
      running.progress((stage + i / read.length) / at.count, null);
      sketches.push(await gradients.ofRecord(record));
    }
    if (!known) stages.set(stage, { ...sketched, sketches });
    const { sequence, from } = phrase;
    const query = await gradients.ofPhrase(sequence, from, sketched.others);
    return { indices: sketched.indices, values: likenesses(query, sketches) };
  } finally {
    gradients.release();
  }
}

/** Records with their places, without those that teach nothing. */
async function readRecords(
  records: PreparedRecords,
  indices: readonly number[],
): Promise<{ readonly index: number; readonly record: TrainingRecord }[]> {
  const read = await records.read([...indices]);
  return read.flatMap((record, i) => {
    const index = indices[i];
    return record && index !== undefined ? [{ index, record }] : [];
  });
}

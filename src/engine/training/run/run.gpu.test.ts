import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCheckpoint, type CheckpointFolder } from '../../testing/checkpoint-folder.ts';
import { openFaultyDevice, openTestDevice } from '../../../../test/gpu/kernel-bench.ts';
import { randomSource } from '../../testing/numbers.ts';
import { StudioError } from '../../../faults/fault.ts';
import { totalBytes } from '../../gpu/ledger.ts';
import { StateModel } from '../../inference/state-model.ts';
import { checkpointings } from '../../model/passes/decoder.ts';
import { BaseModel, describeWeights, weightSpecs } from '../../model/weights.ts';
import { layOutBranches } from '../../branches/layout.ts';
import { initialParameters, packParameters } from '../../branches/parameters.ts';
import { stageBranches } from '../stage/branch-plans.ts';
import type { TrainingRecord } from './data-order.ts';
import { rotaryPositions } from './lengths.ts';
import { planMemory } from '../stage/memory.ts';
import { quickRecipe } from '../recipe/presets.ts';
import type { RecordSource } from './record-source.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { RunEvent } from './run-events.ts';
import { TrainingRun } from './run.ts';
import { planStage, stageBytes } from '../stage/stage-plan.ts';
import { StageTrainer } from '../stage/stage-trainer.ts';

const gpu = await openTestDevice();
const tasks = ['stories', 'labels'];
let model: CheckpointFolder;
let records: TrainingRecord[];

beforeAll(async () => {
  model = await openCheckpoint('public/models/stories260k');
  records = Array.from({ length: 24 }, (_, index) => randomRecord(index));
});
afterAll(() => {
  gpu.close();
});

/** A record of 8 to 40 made-up tokens; the first third is prompt. */
function randomRecord(index: number): TrainingRecord {
  const next = randomSource(1000 + index);
  const length = 8 + Math.floor(next() * 32);
  const ids = Uint32Array.from({ length }, () => 3 + Math.floor(next() * 500));
  const labels = Int32Array.from(ids, (id, t) => (t < length / 3 ? -100 : id));
  const kind = index % 2 === 0 ? 'knowledge' : 'alignment';
  return { ids, labels, task: index % 2, kind, dataSet: index % 2, row: index };
}

function shortRecipe(change: Partial<Recipe> = {}): Recipe {
  const recipe = quickRecipe();
  return {
    ...recipe,
    batch: { records: 6, microBatchTokens: 128, maxLength: 64 },
    checkpointEverySteps: 2,
    ...change,
  };
}

function options(recipe: Recipe, validation: readonly TrainingRecord[] = []) {
  const { config, weights } = model;
  return { gpu, config, weights, recipe, tasks, records, validation };
}

/** Everything that a run reports from here on, without its time measurements. */
async function finish(run: TrainingRun): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  while (!run.done) events.push(...(await run.advance()));
  return events;
}

function figures(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type !== 'step') return [];
    const { stage, step, nll, orthogonal, gradientNorm } = event.metrics;
    return [`${stage}.${step} ${nll} ${orthogonal} ${gradientNorm}`];
  });
}

test('two stages run, drop, merge and end; nothing is left on the device', async () => {
  const run = await TrainingRun.create(options(shortRecipe(), records.slice(0, 4)));
  const events = await finish(run);
  const steps = events.flatMap((event) => (event.type === 'step' ? [event.metrics] : []));
  expect(steps.filter(({ stage }) => stage === 0)).toHaveLength(4);
  expect(steps.filter(({ stage }) => stage === 1)).toHaveLength(2);
  expect(steps.every(({ nll }) => Number.isFinite(nll) && nll > 0)).toBe(true);
  expect(steps.filter(({ orthogonal }) => orthogonal !== null)).toHaveLength(2);
  const points = events.flatMap((event) => (event.type === 'validation' ? [event.point] : []));
  expect(points.map(({ snapshot }) => snapshot)).toEqual([
    'base',
    'stage1.end',
    'stage1.after',
    'stage2.end',
    'merged',
  ]);
  // The losses of the records make up those of the kinds, at every state.
  for (const { records: losses = [], knowledge, alignment } of points) {
    expect(losses.map(({ dataSet }) => dataSet)).toEqual(
      points[0]?.records?.map(({ dataSet }) => dataSet),
    );
    for (const [kind, loss] of Object.entries({ knowledge, alignment })) {
      const own = losses.filter(
        ({ dataSet }) => records.find((one) => one.dataSet === dataSet)?.kind === kind,
      );
      const sum = (of: 'nll' | 'targets') => own.reduce((total, one) => total + one[of], 0);
      expect(sum('nll') / sum('targets')).toBeCloseTo(loss ?? Number.NaN, 6);
    }
  }
  const ends = events.flatMap((event) => (event.type === 'stage-end' ? [event] : []));
  const counted = ends[0]?.routing.filter(
    ({ layer, projection }) => layer === 0 && projection === 'up',
  );
  const tokens = records.reduce((sum, { ids }) => sum + ids.length, 0);
  expect(counted?.reduce((sum, count) => sum + count.tokens, 0)).toBe(tokens);
  // Merging moves no validation figure by more than its rounding.
  const [unmerged, merged] = points.slice(3);
  expect(Math.abs((unmerged?.knowledge ?? 0) - (merged?.knowledge ?? 1))).toBeLessThan(1e-4);
  run.release();
  expect(gpu.ledger.total).toBe(0);
});

test('a run says what it does between its steps, after the steps before it were told', async () => {
  const log: string[] = [];
  const told = (line: string): void => {
    if (log.at(-1) !== line) log.push(line);
  };
  const recipe = shortRecipe({ samples: { prompts: 1, everySteps: 0, maxTokens: 4 } });
  const validated: number[] = [];
  const run = await TrainingRun.create({
    ...options({ ...recipe, batch: { ...recipe.batch, maxLength: 64 } }, records.slice(0, 4)),
    samples: { prompts: records.slice(0, 1).map(({ ids }) => ids.slice(0, 5)), stopIds: [] },
    onActivity: (activity) => {
      told(activity ? `${activity.what} ${activity.stage}` : 'steps');
      if (activity?.what === 'validating') validated.push(activity.count?.done ?? -1);
    },
  });
  while (!run.done) {
    for (const event of await run.advance()) {
      if (event.type === 'step') told(`step ${event.metrics.stage}.${event.metrics.step}`);
    }
  }
  run.release();
  const end = (stage: number, last: number): string[] => [
    `step ${stage}.${last}`,
    ...['growth', 'validating', 'answering', 'merging', 'validating'].map(
      (what) => `${what} ${stage}`,
    ),
    'steps',
  ];
  expect(log.slice(0, 4)).toEqual(['validating 0', 'answering 0', 'steps', 'opening 0']);
  const first = log.indexOf('merging 0') - 4;
  expect(log.slice(first, first + 7)).toEqual(end(0, 3));
  expect(log[first + 7]).toBe('opening 1');
  expect(log.slice(-7)).toEqual(end(1, 1));
  expect(validated[0]).toBe(0);
  expect(Math.max(...validated)).toBe(4);
});

test('a run taken up from a checkpoint gives the same bits as one that never stopped', async () => {
  const recipe = shortRecipe({ checkpointing: 'block' });
  const whole = await TrainingRun.create(options(recipe));
  const events = await finish(whole);
  whole.release();
  const expected = figures(events);
  expect(expected).toHaveLength(6);
  const again = await TrainingRun.create(options(recipe));
  expect(figures(await finish(again))).toEqual(expected);
  again.release();

  const checkpoint = events.find((event) => event.type === 'checkpoint');
  if (checkpoint?.type !== 'checkpoint') throw new Error('no checkpoint was made');
  const resume = { checkpoint: checkpoint.data, stageBranches: [] };
  const second = await TrainingRun.create({ ...options(recipe), resume });
  const rest = await finish(second);
  second.release();
  expect(figures(rest)).toEqual(expected.slice(checkpoint.step));
  const lastBranches = (all: readonly RunEvent[]): number[] =>
    all.flatMap((event) => (event.type === 'stage-end' ? [...event.branches] : []));
  expect(lastBranches(rest)).toEqual(lastBranches(events));

  const first = events.find((event) => event.type === 'stage-end');
  if (first?.type !== 'stage-end') throw new Error('stage 1 did not end');
  const between = { checkpoint: null, stageBranches: [first.branches] };
  const third = await TrainingRun.create({ ...options(recipe), resume: between });
  expect(figures(await finish(third))).toEqual(expected.slice(4));
  third.release();
});

test('validating, sampling, keeping the best and a dry run leave no trace in the training', async () => {
  const quiet = shortRecipe({ validation: { fraction: 0, maxRecords: 0, everySteps: 0 } });
  const plain = await TrainingRun.create(options(quiet));
  const expected = figures(await finish(plain));
  plain.release();
  const looked = shortRecipe({
    validation: { fraction: 0, maxRecords: 0, everySteps: 1 },
    samples: { prompts: 2, everySteps: 1, maxTokens: 4 },
    batch: { ...quiet.batch, maxLength: 64 },
  });
  const prompts = records.slice(0, 2).map(({ ids }) => ids.slice(0, 5));
  const run = await TrainingRun.create({
    ...options(looked, records.slice(0, 4)),
    samples: { prompts, stopIds: [2] },
    dryRun: { longest: records[0] ?? null },
  });
  // The bytes planned in advance are the bytes that were on the device.
  const { dryRun } = run;
  expect(dryRun?.peakBytes).toBe(dryRun?.plannedBytes);
  expect(dryRun?.longest).toBe(records[0]?.ids.length);
  const events = await finish(run);
  run.release();
  expect(figures(events)).toEqual(expected);
  expect(gpu.ledger.total).toBe(0);
  const samples = events.flatMap((event) => (event.type === 'samples' ? [event] : []));
  expect(samples.map(({ stage, step, snapshot }) => `${stage}.${step} ${snapshot}`)).toEqual([
    '0.0 base',
    '0.1 training',
    '0.2 training',
    '0.3 training',
    '0.4 stage1.end',
    '1.1 training',
    '1.2 stage2.end',
  ]);
  expect(samples.every(({ answers }) => answers.length === 2)).toBe(true);

  // The best of stage 2 is the lowest of its validation losses, and loads as a merged model with that loss.
  const best = events.findLast((event) => event.type === 'best');
  const ends = events.flatMap((event) => (event.type === 'stage-end' ? [event.branches] : []));
  const first = ends[0];
  if (best?.type !== 'best' || !first) throw new Error('no best was kept');
  expect(best.snapshot).toMatchObject({ id: 'stage2.best', branches: [] });
  const losses = events.flatMap((event) =>
    event.type === 'validation' && event.point.stage === 1 ? [event.point] : [],
  );
  const measured = losses.flatMap(({ snapshot, alignment }) =>
    snapshot === 'merged' ? [] : [alignment ?? Number.NaN],
  );
  expect(best.loss).toBe(Math.min(...measured));
  const { config, weights } = model;
  const state = await StateModel.load({
    ...{ gpu, config, weights },
    run: { recipe: looked, stageBranches: [first, best.branches], snapshot: best.snapshot.id },
  });
  const scores = await state
    .answers()
    .score(records.slice(0, 4).filter(({ kind }) => kind === 'alignment'));
  const targets = scores.reduce((sum, score) => sum + score.targets, 0);
  const nll = scores.reduce((sum, score) => sum + score.nll, 0) / targets;
  expect(Math.abs(nll - best.loss)).toBeLessThan(1e-4);
  state.release();
});

test('records that come late, one here and one there, give the bits of records that were all there', async () => {
  const recipe = shortRecipe({ validation: { fraction: 0, maxRecords: 0, everySteps: 0 } });
  const whole = await TrainingRun.create(options(recipe, records.slice(0, 2)));
  const expected = figures(await finish(whole));
  whole.release();
  const asked: number[] = [];
  let reads = 0;
  const held: (() => void)[] = [];
  const source: RecordSource = {
    places: records,
    read: async (indices) => {
      asked.push(...indices);
      reads += 1;
      // After one look into each stage, steps 1 and 2: the third is given only when the run waits for it.
      if (reads === 5) await new Promise<void>((resolve) => held.push(resolve));
      return indices.map((index) => records[index] ?? null);
    },
  };
  const late = await TrainingRun.create({
    ...options(recipe, records.slice(0, 2)),
    records: source,
  });
  // One record of each stage is enough to begin.
  expect(asked).toHaveLength(2);
  const events: RunEvent[] = [];
  let waited = 0;
  while (!late.done) {
    // A read that needs no waiting is done by the next turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve));
    const going = late.advance();
    for (const give of held.splice(0)) {
      waited += 1;
      give();
    }
    events.push(...(await going));
  }
  expect(waited).toBe(1);
  expect(figures(events)).toEqual(expected);
  late.release();
});

test('moments in 8 bit learn alike, take up the same bits, and take a quarter of the memory', async () => {
  const recipe = shortRecipe();
  const eightBit = shortRecipe();
  eightBit.optimizer.moments = '8-bit';
  const losses = (events: readonly RunEvent[]): number[] =>
    events.flatMap((event) => (event.type === 'step' ? [event.metrics.nll] : []));
  const wide = await TrainingRun.create(options(recipe));
  const expected = losses(await finish(wide));
  wide.release();
  const run = await TrainingRun.create(options(eightBit));
  const events = await finish(run);
  run.release();
  const actual = losses(events);
  actual.forEach((loss, i) => {
    expect(Math.abs(loss - (expected[i] ?? 0))).toBeLessThan(0.02 * loss);
  });
  // Rounding took place: the figures differ from float32's.
  expect(actual).not.toEqual(expected);

  const checkpoint = events.find((event) => event.type === 'checkpoint');
  if (checkpoint?.type !== 'checkpoint') throw new Error('no checkpoint was made');
  const resume = { checkpoint: checkpoint.data, stageBranches: [] };
  const second = await TrainingRun.create({ ...options(eightBit), resume });
  const rest = await finish(second);
  second.release();
  expect(figures(rest)).toEqual(figures(events).slice(checkpoint.step));

  const { config } = model;
  const moments = (which: Recipe): number =>
    planMemory({ config, recipe: which, traits: gpu.traits, tasks: tasks.length }).stages[0]?.bytes
      .moments ?? 0;
  expect(moments(eightBit)).toBeLessThan(0.3 * moments(recipe));
});

test('activation checkpointing recomputes the same figures', async () => {
  const [kept, half, all] = await Promise.all(
    checkpointings.map(async (checkpointing) => {
      // Samples come and go between steps; the dry run's test checks the memory that they take.
      const samples = { prompts: 0, everySteps: 0, maxTokens: 1 };
      const recipe = shortRecipe({ checkpointing, samples });
      const run = await TrainingRun.create(
        options({ ...recipe, stages: recipe.stages.slice(0, 1) }),
      );
      const result = figures(await finish(run));
      run.release();
      return result;
    }),
  );
  expect(half).toEqual(kept);
  expect(all).toEqual(kept);
});

test.each(checkpointings)(
  'the memory plan equals what the ledger counts, role by role (checkpointing %s)',
  async (checkpointing) => {
    // Samples come and go between steps; the dry run's test checks the memory that they take.
    const samples = { prompts: 0, everySteps: 0, maxTokens: 1 };
    const recipe = shortRecipe({ checkpointing, samples });
    recipe.optimizer.moments = checkpointing === 'block' ? '8-bit' : 'float32';
    const { config } = model;
    const memory = planMemory({ config, recipe, traits: gpu.traits, tasks: tasks.length });
    for (const [stage, planned] of memory.stages.entries()) {
      const weights = describeWeights(config, rotaryPositions(config, recipe));
      const base = await BaseModel.load(gpu, config, model.weights, { weights });
      const layout = layOutBranches(config, stageBranches(recipe, stage));
      const plan = planStage({
        config,
        weights,
        layout,
        optimizer: recipe.optimizer,
        orthogonal: recipe.stages[stage]?.orthogonal ?? null,
        rows: recipe.batch.microBatchTokens,
        checkpointing,
        products: 'float32',
        tasks: tasks.length,
        traits: gpu.traits,
      });
      const parameters = packParameters(layout, initialParameters(layout, 1, 'uniform'));
      const state = { parameters, firstMoment: null, secondMoment: null };
      const trainer = await StageTrainer.create(gpu, plan, state);
      expect(gpu.ledger.byRole()).toEqual(planned.bytes);
      expect(stageBytes(plan, weightSpecs(weights))).toEqual(planned.bytes);
      expect(totalBytes(planned.bytes)).toBe(planned.total);
      trainer.release();
      base.release();
      expect(gpu.ledger.total).toBe(0);
    }
  },
);

test('a step makes nothing on the device', async () => {
  const { gpu: own, faulty } = await openFaultyDevice('device');
  const batch = { records: 1, microBatchTokens: 128, maxLength: 64 };
  const recipe = shortRecipe({ batch, checkpointEverySteps: 1000 });
  const run = await TrainingRun.create({ ...options(recipe), gpu: own });
  const count = (): number[] =>
    (
      [
        'createBuffer',
        'createBindGroup',
        'createShaderModule',
        'createComputePipelineAsync',
      ] as const
    ).map((call) => faulty.count(call));
  expect(Math.min(...count())).toBeGreaterThan(0);
  // The growth of the branches is measured between some of the twelve steps.
  let steps = 0;
  for (let turn = 0; turn < 6; turn += 1) {
    const before = count();
    const submitted = faulty.count('submit');
    const events = await run.advance();
    if (turn === 0 || events.some(({ type }) => type !== 'step')) continue;
    steps += events.length;
    expect(count()).toEqual(before);
    expect(faulty.count('submit')).toBeGreaterThan(submitted);
  }
  expect(steps).toBeGreaterThan(0);
  run.release();
  expect(own.ledger.total).toBe(0);
  own.close();
});

test('a rate beyond reason ends in a typed error that names step and records', async () => {
  const recipe = shortRecipe();
  recipe.optimizer.learningRate = 1e9;
  const run = await TrainingRun.create(options(recipe));
  const failure = await finish(run).catch((error: unknown) => error);
  if (!(failure instanceof StudioError)) throw new Error('the run did not fail with a typed error');
  // Overflow shows as NaN, or hides behind a finite loss with a gradient of exactly zero.
  expect(['loss-not-finite', 'gradient-vanished']).toContain(failure.code);
  expect(failure.data['stage']).toBe(0);
  expect(failure.data['records']).not.toEqual([]);
  run.release();
  expect(gpu.ledger.total).toBe(0);
});

test('frozen branches stay as they are, and take no part in the norm', async () => {
  const recipe = shortRecipe();
  const [stage] = recipe.stages;
  if (!stage) throw new Error('no stage');
  recipe.stages = [{ ...stage, train: ['lora', 'na'], after: [] }];
  const run = await TrainingRun.create(options(recipe));
  const events = await finish(run);
  run.release();
  const end = events.find((event) => event.type === 'stage-end');
  if (end?.type !== 'stage-end') throw new Error('the stage did not end');
  const state = await StateModel.load({
    gpu,
    config: model.config,
    weights: model.weights,
    run: { recipe, stageBranches: [end.branches], snapshot: 'stage1.end' },
    context: 64,
  });
  expect(state.config.layers).toBe(5);
  state.release();
  const layout = layOutBranches(model.config, stageBranches(recipe, 0));
  const fresh = initialParameters(layout, recipe.seed, recipe.initialisation);
  const { decodeBranches } = await import('./checkpoint.ts');
  const ended = await decodeBranches(end.branches);
  for (const [name, { data }] of fresh) {
    const changed = ended.get(name)?.data.some((value, i) => value !== data[i]);
    if (name.includes('.ka.')) expect(changed, name).toBe(false);
    if (name.endsWith('.lora.B')) expect(changed, name).toBe(true);
  }
});

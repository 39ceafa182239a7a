import { expect, test } from 'vitest';
import { openOwnDevice } from '../../scripts/device.ts';
import { openTestDevice } from '../../test/gpu/kernel-bench.ts';
import type { Gpu } from '../engine/gpu/device.ts';
import { quickRecipe } from '../engine/training/recipe/presets.ts';
import type { Recipe } from '../engine/training/recipe/recipe.ts';
import { openZip } from '../formats/files/archive.ts';
import { blobSource } from '../formats/files/byte-source.ts';
import { memoryStore } from '../storage/files/memory-store.ts';
import type { ProfileReport, ProfileSubject } from '../contract/device.ts';
import type { RunCurves, RunState, RunSummary } from '../contract/runs.ts';
import { atNextSteps, codeOf, openStudio, textFile, type Studio } from './testing/studio.ts';

const modelId = 'stories260k';
const settings = {
  temperature: 0,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  maxTokens: 12,
  seed: 1,
};

/** Opens devices and remembers them; a test can break the first one. */
function deviceShop(breakable = false): {
  open: () => Promise<Gpu>;
  last: () => Gpu;
  closeAll: () => void;
} {
  const opened: Gpu[] = [];
  return {
    open: async () => {
      const own = breakable && opened.length === 0;
      const gpu = own ? await openOwnDevice() : await openTestDevice();
      opened.push(gpu);
      return gpu;
    },
    last: () => {
      const gpu = opened.at(-1);
      if (!gpu) throw new Error('no device was opened');
      return gpu;
    },
    closeAll: () => opened.forEach((gpu) => gpu.close()),
  };
}

function shortRecipe(change: Partial<Recipe> = {}): Recipe {
  return {
    ...quickRecipe(),
    batch: { records: 4, microBatchTokens: 128, maxLength: 96 },
    validation: { fraction: 0.2, maxRecords: 4, everySteps: 2 },
    checkpointEverySteps: 2,
    ...change,
  };
}

async function bringData({ client }: Studio): Promise<string[]> {
  const questions = Array.from({ length: 14 }, (_, i) =>
    JSON.stringify({ instruction: `Who is ${i}?`, input: '', output: `A cat with ${i} hats.` }),
  );
  const labels = Array.from({ length: 14 }, (_, i) =>
    JSON.stringify({ prompt: `Is ${i} even?`, response: i % 2 === 0 ? 'yes' : 'no' }),
  );
  const [know, align] = await client.call('data.import', {
    files: [textFile('know.jsonl', questions), textFile('align.jsonl', ['broken', ...labels])],
    task: 'import',
  });
  if (!know || !align) throw new Error('two sets');
  await client.call('data.setKind', { id: know.id, kind: 'knowledge' });
  await client.call('data.setKind', { id: align.id, kind: 'alignment' });
  return [know.id, align.id];
}

async function start(studio: Studio, recipe: Recipe, dataSetIds: string[]): Promise<RunSummary> {
  return studio.client.call('runs.start', { name: 'run', modelId, dataSetIds, recipe });
}

/** Waits for an event that leaves the run in one of these states. */
async function reach(studio: Studio, id: string, ...states: RunState[]): Promise<RunSummary> {
  for (;;) {
    const runs = await studio.client.call('runs.list', {});
    const run = runs.find((candidate) => candidate.id === id);
    if (run && states.includes(run.state)) return run;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function withoutTimes({ steps, validation }: RunCurves): unknown {
  return { steps: steps.map(({ milliseconds: _time, ...step }) => step), validation };
}

test('a run paused, single-stepped, cut off by a lost device and taken up in a new session gives the same bits', async () => {
  const shop = deviceShop(true);
  const kept = { files: memoryStore(), name: 'resume-test' };
  const first = await openStudio(shop.open, kept);
  const sets = await bringData(first);
  const recipe = shortRecipe();

  const whole = await start(first, recipe, sets);
  expect(whole.snapshots.map(({ id }) => id)).toEqual(['base']);
  // The run began before all 28 records were tokenised: with the validation records and the first to train on.
  expect(whole.data?.tokenised).toBeLessThan(10);
  expect(await codeOf(start(first, recipe, sets))).toBe('run-active');
  const aside = { modelId, recipe, subject: { kind: 'decode' }, task: 'aside' } as const;
  expect(await codeOf(first.client.call('device.profile', aside))).toBe('profile-refused');
  const done = await reach(first, whole.id, 'done', 'failed');
  expect(done.error).toBeNull();
  expect(done.data).toMatchObject({
    maxLength: 96,
    truncated: 0,
    withoutTargets: 0,
    training: 24,
    validation: 4,
  });
  expect(done.stages.map(({ steps, stepsDone }) => steps - stepsDone)).toEqual([0, 0]);
  expect(done.snapshots.at(-1)?.id).toBe('merged');
  const expected = await first.client.call('runs.curves', { id: whole.id });

  const pausing = atNextSteps(first, (run) => first.client.call('runs.pause', { id: run }));
  const { id } = await start(first, recipe, sets);
  await pausing;
  const paused = await first.client.call('runs.curves', { id });
  expect(paused.steps.length).toBeGreaterThan(0);
  expect((await reach(first, id, 'paused')).checkpoint?.step).toBe(paused.steps.length);
  await first.client.call('runs.single', { id });
  const single = await first.client.call('runs.curves', { id });
  expect(single.steps.length).toBe(paused.steps.length + 1);
  const losing = atNextSteps(first, () => shop.last().device.destroy());
  await first.client.call('runs.resume', { id });
  await losing;
  // It would go on by itself; whoever pauses it meanwhile leaves it to the next session.
  expect((await reach(first, id, 'reopening', 'failed', 'done')).error).toBeNull();
  await first.client.call('runs.pause', { id });
  const cut = await reach(first, id, 'interrupted', 'failed', 'done');
  expect(cut).toMatchObject({ state: 'interrupted', error: { code: 'device-lost' } });
  expect(first.events.some(({ type }) => type === 'device.fault')).toBe(true);
  first.close();

  const second = await openStudio(shop.open, kept);
  expect((await second.client.call('runs.resume', { id })).state).toBe('running');
  await reach(second, id, 'done', 'failed');
  const resumed = await second.client.call('runs.curves', { id });
  expect(withoutTimes(resumed)).toEqual(withoutTimes(expected));

  // Both sessions ended with the same model.
  const messages = [{ role: 'user', content: 'Who is 3?' }] as const;
  const logitsOf = (runId: string, snapshot: string) =>
    second.client.call('chat.logits', { state: { modelId, runId, snapshot }, messages });
  const merged = await logitsOf(id, 'merged');
  expect(await logitsOf(whole.id, 'merged')).toEqual(merged);
  const unmerged = await logitsOf(id, 'stage2.end');
  const largest = Math.max(...merged.map(Math.abs));
  merged.forEach((value, i) => {
    expect(Math.abs(value - (unmerged[i] ?? 0))).toBeLessThan(1e-3 * largest);
  });
  const optionsOf = (snapshot: string) =>
    second.client.call('chat.options', {
      state: { modelId, runId: id, snapshot },
      messages,
      options: ['a small cat', 'red'],
    });
  const likely = await optionsOf('merged');
  const asLikely = await optionsOf('stage2.end');
  expect(new Set(likely).size).toBe(2);
  likely.forEach((value, i) => {
    expect(value).toBeLessThan(0);
    expect(Math.abs(value - (asLikely[i] ?? Number.NaN))).toBeLessThan(1e-3);
  });

  // Routing was counted for every token of the first stage.
  const report = await second.client.call('experts.report', { runId: id });
  expect(report.counts.length).toBe(5 * 3 * 2);
  const tokens = report.counts
    .filter(({ layer, projection }) => layer === 0 && projection === 'up')
    .reduce((sum, count) => sum + count.tokens, 0);
  const seen = resumed.steps
    .filter(({ stage }) => stage === 0)
    .reduce((sum, step) => sum + step.tokens, 0);
  expect(tokens).toBe(seen);
  const trace = await second.client.call('experts.trace', { runId: id, text: 'A cat' });
  expect(trace.linears).toHaveLength(15);
  expect(trace.linears[0]?.experts).toHaveLength(trace.tokens.length * report.active);

  // A training record is found behind its own answer, with the same run's records beside it.
  const [dataSetId = ''] = sets;
  const split = await second.client.call('data.split', {
    ids: sets,
    seed: recipe.seed,
    validation: { fraction: recipe.validation.fraction, maxRecords: recipe.validation.maxRecords },
  });
  const rows = await second.client.call('data.rows', { id: dataSetId, from: 0, count: 14 });
  const row = rows.find(({ index }) => !split[0]?.rows.includes(index));
  const [question, said] = row?.messages ?? [];
  if (!question || !said) throw new Error('a record of two messages');
  const teaching = {
    state: { modelId, runId: id, snapshot: 'merged' },
    ...{ messages: [question], before: '', phrase: said.content },
  };
  const found = await second.client.call('chat.teachingRecords', { ...teaching, task: 'r' });
  expect(found.compared).toBe(found.trained);
  expect(found.records.slice(0, 5).map((one) => [one.dataSetId, one.row.index])).toContainEqual([
    dataSetId,
    row?.index,
  ]);
  expect(await second.client.call('chat.teachingRecords', { ...teaching, task: 'r' })).toEqual(
    found,
  );

  // The exported model is the merged one.
  const zip = await second.client.call('exports.build', {
    runId: id,
    what: 'merged',
    dtype: 'F32',
    task: 'e',
  });
  const imported = await second.client.call('models.import', {
    files: [new File([zip.blob], zip.name)],
    paths: [zip.name],
    name: 'back again',
    task: 'i',
  });
  const state = { modelId: imported.id, runId: null, snapshot: 'base' };
  expect(await second.client.call('chat.logits', { state, messages })).toEqual(merged);
  const answer = { messages, settings, task: 'c' };
  const from = { modelId, runId: id, snapshot: 'merged' };
  const [here, there] = [
    await second.client.call('chat.generate', { ...answer, state: from }),
    await second.client.call('chat.generate', { ...answer, state }),
  ];
  expect(there.text).toBe(here.text);
  expect(here.tokens).toBeGreaterThan(0);
  const streamed = second.events.flatMap((event) => (event.type === 'chat.text' ? [event] : []));
  expect(streamed.map(({ text }) => text).join('')).toBe(here.text + there.text);

  const adapters = await second.client.call('exports.build', {
    runId: id,
    what: 'adapters',
    dtype: 'BF16',
    task: 'e',
  });
  const paths = [...(await openZip(blobSource('a.zip', adapters.blob))).keys()];
  expect(paths.map((path) => path.split('/').slice(1).join('/')).sort()).toEqual([
    'README.md',
    'align/adapter_config.json',
    'align/adapter_model.safetensors',
    'ka/adapter_config.json',
    'ka/adapter_model.safetensors',
    'lora/adapter_config.json',
    'lora/adapter_model.safetensors',
    'na/mixture.safetensors',
    'na/mixture_config.json',
    'recipe.json',
  ]);
  const metrics = await second.client.call('exports.build', {
    runId: id,
    what: 'metrics',
    dtype: 'F32',
    task: 'e',
  });
  const lines = (await metrics.blob.text()).trim().split('\r\n');
  expect(lines).toHaveLength(1 + resumed.steps.length + resumed.validation.length);
  second.close();
  shop.closeAll();
});

test('a loss that is no number fails the run, names its records and keeps the checkpoint', async () => {
  const shop = deviceShop();
  const studio = await openStudio(shop.open);
  const sets = await bringData(studio);
  const recipe = shortRecipe();
  const wild = { ...recipe.optimizer, learningRate: 1e9, clipNorm: 0, warmupRatio: 0 };
  const { id } = await start(studio, { ...recipe, optimizer: wild, checkpointEverySteps: 1 }, sets);
  const failed = await reach(studio, id, 'failed', 'done');
  expect(failed.error?.code).toBe('loss-not-finite');
  expect(failed.checkpoint).not.toBeNull();
  const { stage, step } = failed.error?.data ?? {};
  const records = await studio.client.call('runs.records', {
    id,
    stage: Number(stage),
    step: Number(step),
  });
  expect(records).toHaveLength(4);
  expect(records.every(({ messages }) => messages.length === 2)).toBe(true);
  // No weights are left on the device.
  expect((await studio.client.call('device.report', {})).memory.weights).toBe(0);
  await studio.client.call('runs.remove', { id });
  expect(await studio.client.call('runs.list', {})).toEqual([]);
  studio.close();
  shop.closeAll();
});

test('a run that is stopped keeps its stage; evaluation measures it', async () => {
  const shop = deviceShop();
  const studio = await openStudio(shop.open);
  const sets = await bringData(studio);
  const remove = () => codeOf(studio.client.call('data.remove', { id: sets[0] ?? '' }));
  // The run is paused at its first validation, after two steps, and keeps its data until it is stopped.
  const stopping = new Promise<string>((resolve, reject) => {
    const silence = studio.client.subscribe((event) => {
      if (event.type !== 'runs.validation' || event.point.snapshot !== 'training') return;
      silence();
      const run = { id: event.runId };
      const pausing = studio.client.call('runs.pause', run);
      pausing
        .then(remove)
        .then((code) => studio.client.call('runs.stop', run).then(() => code))
        .then(resolve, reject);
    });
  });
  const { id } = await start(studio, shortRecipe(), sets);
  expect(await stopping).toBe('data-set-in-use');
  const stopped = await reach(studio, id, 'stopped', 'done', 'failed');
  expect(stopped.state).toBe('stopped');
  expect(stopped.stages[0]?.stepsDone).toBeLessThan(stopped.stages[0]?.steps ?? 0);
  expect(stopped.snapshots.map(({ id: snapshot }) => snapshot)).toEqual([
    'base',
    // Its validation loss was measured after two steps.
    'stage1.best',
    'stage1.end',
    'stage1.after',
  ]);
  const merged = studio.client.call('exports.build', {
    runId: id,
    what: 'merged',
    dtype: 'F32',
    task: 'e',
  });
  expect(await codeOf(merged)).toBe('model-not-merged');
  expect(await codeOf(studio.client.call('runs.resume', { id }))).toBe('run-not-resumable');
  expect(await remove()).toBe('no error');

  const items = [
    {
      task: 'exam',
      kind: 'knowledge',
      metric: 'accuracy',
      prompt: 'A 45-year-old man has had pain in his chest for two hours. A or B?\nA. One\nB. Two',
      answer: 'A',
      choices: ['A', 'B'],
    },
    { task: 'words', kind: 'alignment', metric: 'accuracy', prompt: 'Is 2 even?', answer: 'yes' },
  ];
  const result = await studio.client.call('evaluation.run', {
    state: { modelId, runId: id, snapshot: 'stage1.end' },
    files: [
      textFile(
        'items.jsonl',
        items.map((item) => JSON.stringify(item)),
      ),
    ],
    ...{ label: 'stage 1', settings: { maxItems: 0, choices: 'likelihood', perplexity: true } },
    task: 'v',
  });
  const { figures: scored } = result;
  expect(scored?.tasks.map(({ task, items: count }) => [task, count])).toEqual([
    ['exam', 1],
    ['words', 1],
  ]);
  expect(scored?.tasks[0]?.formatAdherence).toBeNull();
  expect(scored?.tasks[0]?.perplexity?.value).toBeGreaterThan(1);
  expect(scored?.knowledge?.value).toBe(scored?.tasks[0]?.value);
  expect(await studio.client.call('evaluation.list', {})).toEqual([result]);
  const [sample] = await studio.client.call('evaluation.samples', {
    ...{ id: result.id, task: 'exam', order: 'best', count: 1 },
  });
  expect(sample).toMatchObject({ prompt: items[0]?.prompt, reference: 'A', method: 'likelihood' });
  const { first, second } = { first: result.id, second: result.id };
  const compared = await studio.client.call('evaluation.compare', { first, second });
  // One question, answered alike: no difference, and no certainty of it.
  expect(compared.knowledge).toMatchObject({ value: 0, items: 1, shows: false });
  expect(compared.knowledge?.interval?.low).toBeLessThan(-0.5);
  expect(compared.knowledge?.interval?.high).toBeGreaterThan(0.5);
  // The exam question is asked in every variation; the check stays with the result and is no result itself.
  const shortcuts = { id: result.id };
  const unasked = await studio.client.call('evaluation.shortcuts', shortcuts);
  expect(unasked.map(({ applies, finding }) => [applies, finding])).toEqual(
    Array.from({ length: 4 }, () => [1, null]),
  );
  const checked = await studio.client.call('evaluation.checkShortcuts', {
    ...shortcuts,
    task: 'v',
  });
  const kinds = ['options', 'case', 'sex', 'age'];
  expect(checked.map(({ shortcut, answered }) => [shortcut, answered])).toEqual(
    kinds.map((kind) => [kind, 1]),
  );
  for (const { finding } of checked) {
    expect(finding).toMatchObject({ items: 1, rightBefore: scored?.tasks[0]?.value });
  }
  expect(await studio.client.call('evaluation.shortcuts', shortcuts)).toEqual(checked);
  expect(await studio.client.call('evaluation.list', {})).toEqual([result]);
  const bad = studio.client.call('evaluation.run', {
    state: { modelId, runId: null, snapshot: 'base' },
    files: [textFile('items.jsonl', ['{"task": "x"}'])],
    ...{ label: 'stage 1', settings: { maxItems: 0, choices: 'likelihood', perplexity: true } },
    task: 'v',
  });
  expect(await codeOf(bad)).toBe('evaluation-empty');

  // A profile has the device to itself and releases everything afterwards.
  const recipe = shortRecipe();
  const measure = (subject: ProfileSubject, task: string): Promise<ProfileReport> =>
    studio.client.call('device.profile', { modelId, recipe, subject, task });
  const step = measure({ kind: 'stage', stage: 0 }, 'profile');
  expect(await codeOf(start(studio, recipe, sets))).toBe('profile-active');
  const { families, dispatches, trace, ...figures } = await step;
  expect(figures.load).toEqual({
    kind: 'micro-batch',
    records: 1,
    recordTokens: 96,
    targets: 48,
  });
  expect(families.reduce((sum, each) => sum + each.milliseconds, 0)).toBeCloseTo(
    figures.milliseconds,
  );
  expect(dispatches.filter(({ scope }) => scope === 'layer 0 forward').length).toBeGreaterThan(5);
  const events = (JSON.parse(await trace.text()) as { traceEvents: unknown[] }).traceEvents;
  expect(events.length).toBeGreaterThan(dispatches.length);
  const decoding = measure({ kind: 'decode' }, 'ended');
  await studio.client.call('tasks.cancel', { task: 'ended' });
  expect(await codeOf(decoding)).toBe('cancelled');
  expect(shop.last().ledger.total).toBe(0);
  studio.close();
  shop.closeAll();
});

/**
 * Writes what a version of the studio stores, together with the figures of its runs, so that later versions can
 * be checked against both (test/fixtures/earlier/README.md). Run inside the tree of that version.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { openOwnDevice } from '../../scripts/device.ts';
import { quickRecipe } from '../../src/engine/training/recipe/presets.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import { localLocks } from '../../src/storage/locks.ts';
import { memoryStore } from '../../src/storage/files/memory-store.ts';
import type { ModelStateId } from '../../src/contract/fields.ts';
import type { RunSummary } from '../../src/contract/runs.ts';
import { openStudio, textFile, type Studio } from '../../src/worker/testing/studio.ts';
import { figuresOf, greedyText } from './figures.ts';
import { packProfile } from './profile.ts';
import { bringTinyModel } from './tiny-model.ts';

/** Branches of few parameters: the checkpoints are kept in the repository. */
function smallRecipe(name: string, change: Partial<Recipe>): Recipe {
  const recipe = quickRecipe();
  const stages = recipe.stages.map((stage) => ({
    ...stage,
    attach: stage.attach.map((branch) =>
      branch.type === 'mixture'
        ? { ...branch, rank: 1, experts: 3, targets: ['up'] as const }
        : branch.name === 'lora'
          ? { ...branch, rank: 1, targets: ['q', 'v'] as const }
          : { ...branch, rank: 1, targets: ['up', 'down'] as const },
    ),
  }));
  return {
    ...recipe,
    name,
    stages,
    alpha: 2,
    scalingRank: 1,
    optimizer: { ...recipe.optimizer, learningRate: 1e-2 },
    batch: { records: 4, microBatchTokens: 192, maxLength: 96 },
    validation: { fraction: 0.15, maxRecords: 4, everySteps: 2 },
    samples: { prompts: 1, everySteps: 4, maxTokens: 6 },
    checkpointEverySteps: 3,
    ...change,
  } as Recipe;
}

const PLAIN = 'stories260k';
/** Frames are targets, too; moments in float32. */
const plainRecipe = smallRecipe('Plain text', { labels: 'released' });
/** As the paper trains; moments in 8 bits, blocks computed again. */
const templateRecipe = smallRecipe('With a template', {
  checkpointing: 'block',
  batch: { records: 4, microBatchTokens: 256, maxLength: 128 },
  optimizer: { ...quickRecipe().optimizer, learningRate: 5e-3, moments: '8-bit' },
});

/** Records of every make; some are cut before their answer begins, and teach nothing. */
function recordFiles(): File[] {
  const filler = 'The child had a long day and told all of it to the doctor. '.repeat(12);
  const knowledge = Array.from({ length: 26 }, (_, i) => {
    const instruction = i % 6 === 4 ? `${filler} Case ${i}.` : `Is ${i} an even number?`;
    const output = i % 2 === 0 ? `Yes, ${i} is even.` : `No, ${i} is odd.`;
    return { instruction, input: i % 5 === 0 ? 'Answer in one line.' : '', output };
  });
  const alignment = Array.from({ length: 22 }, (_, i) => ({
    messages: [
      ...(i % 3 === 0 ? [{ role: 'system', content: 'Answer in few words.' }] : []),
      {
        role: 'user',
        content: i % 7 === 5 ? `${filler} Visit ${i}?` : `Does room ${i} have a bed?`,
      },
      { role: 'assistant', content: i % 4 === 0 ? 'No bed.' : `${i} beds.` },
      ...(i % 4 === 1
        ? [
            { role: 'user', content: 'Is it clean?' },
            { role: 'assistant', content: 'It is clean.' },
          ]
        : []),
    ],
    task: i % 2 === 0 ? 'rooms' : 'beds',
  }));
  const lines = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row));
  return [
    // A line that is no record is listed among the problems.
    textFile('numbers.jsonl', [...lines(knowledge), '{"instruction": "cut off']),
    textFile('rooms.jsonl', lines(alignment)),
  ];
}

async function bringData({ client }: Studio): Promise<string[]> {
  const sets = await client.call('data.import', { files: recordFiles(), task: 'import' });
  const ids = sets.map(({ id }) => id);
  for (const [index, kind] of (['knowledge', 'alignment'] as const).entries()) {
    await client.call('data.setKind', { id: ids[index] ?? '', kind });
  }
  return ids;
}

const LAST: readonly RunSummary['state'][] = ['done', 'stopped', 'failed', 'interrupted'];

/** Starts a run; `at` is asked at every news of it, and the run is over for us when it gives true. */
async function train(
  studio: Studio,
  modelId: string,
  recipe: Recipe,
  dataSetIds: readonly string[],
  at: (stage: number, step: number, id: string) => Promise<boolean> = async () => false,
): Promise<string> {
  const { client } = studio;
  let id = '';
  let asked: Promise<unknown> = Promise.resolve();
  const over = new Promise<void>((resolve, reject) => {
    const look = (stage: number, step: number): void => {
      asked = asked.then(async () => ((await at(stage, step, id)) ? resolve() : undefined));
      asked.catch(reject);
    };
    client.subscribe((event) => {
      if (event.type === 'runs.changed' && event.run.id === id && LAST.includes(event.run.state)) {
        if (event.run.state === 'done') resolve();
        else reject(new Error(JSON.stringify(event.run.error ?? event.run.state)));
      }
      if (event.type !== 'runs.steps' || event.runId !== id) return;
      for (const { stage, step } of event.steps) look(stage, step);
    });
  });
  const input = { name: recipe.name, modelId, dataSetIds, recipe };
  id = (await client.call('runs.start', input)).id;
  await over;
  return id;
}

const questions = [
  { prompt: 'Is 4 even?\nA. Yes\nB. No', answer: 'A', choices: ['A', 'B'] },
  { prompt: 'Is 5 even?\nA. Yes\nB. No', answer: 'B', choices: ['A', 'B'] },
].map((item) => ({ task: 'even', kind: 'knowledge', metric: 'accuracy', ...item }));

export async function main([folder = 'earlier']: readonly string[]): Promise<number> {
  const gpu = await openOwnDevice();
  const open = async () => gpu;
  await mkdir(folder, { recursive: true });

  // Runs that nobody disturbs, in a profile that is not kept.
  const others = memoryStore();
  const alone = await openStudio(open, { files: others, name: 'alone' });
  const sets = await bringData(alone);
  const plain = await train(alone, PLAIN, plainRecipe, sets);
  const other = await bringTinyModel(alone);
  const template = await train(alone, other, templateRecipe, sets);
  const whole = {
    [plainRecipe.name]: await figuresOf(alone, others, PLAIN, plain),
    [templateRecipe.name]: await figuresOf(alone, others, other, template),
  };
  alone.close();

  // The profile that is kept: two tabs, each with a separate run.
  const files = memoryStore();
  const kept = { files, name: 'kept', locks: localLocks() };
  const [one, two] = [await openStudio(open, kept), await openStudio(open, kept)];
  const ids = await bringData(one);
  const done = await train(one, PLAIN, { ...plainRecipe, name: 'Done' }, ids);
  const state: ModelStateId = { modelId: PLAIN, runId: done, snapshot: 'merged' };
  const evaluation = await one.client.call('evaluation.run', {
    state,
    label: 'Merged',
    files: [
      textFile(
        'even.jsonl',
        questions.map((item) => JSON.stringify(item)),
      ),
    ],
    settings: { maxItems: 0, choices: 'likelihood', perplexity: true },
    task: 'evaluate',
  });
  await one.client.call('documents.put', {
    kind: 'conversation',
    id: 'c',
    value: { words: 'kept' },
  });
  // The archive lies among the files of the profile, as it was made to be saved.
  await one.client.call('exports.build', {
    ...{ runId: done, what: 'run', dtype: 'F32', branches: true, checkpoint: false },
    task: 'export',
  });
  const brought = await bringTinyModel(one);
  await train(one, brought, templateRecipe, ids, async (stage, _step, id) => {
    if (stage === 0) return false;
    await one.client.call('runs.pause', { id });
    return true;
  });
  const packed: Uint8Array[] = [];
  await train(two, PLAIN, plainRecipe, ids, async (stage, step, id) => {
    if (stage > 0 || step !== 4) return false;
    // Held back curves are stored; then the browser ends, two steps after the checkpoint.
    await two.client.call('runs.curves', { id });
    packed.push(await packProfile(kept.name, files));
    return true;
  });
  const [profile] = packed;
  if (!profile) throw new Error('the run ended before its browser did');
  await writeFile(`${folder}/profile.zip`, profile);
  const expected = {
    adapter: gpu.adapter,
    whole,
    done: {
      ...(await figuresOf(one, files, PLAIN, done)),
      evaluation,
      said: await greedyText(one, state),
    },
  };
  await writeFile(`${folder}/expected.json`, `${JSON.stringify(expected, null, 1)}\n`);
  process.stdout.write(`${folder}: ${profile.byteLength} bytes of profile\n`);
  return 0;
}

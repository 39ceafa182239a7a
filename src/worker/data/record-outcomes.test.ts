/** The outcomes of a run's records, predicted before it begins. */
import { expect, test } from 'vitest';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import { importFieldData, importFieldModel } from '../testing/field.ts';
import { openStudio, textFile } from '../testing/studio.ts';
import type { WorkerClient } from '../client.ts';
import type { RunData } from '../../contract/runs.ts';

function recipeOf(change: Partial<Recipe> = {}): Recipe {
  return { ...quickRecipe(), ...change };
}

function outlook(
  client: WorkerClient,
  modelId: string,
  dataSetId: string,
  recipe = recipeOf(),
): Promise<RunData> {
  return client.call('runs.outlook', { modelId, dataSetIds: [dataSetId], recipe, task: 'outlook' });
}

const reasonsOf = ({ leftOut = [] }: RunData) =>
  leftOut.map(({ count, reason: { code, data } }) => [count, code, data['reason'], data['line']]);

test('a template that refuses: four of ten records train, six are counted by the template’s own words', async () => {
  const { client } = await openStudio();
  const model = await importFieldModel(client, '20-template-that-refuses/model');
  const set = await importFieldData(client, '20-template-that-refuses/half-refused.jsonl');
  const found = await outlook(client, model, set);
  expect(found.training + found.validation).toBe(4);
  expect(found.withoutTargets).toBe(6);
  expect(reasonsOf(found)).toEqual([
    [3, 'template-raised', 'System role not supported here', 5],
    [3, 'template-raised', 'Roles must take turns: user, assistant, user, …', 8],
  ]);
});

test('a prompt that opens a thinking block: all train; what is unlike the prompt, and reasoning that goes, is counted', async () => {
  const { client } = await openStudio();
  const model = await importFieldModel(client, '17-prompt-opens-thinking/model');
  const plain = await importFieldData(client, '17-prompt-opens-thinking/plain-answers.jsonl');
  expect(await outlook(client, model, plain)).toMatchObject({
    ...{ withoutTargets: 0, leftOut: [], withoutEnd: 0 },
    ...{ reasoningDropped: 0, otherPrompt: 4 },
  });
  const reasoned = await importFieldData(client, '17-prompt-opens-thinking/with-reasoning.jsonl');
  expect(await outlook(client, model, reasoned)).toMatchObject({
    ...{ withoutTargets: 0, reasoningDropped: 4, otherPrompt: 4 },
  });
  const kept = await outlook(client, model, reasoned, recipeOf({ reasoning: 'keep' }));
  expect(kept).toMatchObject({ withoutTargets: 0, reasoningDropped: 0, otherPrompt: 0 });
});

test('records cut before their answer, cut in it, and cut nowhere', async () => {
  const { client } = await openStudio();
  const record = (question: string, answer: string): string =>
    JSON.stringify({ instruction: question, input: '', output: answer });
  const lines = [
    record('Why?', 'Because.'),
    record('w'.repeat(300), 'Never seen.'),
    record('Why then?', 'b'.repeat(300)),
  ];
  const [set] = await client.call('data.import', { files: [textFile('a', lines)], task: 't' });
  const model = await importFieldModel(client, '33-end-token-not-special/model');
  const batch = { records: 2, microBatchTokens: 96, maxLength: 96 };
  const id = set?.id ?? '';
  const found = await outlook(client, model, id, recipeOf({ batch, truncation: 'end' }));
  expect(found).toMatchObject({ maxLength: 96, truncated: 2, withoutTargets: 1, withoutEnd: 0 });
  expect(found.cut).toMatchObject({ promptCut: 1, answerCut: 2, nothing: 1 });
  expect(found.leftOut).toMatchObject([
    { count: 1, reason: { code: 'record-beyond-cut', data: { maxLength: 96, dataSet: 'a' } } },
  ]);
  // With the prompt cut instead, every record teaches; the length offered is enough for more than little.
  const kept = await outlook(client, model, id, recipeOf({ batch, truncation: 'prompt-middle' }));
  expect(kept).toMatchObject({ truncated: 2, withoutTargets: 0, leftOut: [] });
  expect(kept.cutBySet).toMatchObject([{ dataSet: 'a', records: 3, answerCut: 1, nothing: 0 }]);
  const enough = kept.cut?.enough ?? Number.NaN;
  const longer = { records: 2, microBatchTokens: enough, maxLength: enough };
  const mended = await outlook(client, model, id, recipeOf({ batch: longer }));
  expect(mended.cut).toMatchObject({ nothing: 0, little: 0, enough: null });
});

test('the cut of records kept for validation is counted apart', async () => {
  const { client } = await openStudio();
  const lines = Array.from({ length: 8 }, (_, i) =>
    JSON.stringify({ instruction: `Why ${i}? ${'w'.repeat(300)}`, input: '', output: 'Because.' }),
  );
  const [set] = await client.call('data.import', { files: [textFile('a', lines)], task: 't' });
  const model = await importFieldModel(client, '33-end-token-not-special/model');
  const found = await outlook(
    client,
    model,
    set?.id ?? '',
    recipeOf({
      batch: { records: 2, microBatchTokens: 96, maxLength: 96 },
      truncation: 'prompt-middle',
      validation: { ...quickRecipe().validation, fraction: 0.25, maxRecords: 2 },
    }),
  );
  expect(found).toMatchObject({ training: 6, validation: 2 });
  expect(found).toMatchObject({ truncated: 6, validationTruncated: 2, cut: { promptCut: 6 } });
  expect(found.cutBySet).toMatchObject([{ records: 6, promptCut: 6 }]);
});

test('a template that ends no answer is said, with how many records', async () => {
  const { client } = await openStudio();
  const set = await importFieldData(client, '33-end-token-not-special/chat.jsonl');
  const model = await importFieldModel(client, '33-end-token-not-special/model');
  expect(await outlook(client, model, set)).toMatchObject({
    ...{ training: 3, validation: 1, withoutEnd: 0 },
  });
  const endless = `{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}`;
  const other = await importFieldModel(client, '33-end-token-not-special/model', {
    'tokenizer_config.json': JSON.stringify({ eos_token: null, chat_template: endless }),
  });
  expect(await outlook(client, other, set)).toMatchObject({ training: 3, withoutEnd: 4 });
});

import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { ItemAnswer } from '../engine/evaluation/items.ts';
import type { EvaluationSummary } from '../contract/evaluation.ts';
import { openMemoryStorage } from './storage.ts';

const answer = (text: string): ItemAnswer => ({ text, written: null, reference: null });

function evaluation(id: string, itemsId: string, answered: number): EvaluationSummary {
  return {
    ...{ id, itemsId, answered, total: 3, label: id, files: [], gridId: null, figures: null },
    variant: { modelId: 'm', runId: null, snapshot: 'base' },
    settings: { maxItems: 0, choices: 'likelihood', perplexity: false },
    createdAt: 1,
    updatedAt: 1,
  };
}

test('answers stay over a reload, batch by batch, and go with their evaluation', async () => {
  const name = 'evaluations';
  const before = await openMemoryStorage(name);
  const item = {
    task: 't',
    kind: 'knowledge',
    metric: 'accuracy',
    prompt: 'p',
    answer: 'A',
  } as const;
  await before.evaluations.putItems('x', [item]);
  await before.evaluations.putItems('y', [item]);
  await before.evaluations.addAnswers(evaluation('a', 'x', 1), [[2, answer('third')]]);
  await before.evaluations.addAnswers(evaluation('a', 'x', 2), [[0, answer('first')]]);
  await before.evaluations.addAnswers(evaluation('b', 'y', 1), [[1, answer('other')]]);
  before.close();

  const after = await openMemoryStorage(name);
  const { evaluations } = after;
  expect((await evaluations.list()).map(({ id, answered }) => [id, answered])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  const answers = await evaluations.answers('a');
  expect(answers.map((given) => given?.text)).toEqual(['first', undefined, 'third']);
  await evaluations.remove(['a']);
  expect(await evaluations.answers('a')).toEqual([]);
  // Its questions went with it; the other evaluation still uses its questions.
  expect(await evaluations.items('x')).toEqual([]);
  expect(await evaluations.items('y')).toHaveLength(1);
  expect((await evaluations.answers('b'))[1]?.text).toBe('other');
  after.close();
});

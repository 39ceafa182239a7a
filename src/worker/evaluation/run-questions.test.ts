import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import { readQuestionFile } from '../../engine/evaluation/questions/question-file.ts';
import { validationRows } from '../../engine/training/run/validation-split.ts';
import { openMemoryStorage, type Storage } from '../../storage/storage.ts';
import { chunksOf } from '../data/file-chunks.ts';
import { heldOutRepeats, overlapWithRun } from './question-overlap.ts';
import type { Task } from '../tasks/tasks.ts';
import { heldOutQuestions, repeatedQuestions } from './run-questions.ts';

const letter = (place: number): string => `Patient ${place}: cough since ${place} days.`;
const COUNT = 40;

async function addSet(storage: Storage, name: string, exam: boolean): Promise<string> {
  const writer = await storage.dataSets.create();
  for (let line = 1; line <= COUNT; line += 1) {
    const question = exam ? `Which one fits case "${'x'.repeat(line)}"?` : letter(line);
    await writer.add({
      ...{ line, task: name },
      messages: [
        { role: 'system', content: 'Answer briefly.' },
        { role: 'user', content: question },
        { role: 'assistant', content: exam ? 'B' : `Advice ${line} in words.` },
      ],
      ...(exam && { choices: ['A', 'B', 'C'] }),
    });
  }
  const kind = exam ? 'knowledge' : 'alignment';
  return (await writer.finish({ name, kind, shape: 'messages' })).id;
}

/** A run with a set of letters and an exam, of each of which it keeps a part for validation. */
async function openRun(name: string) {
  const storage = await openMemoryStorage(name);
  const dataSetIds = [await addSet(storage, 'letters', false), await addSet(storage, 'exam', true)];
  const quick = quickRecipe();
  const recipe = { ...quick, validation: { ...quick.validation, fraction: 0.25, maxRecords: 20 } };
  await storage.runs.create({
    summary: {
      ...{ id: 'r', name: 'First: try', modelId: 'm', modelName: 'M', dataSetIds, recipe },
      ...{ state: 'done', stages: [], snapshots: [], adapter: '', createdAt: 1, updatedAt: 1 },
      ...{ checkpoint: null, error: null },
    },
    ...{ tasks: [], fingerprint: '', checkpoint: null, stages: [] },
  });
  return { storage, dataSetIds, kept: validationRows([COUNT, COUNT], recipe) };
}

test('held-out records are the questions that the run kept for validation, read as they were imported', async () => {
  const { storage, kept } = await openRun('held-out');
  const { questions, file } = await heldOutQuestions(storage, 'r');
  expect(questions).toBe(kept.reduce((sum, rows) => sum + rows.length, 0));
  expect(questions).toBeGreaterThan(10);
  expect(file.name).toBe('First try held-out.jsonl');
  const { items, leftOut } = await readQuestionFile({
    chunks: () => chunksOf(file.blob, file.name),
    name: file.name,
  });
  expect(leftOut).toEqual([]);
  const letters = items.filter(({ task }) => task === 'letters');
  expect(letters.map(({ prompt }) => prompt)).toEqual(
    [...(kept[0] ?? [])].map((row) => `Answer briefly.\n${letter(row + 1)}`),
  );
  expect(letters[0]).toMatchObject({ kind: 'alignment', metric: 'rouge-l' });
  const exam = items.filter(({ task }) => task === 'exam');
  expect(exam).toHaveLength(kept[1]?.length ?? 0);
  expect(exam[0]).toMatchObject({
    kind: 'knowledge',
    metric: 'accuracy',
    choices: ['A', 'B', 'C'],
  });
});

test('questions repeat what was trained on, and not what was kept apart', async () => {
  const { storage, kept, dataSetIds } = await openRun('repeats');
  const [apart = new Uint32Array()] = kept;
  const trained = [...Array(COUNT).keys()].filter((row) => !apart.includes(row));
  const asked = (row: number): string => `Answer briefly. ${letter(row + 1).toUpperCase()}`;
  const questions = [asked(trained[0] ?? -1), asked(apart[0] ?? -1), 'Something else?'];
  // The one kept apart differs from trained ones in its numbers alone.
  expect(await repeatedQuestions(storage, 'r', questions)).toEqual([
    { dataSet: 'letters', exact: 1, near: 1 },
  ]);
  const held = `Answer briefly. Which one fits case "${'x'.repeat((kept[1]?.[0] ?? -1) + 1)}"?`;
  expect(await repeatedQuestions(storage, 'r', [held])).toEqual([]);
  // Without one of its sets, nobody can say which records a run kept.
  await storage.dataSets.remove(dataSetIds[1] ?? '');
  expect((await heldOutQuestions(storage, 'r')).questions).toBe(0);
});

test('questions are compared with what was trained on, and not with what was kept apart', async () => {
  const { storage, kept, dataSetIds } = await openRun('overlap');
  const apart = new Set(kept[0]);
  const rows = [...Array(COUNT).keys()].filter((row) => apart.has(row)).slice(0, 1);
  const trained = [...Array(COUNT).keys()].find((row) => !apart.has(row)) ?? -1;
  const asked = (row: number): string => `Answer briefly.\n${letter(row + 1)}`;
  const questions = [asked(trained), 'Something else altogether, in some other words than those?'];
  const told: number[] = [];
  const task: Task = {
    ...{ name: 't', signal: new AbortController().signal, check: () => undefined },
    progress: (fraction) => told.push(fraction ?? -1),
  };
  const found = await overlapWithRun(storage, 'r', questions, task);
  expect([...(found?.near ?? [])]).toEqual([0]);
  expect(found?.records).toBe(2 * COUNT - (kept[0]?.length ?? 0) - (kept[1]?.length ?? 0));
  expect(told.at(-1)).toBe(1);
  expect(rows).toHaveLength(1);
  await storage.dataSets.remove(dataSetIds[1] ?? '');
  expect(await overlapWithRun(storage, 'r', questions, task)).toBeNull();
});

test('held-out records that ask nearly what was trained are counted', async () => {
  const { storage, kept } = await openRun('held-out repeats');
  const task: Task = {
    ...{ name: 't', signal: new AbortController().signal },
    ...{ check: () => undefined, progress: () => undefined },
  };
  const addQuestions = async (questionOf: (line: number) => string): Promise<string> => {
    const writer = await storage.dataSets.create();
    for (let line = 1; line <= COUNT; line += 1) {
      await writer.add({
        ...{ line, task: 'asked' },
        messages: [
          { role: 'user', content: questionOf(line) },
          { role: 'assistant', content: `Answer ${line}.` },
        ],
      });
    }
    return (await writer.finish({ name: 'asked', kind: 'alignment', shape: 'messages' })).id;
  };
  const words = (line: number): string =>
    Array.from({ length: 30 }, (_, i) => String.fromCodePoint(0x4e00 + line * 40 + i)).join('');
  const twice = await addQuestions((line) => words(Math.ceil(line / 20)));
  const each = await addQuestions((line) => words(100 + line));
  await storage.runs.update('r', { dataSetIds: [twice, each] });
  const apart = kept.map(({ length }) => length);
  expect(apart[0]).toBeGreaterThan(5);
  expect(await heldOutRepeats(storage, 'r', task)).toEqual({
    heldOut: (apart[0] ?? 0) + (apart[1] ?? 0),
    near: apart[0],
  });
  await storage.dataSets.remove(each);
  expect(await heldOutRepeats(storage, 'r', task)).toBeNull();
});

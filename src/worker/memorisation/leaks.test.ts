/** Records that leak are told from what the base writes; their texts are marked, and their sets are made without them. */
import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import type { StateMeasures } from '../../engine/evaluation/memorisation/report.ts';
import { quickRecipe } from '../../engine/training/recipe/presets.ts';
import type { Leak } from '../../contract/memorisation.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { openMemoryStorage } from '../../storage/storage.ts';
import type { WorkerContext } from '../context.ts';
import { openLibrary, openTokeniser } from '../testing/studio.ts';
import { leaksOf, leakTexts, withoutLeaks } from './leaks.ts';
import type { RecordsToMeasure } from './run-records.ts';

const measures = (...matched: number[]): StateMeasures => ({
  ...{ canaries: [], members: [], nonMembers: [] },
  extractions: matched.map((length) => ({ matched: length, from: 1, greedy: 0, tokens: 20 })),
});
const states = ['base', 'stage1.end', 'merged'].map((id) => ({ id, label: id, branches: [] }));

test('a record leaks where a state writes ten tokens, or all of it, and more than the base', () => {
  const cuts = [4, 5, 6, 7].map((row) => ({ cut: null, record: { dataSet: 1, row } }));
  const found = leaksOf(
    cuts as unknown as RecordsToMeasure['cuts'],
    [measures(2, 12, 3, 0), measures(9, 12, 11, 10), measures(10, 11, 15, 9)],
    states,
  );
  expect(found).toEqual([
    {
      ...{ dataSet: 1, row: 6, tokens: 20, base: 3 },
      states: [
        { snapshot: 'merged', matched: 15, from: 1 },
        { snapshot: 'stage1.end', matched: 11, from: 1 },
      ],
    },
    {
      ...{ dataSet: 1, row: 4, tokens: 20, base: 2 },
      states: [{ snapshot: 'merged', matched: 10, from: 1 }],
    },
    {
      ...{ dataSet: 1, row: 7, tokens: 20, base: 0 },
      states: [{ snapshot: 'stage1.end', matched: 10, from: 1 }],
    },
  ]);
});

const said = (row: number): string =>
  `The cat had ${row} red hats and lived in a house by the sea with ${row + 2} good friends.`;

test('texts are marked where they came, and a run goes on without them', async () => {
  const storage = await openMemoryStorage('leaks');
  const context = {
    ...{ storage, library: openLibrary(storage.models), tokeniser: openTokeniser(storage) },
  } as unknown as WorkerContext;
  const addSet = async (name: string) => {
    const writer = await storage.dataSets.create();
    for (let row = 0; row < 4; row += 1) {
      await writer.add({
        ...{ line: row + 1, task: name },
        messages: [
          { role: 'user', content: `Tell me of cat ${row}` },
          { role: 'assistant', content: said(row) },
        ],
      });
    }
    return writer.finish({ name, kind: 'knowledge', shape: 'messages' });
  };
  const sets = [await addSet('cats'), await addSet('others')];
  const leak: Leak = {
    ...{ dataSet: 0, row: 2, tokens: 20, base: 1 },
    states: [{ snapshot: 'merged', matched: 5, from: 3 }],
  };
  const run = {
    ...{ id: 'r', modelId: 'stories260k', recipe: quickRecipe(), createdAt: 0 },
    dataSetIds: [...sets.map(({ id }) => id), 'gone'],
    memorisation: { leaks: [leak, { ...leak, dataSet: 2 }] },
  } as unknown as RunSummary;

  const [text, ...none] = await leakTexts(context, run);
  expect(none).toEqual([]);
  expect(text).toMatchObject({ name: 'cats', row: 2 });
  const { before = '', rest = ['', '', ''] } = text ?? {};
  expect(before).toContain('Tell me of cat 2');
  expect(rest[1]).not.toBe('');
  expect(said(2).endsWith(rest.join('').trimEnd())).toBe(true);
  expect(`${before}${rest.join('')}`).toContain(said(2));

  const here = { ...run, dataSetIds: sets.map(({ id }) => id) };
  const [left, same] = await withoutLeaks(context, here);
  expect(left).toMatchObject({ name: 'cats (−1)', kind: 'knowledge', records: 3 });
  expect(same).toEqual(sets[1]);
  const rows = await storage.dataSets.rows(left?.id ?? '', 0, 10);
  expect(rows.map(({ messages }) => messages[1]?.content)).toEqual([0, 1, 3].map(said));
  // Asked again, the set is the one that is there.
  expect((await withoutLeaks(context, here))[0]).toEqual(left);
});

import 'fake-indexeddb/auto';
import { afterAll, expect, test } from 'vitest';
import type { EvaluationItem } from '../../engine/evaluation/items.ts';
import { vary } from '../../engine/evaluation/shortcuts/variations.ts';
import type { EvaluationSummary } from '../../contract/evaluation.ts';
import type { ArchivedShortcut } from '../../contract/run-origin.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { paperRecipe } from '../../engine/training/recipe/presets.ts';
import { memoryStore } from '../../storage/files/memory-store.ts';
import { localLocks } from '../../storage/locks.ts';
import { openStorage } from '../../storage/storage.ts';
import { sealOf } from '../evaluation/evaluation-items.ts';
import { shortcutsSchema } from '../../archive/archive-shortcuts.ts';
import { shortcutsOfRun } from './run-shortcuts.ts';

const storage = await openStorage(memoryStore(), localLocks(), 'archive-shortcuts');
afterAll(() => storage.close());
const { evaluations } = storage;

const exam: EvaluationItem = {
  ...{ task: 'exam', kind: 'knowledge', metric: 'accuracy', answer: 'B', choices: ['A', 'B', 'C'] },
  prompt: 'What helps?\nA. Aspirin\nB. An ECG\nC. Rest',
};
const items = Array.from({ length: 4 }, () => exam);
const varied = vary('options', items, 42).map(({ item }) => item);

function evaluation(id: string, change: Partial<EvaluationSummary> = {}): EvaluationSummary {
  return {
    id,
    variant: { modelId: 'm', runId: 'r', snapshot: 'merged' },
    label: 'Merged',
    files: [],
    itemsId: sealOf(items),
    settings: { maxItems: 0, choices: 'likelihood', perplexity: false },
    ...{ total: 4, answered: 4, createdAt: 1, updatedAt: 1, gridId: null, figures: null },
    ...change,
  };
}

/** Answers of an evaluation and, to its questions with moved options, of its check. */
async function answered(of: EvaluationSummary, toVaried: (item: EvaluationItem) => string) {
  const said = (text: string) => ({ text, written: null, reference: null });
  await evaluations.begin(of, items);
  await evaluations.addAnswers(
    of,
    items.map((_item, place) => [place, said('B')]),
  );
  const check = evaluation(`${of.id} options`, {
    variant: of.variant,
    itemsId: sealOf(varied),
    check: { of: of.id, shortcut: 'options' },
  });
  await evaluations.begin(check, varied);
  await evaluations.addAnswers(
    check,
    varied.map((item, place) => [place, said(toVaried(item))]),
  );
}

const run: RunSummary = {
  ...{ id: 'r', name: 'Run', modelId: 'm', modelName: 'M', dataSetIds: [], recipe: paperRecipe() },
  ...{ state: 'done', stages: [], snapshots: [], adapter: 'A', createdAt: 0, updatedAt: 0 },
  ...{ checkpoint: null, error: null },
};

test('the newest findings of each state go along, with those that an archive brought', async () => {
  await answered(evaluation('early'), () => 'B');
  await answered(evaluation('late', { createdAt: 2 }), ({ answer }) => answer);
  const ofBase = { modelId: 'm', runId: null, snapshot: 'base' };
  await answered(evaluation('base', { variant: ofBase, label: 'Base', createdAt: 3 }), () => 'B');
  await evaluations.begin(
    evaluation('other', { variant: { ...ofBase, runId: 'other', snapshot: 'merged' } }),
    items,
  );
  const brought: ArchivedShortcut = {
    ...{ snapshot: 'stage1.end', label: 'Stage 1', tasks: ['exam'], shortcut: 'age' },
    ...{ items: 2, rightBefore: 1, rightAfter: 1, changed: 0, interval: null, difference: null },
    ...{ chance: 0.3, says: 'steady' },
  };
  const base = { architecture: '', parameters: 1, licence: '', hub: '', fingerprint: null };
  const origin = {
    ...{ studio: '', browser: '', archivedAt: 1, dataSets: [], scores: [], shortcuts: [brought] },
    ...{ base: { ...base, name: 'M', precision: null }, baseHere: true, branches: true },
  };
  const found = await shortcutsOfRun(evaluations, { ...run, origin });
  const { length } = varied;
  expect(length).toBe(4);
  expect(found).toMatchObject([
    brought,
    // Its answers follow the options in the later check alone.
    { snapshot: 'merged', shortcut: 'options', items: length, changed: 0, says: 'follows' },
    { snapshot: 'base', label: 'Base', shortcut: 'options', changed: length, says: 'letters' },
  ]);
  expect(found).toHaveLength(3);
  expect(shortcutsSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
});

test('a finding that cannot be is refused', () => {
  const finding = {
    ...{ snapshot: 'merged', label: '', tasks: [], shortcut: 'case', says: 'case-used' },
    ...{ items: 1, rightBefore: 1, rightAfter: 1, changed: 0, interval: null, difference: null },
    chance: 0.3,
  };
  expect(shortcutsSchema.safeParse([finding]).success).toBe(true);
  for (const change of [{ items: -1 }, { chance: Number.NaN }, { says: 'all is well' }, { x: 1 }]) {
    expect(shortcutsSchema.safeParse([{ ...finding, ...change }]).success).toBe(false);
  }
});

import { expect, test } from 'vitest';
import { quickRecipe } from '../training/recipe/presets.ts';
import { planGrid, trainingKey } from './grid/grid-plan.ts';
import { gridFigures, gridRows, gridTable, tableMarkdown } from './grid/grid-tables.ts';
import type { MeasuredCell } from './grid/grid-tables.ts';
import type { EvaluationItem, ItemAnswer } from './items.ts';
import { changedAnswers, compareAnswers } from './comparison.ts';
import { reportAnswers } from './report.ts';

const base = quickRecipe();
const cells = planGrid(base, {
  ablations: ['base', 'mka-keep-na', 'mka-drop-na'],
  fractions: [[0.25, 1], [0.5]],
});

test('fractions bring the whole pipeline with them: it is the right end of both curves', () => {
  expect(cells.map(({ id, snapshot }) => [id, snapshot])).toEqual([
    ['base', 'base'],
    ['mka-keep-na', 'stage1.after'],
    ['mka-drop-na', 'merged'],
    ['mka-da', 'merged'],
    ['stage1-25', 'merged'],
    ['stage2-50', 'merged'],
  ]);
  expect(cells.at(-1)?.recipe.stages.map(({ data }) => data.fraction)).toEqual([1, 0.5]);
});

test('recipes share the training of a stage where only what follows it differs', () => {
  const key = (id: string, stage: number): string => {
    const cell = cells.find((candidate) => candidate.id === id);
    if (!cell) throw new Error(id);
    return trainingKey(cell.recipe, stage);
  };
  expect(key('mka-keep-na', 0)).toBe(key('mka-da', 0));
  expect(key('stage2-50', 0)).toBe(key('mka-da', 0));
  expect(key('stage2-50', 1)).not.toBe(key('mka-da', 1));
  expect(key('stage1-25', 0)).not.toBe(key('mka-da', 0));
});

const items: EvaluationItem[] = ['exam', 'quiz', 'label'].flatMap((task) =>
  Array.from({ length: 20 }, (_, i) => ({
    task,
    kind: task === 'label' ? ('alignment' as const) : ('knowledge' as const),
    metric: task === 'label' ? ('macro-f1' as const) : ('accuracy' as const),
    prompt: `${task} ${i}`,
    answer: i % 2 === 0 ? 'A' : 'B',
    choices: ['A', 'B'],
  })),
);

/** Right in the first `right` items of every task. */
function answersOf(right: number): ItemAnswer[] {
  return items.map(({ answer }, place) => {
    const text = place % 20 < right ? answer : answer === 'A' ? 'B' : 'A';
    return { text, written: null, reference: { nll: 3, tokens: 2 } };
  });
}

const options = { choices: 'likelihood', seed: 1 } as const;

test('averages are over the tasks of a kind, and their intervals hold them', () => {
  const figures = reportAnswers(items, answersOf(15), options);
  expect(figures.knowledge?.value).toBeCloseTo(0.75, 12);
  expect(figures.alignment?.value).toBeGreaterThan(0.7);
  const [exam] = figures.tasks;
  expect(exam?.interval?.low).toBeLessThan(0.75);
  expect(exam?.interval?.high).toBeGreaterThan(0.75);
  expect(exam?.perplexity?.value).toBeCloseTo(Math.exp(1.5), 12);
  expect(exam?.precision).toBeNull();
});

test('what is answered so far is scored alone', () => {
  const part = answersOf(15).map((answer, place) => (place < 25 ? answer : undefined));
  const { tasks, alignment } = reportAnswers(items, part, options);
  expect(tasks.map(({ task, items: count, value }) => [task, count, value])).toEqual([
    ['exam', 20, 0.75],
    ['quiz', 5, 1],
  ]);
  expect(alignment).toBeNull();
});

test('a paired comparison looks at the items that both answered', () => {
  const second = answersOf(17).map((answer, place) => (place === 0 ? undefined : answer));
  const { tasks, knowledge } = compareAnswers(items, answersOf(15), second, options);
  const [exam] = tasks;
  expect(exam?.items).toBe(19);
  expect(exam?.signs).toMatchObject({ onlyFirst: 0, onlySecond: 2, equal: 17, p: 0.5 });
  expect(exam?.difference.value).toBeCloseTo(2 / 19, 12);
  // Two questions more of nineteen are too few to show a difference, and say how many would do.
  expect(exam?.difference.interval?.low).toBeLessThan(0);
  expect(exam?.difference.interval?.high).toBeGreaterThan(2 / 19);
  expect(exam?.difference).toMatchObject({ items: 19, shows: false });
  expect(exam?.difference.reach?.questions).toBeGreaterThan(300);
  expect(knowledge?.reach?.visible).toBeGreaterThan(0.05);
  expect(knowledge?.value).toBeCloseTo((2 / 19 + 2 / 20) / 2, 12);
});

test('answers that changed are told with both texts, gained and lost apart', () => {
  const changed = changedAnswers(items, answersOf(15), answersOf(17), options);
  expect(changed.length).toBeGreaterThan(0);
  const read = reportAnswers(items, answersOf(17), options).tasks;
  const before = reportAnswers(items, answersOf(15), options).tasks;
  for (const { task, value, items: count } of read) {
    const own = changed.filter((one) => one.task === task);
    const earlier = before.find((one) => one.task === task)?.value ?? Number.NaN;
    // What changed adds up to the difference of the scores.
    const sum = own.reduce((total, { change }) => total + change, 0);
    if (task === 'exam') expect(sum / count).toBeCloseTo(value - earlier, 12);
  }
  expect(changed.every(({ first, second }) => first !== second)).toBe(true);
  // An answer is right before or after, and not both.
  expect(changed.every(({ change }) => change !== 0 && Math.abs(change) <= 1)).toBe(true);
  const note: EvaluationItem = {
    ...{ task: 'note', kind: 'alignment', metric: 'rouge-l', prompt: 'p', answer: 'a b c d' },
  };
  const wrote = (text: string) => [{ text, written: null, reference: null }];
  const texts = (from: string, to: string) =>
    changedAnswers([note], wrote(from), wrote(to), options);
  expect(texts('x', 'a b c')).toEqual([]);
  expect(texts('a b c', 'a b c d')).toMatchObject([{ task: 'note', second: 'a b c d' }]);
  const back = changedAnswers(items, answersOf(17), answersOf(15), options);
  expect(back.map(({ change }) => -change)).toEqual(changed.map(({ change }) => change));
});

test('tables, figures and rows hold what was measured, and gaps where nothing was', () => {
  const measured: MeasuredCell[] = cells.map((cell, i) => ({
    cell,
    figures: i === 1 ? null : reportAnswers(items, answersOf(10 + i), options),
  }));
  const table = gridTable('table-3', measured);
  expect(table.columns.map(({ key }) => key)).toEqual([
    'knowledge/exam',
    'knowledge/quiz',
    'knowledge/average',
    'alignment/label',
    'alignment/average',
  ]);
  expect(table.rows.map(({ id, values }) => [id, values[2]?.value ?? null])).toEqual([
    ['base', 0.5],
    ['mka-keep-na', null],
    ['mka-drop-na', 0.6],
    ['mka-da', 0.65],
  ]);
  expect(tableMarkdown(table).split('\n').at(-1)).toMatch(
    /^\| MKA \+ DA w\/ L_orth \| 65\.0 \(\d+\.\d–\d+\.\d\) \|/,
  );
  expect(tableMarkdown(table)).toContain('| *chance* | 50.0 | 50.0 | 50.0 |  |  |');
  expect(tableMarkdown(table)).toContain('| *questions* | 20 | 20 | 40 | 20 | 20 |');
  // Bold is what no other interval of the column reaches.
  const apart: MeasuredCell[] = measured.map((one, i) =>
    one.cell.id === 'mka-da'
      ? { ...one, figures: reportAnswers(items, answersOf(20), options) }
      : { ...one, figures: i === 0 ? one.figures : null },
  );
  expect(tableMarkdown(gridTable('table-3', apart)).split('\n').at(-1)).toMatch(
    /^\| MKA \+ DA w\/ L_orth \| \*\*100\.0\*\* \(/,
  );
  const [five, six] = gridFigures(measured);
  const shares = (figure: typeof five) => figure?.curves[0]?.points.map(({ share }) => share);
  expect(shares(five)).toEqual([0.25, 1]);
  expect(shares(six)).toEqual([0.5, 1]);
  expect(gridRows(measured)).toHaveLength(5 * 5);
});

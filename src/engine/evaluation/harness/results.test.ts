/** The exported JSON against lm-eval's own, of the same answers. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  askedByHarness,
  readHarnessFixtures,
  scoredByHarness,
} from '../../testing/harness-reference.ts';
import type { ItemAnswer } from '../items.ts';
import { planTasks, questionsOf } from './files.ts';
import { harnessResults } from './results.ts';

/** Rows of tables differ: a hub says of which type a column is, CSV does not. */
const fromTables = /^(?:cmmlu|ceval)/;
const about = { model: 'medcare-nano', date: 1_700_000_000_000, limit: 0 };
const plans = planTasks(await readHarnessFixtures());
const scored = scoredByHarness('medcare-nano').filter(({ shots }) => shots === 3);
const tasks = scored.map(({ task, items: answered }) => {
  const plan = plans.find((one) => one.task.name === task);
  if (!plan) throw new Error(task);
  const answers = answered.map(({ lls }): ItemAnswer => ({
    text: 'A',
    written: null,
    ...{ options: lls, greedy: lls.map(() => false) },
    reference: null,
  }));
  return { items: questionsOf(plan, 3).items, answers };
});
const items = tasks.flatMap(({ items: own }) => own);
const made = harnessResults(
  items,
  tasks.flatMap(({ answers }) => answers),
  about,
);

type Part = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const wanted = JSON.parse(readFileSync('test/fixtures/lm-eval/results.json', 'utf8')) as Readonly<
  Record<string, Part>
>;

test.each(['results', 'versions', 'n-shot', 'higher_is_better', 'n-samples'])('%s', (part) => {
  const own = made?.[part] as Part;
  for (const [task, value] of Object.entries(wanted[part] ?? {})) {
    if (typeof value !== 'object') {
      expect(own[task]).toBe(value);
      continue;
    }
    expect(Object.keys(own[task] ?? {})).toEqual(Object.keys(value));
    for (const [name, figure] of Object.entries(value)) {
      const found = own[task]?.[name];
      if (typeof figure === 'number') expect(found).toBeCloseTo(figure, 12);
      else expect(found).toEqual(figure);
    }
  }
});

test('the configuration of each task, as far as it decides prompts and scores', () => {
  const own = made?.['configs'] as Part;
  for (const [task, config] of Object.entries(wanted['configs'] ?? {})) {
    expect(config).toMatchObject(own[task] ?? { task: 'missing' });
  }
});

/** Values without the digits in which two ways to compute differ. */
function shapeOf(responses: unknown): unknown {
  return JSON.parse(JSON.stringify(responses), (_, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1e3) / 1e3 : value,
  );
}

test('items with their rows, prompts, hashes and scores', () => {
  const own = made?.['samples'] as unknown as Readonly<
    Record<string, readonly Record<string, unknown>[]>
  >;
  const first = wanted['samples'] as unknown as typeof own;
  for (const [task, [due]] of Object.entries(first)) {
    const [found] = own[task] ?? [];
    expect(Object.keys(found ?? {})).toEqual(Object.keys(due ?? {}));
    const same = ['target', 'arguments', 'metrics', 'acc', 'acc_norm'];
    for (const name of fromTables.test(task) ? same : ['doc', ...same]) {
      expect(found?.[name]).toEqual(due?.[name]);
    }
    for (const name of ['resps', 'filtered_resps']) {
      expect(shapeOf(found?.[name])).toEqual(shapeOf(due?.[name]));
    }
  }
  for (const { task, items: asked } of askedByHarness().filter(({ shots }) => shots === 3)) {
    for (const [place, { doc_hash, prompt_hash, target_hash }] of asked.entries()) {
      const hashes = fromTables.test(task) ? {} : { doc_hash };
      expect(own[task]?.[place]).toMatchObject({ ...hashes, prompt_hash, target_hash });
    }
  }
});

test('an answer of an earlier version does not say whether an option is greedy', () => {
  const [item] = items;
  if (!item) throw new Error('no item');
  const answer = { text: 'A', written: null, options: [-1, -2], reference: null };
  const [sample] = Object.values(
    harnessResults([item], [answer], about)?.['samples'] as unknown as Record<string, unknown[]>,
  ).flat();
  expect(sample).toMatchObject({
    filtered_resps: [
      [-1, null],
      [-2, null],
    ],
  });
});

test('nothing where no task is one of lm-eval, or likelihood did not decide', () => {
  const [item] = items;
  if (!item) throw new Error('no item');
  expect(harnessResults([item], [{ text: 'A', written: 'A', reference: null }], about)).toBeNull();
  const { harness: _, ...plain } = item;
  expect(harnessResults([plain], [], about)).toBeNull();
});

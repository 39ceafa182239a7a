/** Which part of a data set a file is taken for, as the page says it. */
import { expect, test } from 'vitest';
import type { KnownFile } from '../../../contract/evaluation.ts';
import { knownLines } from './known-lines.ts';
import { harnessText } from './text-harness.ts';

const known: KnownFile = {
  ...{ file: 'f.json', task: 'pubmedqa', split: 'test', role: 'asked', rows: 500, whole: 500 },
  ...{ shots: 0, asks: 'test', examples: 'train' },
};
const t = harnessText();
const asked = t.asked('pubmedqa', 500);

test('a file whose name says no split is asked whole, and this is said', () => {
  expect(knownLines({ ...known, split: null }, 2)).toEqual([
    ...[asked, t.anySplit('test'), t.fromSplit('train')],
  ]);
  expect(knownLines(known, 0)).toEqual([asked]);
  expect(knownLines({ ...known, split: null, examples: null }, 2)).toEqual([asked]);
});

test('a file with the whole data set brings its own examples', () => {
  expect(knownLines({ ...known, whole: 1000 }, 2)).toEqual([
    ...[asked, t.divided(1000, 'test', 'train')],
  ]);
});

test('a file that is not asked says only why', () => {
  expect(knownLines({ ...known, split: 'train' }, 2)).toEqual([t.examples('pubmedqa', 'train')]);
  expect(knownLines({ ...known, split: 'validation', role: 'unused' }, 2)).toEqual([
    t.unused('pubmedqa'),
  ]);
});

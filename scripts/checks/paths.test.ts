/** Names of files that lead nowhere are found in documents and comments, and no others. */
import { expect, test } from 'vitest';
import { missingPaths } from './paths.mjs';

const files = [
  'docs/method.md',
  'docs/adapters.md',
  'src/engine/kernels/choices.ts',
  'src/worker/judge/judge.ts',
  'src/worker/judge/judge.gpu.test.ts',
  'test/fixtures/golden/README.md',
];
const namesIn = (file: string, text: string) =>
  missingPaths(file, text, files).map(({ line, name }) => `${line} ${name}`);

test.each([
  ['a path, the end of a path, a folder', 'src/engine/kernels `kernels/choices.ts` choices.ts'],
  ['a link beside the document', 'see [the method](method.md#scores) or [away](https://a.b/c.md)'],
  [
    'any number of folders, any name',
    '`src/**/*.ts`, `.gpu.test.ts`, `src/worker/NAME/judge.ts`, `FILE.ts`',
  ],
  ['what is no source file', '`config.json`, `build/x.json`, v1.2.md5, a.tsv'],
])('there: %s', (_what, text) => {
  expect(namesIn('docs/page.md', text)).toEqual([]);
});

test('gone: named by path, by its end, by a link', () => {
  const text =
    'src/engine/gone and\n`worker/judge.ts`, [a](gone.md)\ntest/fixtures/golden/case.json';
  expect(namesIn('docs/page.md', text)).toEqual([
    '1 src/engine/gone',
    '2 worker/judge.ts',
    '2 gone.md',
    '3 test/fixtures/golden/case.json',
  ]);
});

test('comments of code are read, its strings are not', () => {
  const code =
    "/** See training/gone.ts. */\nconst name = 'made-up/file.ts';\n// and docs/method.md";
  expect(namesIn('src/engine/a.ts', code)).toEqual(['1 training/gone.ts']);
  expect(namesIn('CHANGELOG.md', 'src/engine/gone')).toEqual([]);
});

/** Reads the questions that `--questions` names, and says how many rows of a file are none. */
import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import type { EvaluationItem } from '../../engine/index.ts';
import {
  readQuestionFiles,
  type QuestionReading,
} from '../../engine/evaluation/questions/question-files.ts';
import { fault } from '../../faults/fault.ts';
import type { Given } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import { whole } from '../words/figures.ts';
import { useWords } from '../words/report-words.ts';

/** The paths after `--questions`. @throws StudioError `command-option` where there are none */
export function questionPaths(given: Given): readonly string[] {
  const paths = given.all('questions');
  if (paths.length === 0) throw given.missing('questions');
  return paths;
}

/** @throws StudioError `path-missing`, and what a file is that holds no questions */
export async function questionsOf(
  paths: readonly string[],
  how: QuestionReading,
  terminal: Terminal,
): Promise<readonly EvaluationItem[]> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const blob = await openAsBlob(path).catch((cause: unknown) => {
        throw fault('path-missing', { path }, { cause });
      });
      return {
        chunks: () => blob.stream(),
        name: basename(path),
        path: path.replaceAll('\\', '/'),
      };
    }),
  );
  const { items, leftOut } = await readQuestionFiles(files, how);
  for (const [at, path] of paths.entries()) {
    const { length } = leftOut.filter(({ file }) => file === files[at]?.name);
    if (length > 0) terminal.note(useWords().left(path, whole(length)));
  }
  return items;
}

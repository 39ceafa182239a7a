/** Scores the demo's model states with `medcare evaluate`. */
import { readFile } from 'node:fs/promises';
import type { EvaluationFigures, TaskReport } from '../../src/engine/evaluation/report.ts';
import type { EvaluationItem } from '../../src/engine/index.ts';
import { lastOf, medcare } from '../cli/call.ts';

/** A question with what a state said to it, as `medcare evaluate --answers` writes it. */
export interface AnsweredItem extends EvaluationItem {
  readonly said: string;
}

export interface Evaluation {
  readonly figures: EvaluationFigures;
  readonly answers: readonly AnsweredItem[];
}

/**
 * Evaluates one state on the questions of a file.
 * @param state arguments of the command line that name it
 * @param answers where the answers go
 */
export async function evaluateState(
  state: readonly string[],
  questions: string,
  answers: string,
): Promise<Evaluation> {
  const lines = await medcare([
    ...['evaluate', ...state, '--questions', questions],
    ...['--known', 'studio', '--answers', answers],
  ]);
  const { tasks, knowledge, alignment } = lastOf(lines, 'scores');
  const said = (await readFile(answers, 'utf8')).split('\n').slice(0, -1);
  return {
    figures: { tasks, knowledge, alignment },
    answers: said.map((line) => JSON.parse(line) as AnsweredItem),
  };
}

/** `mts-section: macro-f1`, or with how it was found where no answer was written. */
export function columnName({ task, metric, method }: TaskReport): string {
  return `${task}: ${metric}${method === 'likelihood' ? ' (likelihood)' : ''}`;
}

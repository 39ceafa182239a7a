/** Scores model states with `medcare evaluate`. */
import { readFile } from 'node:fs/promises';
import type { EvaluationFigures, TaskReport } from '../../src/engine/evaluation/report.ts';
import type { EvaluationItem } from '../../src/engine/index.ts';
import { lastOf, medcare } from '../cli/call.ts';

/** Longest written answer, in tokens. */
export const answerTokens = 64;

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
    ...['--known', 'studio', '--max-tokens', String(answerTokens), '--answers', answers],
  ]);
  const { tasks, knowledge, alignment } = lastOf(lines, 'scores');
  return { figures: { tasks, knowledge, alignment }, answers: await readAnswers(answers) };
}

/** The answers that an evaluation wrote, in the order of the questions. */
export async function readAnswers(path: string): Promise<readonly AnsweredItem[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as AnsweredItem);
}

/** `mts-section: macro-f1`, or with how it was found where no answer was written. */
export function columnName({ task, metric, method }: TaskReport): string {
  return `${task}: ${metric}${method === 'likelihood' ? ' (likelihood)' : ''}`;
}

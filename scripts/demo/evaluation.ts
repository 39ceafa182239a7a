/** Scores model states for the demo. */
import {
  evaluate,
  type EvaluationItem,
  type Model,
  type ModelState,
} from '../../src/engine/index.ts';
import { recordOf } from '../../src/engine/evaluation/answering.ts';
import { scoreAnswers } from '../../src/engine/evaluation/answers/read-answers.ts';
import { mean } from '../../src/engine/evaluation/metrics.ts';
import type { DemoTask } from './data.ts';

/** One figure of a model: a column of the table. */
export interface Figure {
  readonly task: string;
  readonly kind: 'knowledge' | 'alignment';
  /** `accuracy`, `macro-F1`, `micro-F1`, `ROUGE-L`, `format`; how it was found is in `by`. */
  readonly metric: string;
  readonly by: 'likelihood' | 'generation';
  readonly value: number;
  readonly items: number;
}

export interface Evaluation {
  readonly figures: readonly Figure[];
  /** Three written answers of each task, to look at. */
  readonly examples: readonly {
    readonly task: string;
    readonly prompt: string;
    readonly wanted: string;
    readonly answer: string;
  }[];
}

/** Longest written answer, in tokens. */
const answerTokens = 64;
/** Up to so many choices are also compared by likelihood: each costs a pass over the whole prompt. */
const fewChoices = 5;
/** All of a task at once: the engine packs and batches by itself. */
const batchSize = 1000;

/**
 * Share of items whose right answer is the likeliest of its choices after the prompt (log p per token,
 * ties to the earlier), for answers in words as the studio does it for option letters.
 */
async function wordLikelihood(
  model: Model,
  state: ModelState,
  items: readonly EvaluationItem[],
): Promise<number> {
  const records = items.flatMap(({ prompt, choices = [] }) => {
    const asked = model.encodePrompt([{ role: 'user', content: prompt }]);
    return choices.map((choice) => recordOf(asked, model.encodeAnswer(choice)));
  });
  const scores = await state.score(records);
  let at = 0;
  const right = items.map(({ choices = [], answer }) => {
    const own = scores.slice(at, at + choices.length);
    at += choices.length;
    const perToken = own.map(({ nll, targets }) => -nll / Math.max(1, targets));
    return choices[perToken.indexOf(Math.max(...perToken))] === answer ? 1 : 0;
  });
  return mean(right);
}

/** Evaluates one state of the model on every task, the same items in the same order for each state. */
export async function evaluateState(
  model: Model,
  state: ModelState,
  tasks: readonly DemoTask[],
): Promise<Evaluation> {
  const figures: Figure[] = [];
  const examples: Evaluation['examples'][number][] = [];
  for (const { name, items } of tasks) {
    const [result] = await evaluate({ state, items, maxTokens: answerTokens, batchSize });
    if (!result) continue;
    const { kind, metric, formatAdherence, answers } = result;
    const add = (by: Figure['by'], what: string, value: number, of = kind): void => {
      figures.push({ task: name, kind: of, metric: what, by, value, items: items.length });
    };
    if (formatAdherence === null) {
      add('likelihood', 'accuracy', result.score);
      continue;
    }
    if (metric === 'micro-f1') add('generation', 'micro-F1', result.score);
    else if (metric === 'rouge-l') add('generation', 'ROUGE-L', result.score);
    else {
      add('generation', 'accuracy', scoreAnswers({ ...result, metric: 'accuracy' }, answers).score);
      add('generation', 'macro-F1', scoreAnswers({ ...result, metric: 'macro-f1' }, answers).score);
      if (items.every(({ choices = [] }) => choices.length > 0 && choices.length <= fewChoices)) {
        add('likelihood', 'accuracy', await wordLikelihood(model, state, items), 'knowledge');
      }
    }
    add('generation', 'format', formatAdherence);
    items.slice(0, 3).forEach(({ prompt, answer: wanted }, i) => {
      examples.push({ task: name, prompt, wanted, answer: answers[i]?.text ?? '' });
    });
  }
  return { figures, examples };
}

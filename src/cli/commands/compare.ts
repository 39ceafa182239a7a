/** `medcare compare`: how far the outputs of a state are from those of another model, such as its export. */
import { LogitComparison, type LogitDifference } from '../../engine/evaluation/logit-difference.ts';
import { limitItems } from '../../engine/evaluation/limit-items.ts';
import type { Model, ModelState } from '../../engine/index.ts';
import { fault } from '../../faults/fault.ts';
import { EXIT } from '../exit-codes.ts';
import { openBase } from '../inputs/base-model.ts';
import { questionPaths, questionsOf } from '../inputs/question-files.ts';
import { whileOpen, withState } from '../run/state.ts';
import type { Terminal } from '../terminal.ts';
import { compareWords } from '../words/compare-words.ts';
import { percent, whole } from '../words/figures.ts';
import type { Command } from './command.ts';
import { precisionOf } from './precision.ts';

/** Questions compared unless told. */
const QUESTIONS = 16;

export const compareModels: Command = {
  usage: '[RUN] [--model DIR] --with DIR --questions FILE …', // words: what is typed
  options: ['model', 'state', 'with', 'precision', 'questions', 'limit'],
  async run(given, shell, terminal) {
    const place = given.needed('with');
    const paths = questionPaths(given);
    const limit = given.whole('limit') ?? QUESTIONS;
    const items = limitItems(await questionsOf(paths, { known: 'studio' }, terminal), limit);
    const other = await openBase(place, shell.env, { precision: precisionOf(given) });
    // One after the other, so that the device needs room for one model only.
    const asked = await withState(given, shell, async ({ base, state }) => {
      sameVocabulary(base, other);
      const prompts = items.map(({ prompt }) =>
        base.model.encodePrompt([{ role: 'user', content: prompt }]),
      );
      const logits = await logitsOf(state, prompts, terminal);
      return { prompts, logits, snapshot: state.snapshot };
    });
    const found = await whileOpen(shell, { model: other.model }, (_gpu, state) =>
      logitsOf(state, asked.prompts, terminal),
    );
    const difference = differenceOf(asked.logits, found);
    tell(asked.snapshot, other.name, items.length, difference, terminal);
    return EXIT.done;
  },
};

/** @throws StudioError `compare-other-vocabulary` */
function sameVocabulary(base: Named, other: Named): void {
  const [tokens, otherTokens] = [base.model.vocabularySize, other.model.vocabularySize];
  if (tokens === otherTokens) return;
  const names = { model: base.name, other: other.name };
  throw fault('compare-other-vocabulary', { ...names, tokens, otherTokens });
}

interface Named {
  readonly name: string;
  readonly model: Model;
}

/** Logits after each prompt. */
async function logitsOf(
  state: ModelState,
  prompts: readonly Uint32Array[],
  terminal: Terminal,
): Promise<Float32Array[]> {
  const all: Float32Array[] = [];
  for (const ids of prompts) {
    all.push(await state.logits(ids));
    terminal.status(compareWords().compared(whole(all.length), whole(prompts.length)));
  }
  terminal.endStatus();
  return all;
}

interface Difference extends Pick<
  LogitDifference,
  'relativeL2' | 'divergence' | 'greedyAgreement'
> {
  readonly largest: number;
}

function differenceOf(own: readonly Float32Array[], other: readonly Float32Array[]): Difference {
  const comparison = new LogitComparison(own[0]?.length ?? 0);
  for (const [at, row] of own.entries()) {
    const found = other[at] ?? new Float32Array(row.length).fill(Number.NaN);
    // What follows the prompt is unknown: its token has no likelihood here.
    comparison.add(Uint32Array.of(0), row, found);
  }
  const { relativeL2, divergence, greedyAgreement } = comparison.result;
  return { largest: comparison.largest, relativeL2, divergence, greedyAgreement };
}

function tell(
  state: string,
  other: string,
  questions: number,
  difference: Difference,
  terminal: Terminal,
): void {
  const words = compareWords();
  const { largest, relativeL2, divergence, greedyAgreement } = difference;
  terminal.say(words.of(state, other, whole(questions)));
  const rows = [
    [words.largest, largest.toExponential(1)],
    [words.relative, relativeL2.toExponential(1)],
    [words.divergence, divergence.toExponential(1)],
    [words.agreement, percent(greedyAgreement)],
  ];
  for (const [about = '', value = ''] of rows) terminal.say(words.line(about, value));
  terminal.value({ type: 'comparison', state, with: other, questions, ...difference });
}

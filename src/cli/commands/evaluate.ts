/** `medcare evaluate`: questions with known answers, put to a model or a state of a run, and scored by task. */
import { writeFile } from 'node:fs/promises';
import { scoreOf } from '../../archive/archive-scores.ts';
import type { ArchivedScore } from '../../contract/run-origin.ts';
import { evaluate, type EvaluationItem, type ItemAnswer } from '../../engine/index.ts';
import { harnessResults } from '../../engine/evaluation/harness/results.ts';
import { limitItems } from '../../engine/evaluation/limit-items.ts';
import { reportAnswers, type EvaluationFigures } from '../../engine/evaluation/report.ts';
import { BOOTSTRAP_SEED } from '../../engine/evaluation/statistics/bootstrap.ts';
import { choiceMethods, KNOWN_TASKS, type ChoiceMethod } from '../../engine/evaluation/settings.ts';
import { fault } from '../../faults/fault.ts';
import type { JsonObject } from '../../formats/texts/json.ts';
import { EXIT } from '../exit-codes.ts';
import { questionPaths, questionsOf } from '../inputs/question-files.ts';
import { interruptible } from '../interrupt.ts';
import { writeRunArchive } from '../run/run-archive.ts';
import { withState, type OpenedUse } from '../run/state.ts';
import type { Terminal } from '../terminal.ts';
import { columns, percent, whole } from '../words/figures.ts';
import { inspectWords, kindWords, useWords } from '../words/report-words.ts';
import type { Command } from './command.ts';

const MAX_TOKENS = 64;

export const evaluateState: Command = {
  usage: '[RUN] [--model DIR] --questions FILE …', // words: what is typed
  options: [
    ...(['model', 'state', 'questions', 'choices', 'shots', 'known', 'max-tokens'] as const),
    ...(['limit', 'answers', 'harness'] as const),
  ],
  async run(given, shell, terminal) {
    const files = questionPaths(given);
    const choices = given.choice('choices', choiceMethods) ?? 'likelihood';
    const maxTokens = given.whole('max-tokens') ?? MAX_TOKENS;
    const known = given.choice('known', KNOWN_TASKS);
    const shots = given.whole('shots') ?? 0;
    const all = await questionsOf(files, { known, shots }, terminal);
    const limit = given.whole('limit') ?? 0;
    const items = limitItems(all, limit);
    return withState(given, shell, (use) =>
      interruptible(
        shell,
        () => undefined,
        async (signal) => {
          const answers = await ask(use, items, { choices, maxTokens, signal }, terminal);
          const figures = reportAnswers(items, answers, { choices, seed: BOOTSTRAP_SEED });
          tell(figures, use.state.snapshot, terminal);
          await keep(use, figures);
          const file = given.text('answers');
          if (file !== undefined) await writeFile(file, answerLines(items, answers));
          const results = given.text('harness');
          if (results !== undefined) {
            const model = use.state.snapshot;
            await writeHarness(
              results,
              harnessResults(items, answers, { model, limit, date: Date.now() }),
            );
          }
          return signal.aborted ? EXIT.interrupted : EXIT.done;
        },
      ),
    );
  },
};

/** @throws StudioError `evaluation-no-harness` where there are no such results */
async function writeHarness(file: string, results: JsonObject | null): Promise<void> {
  if (!results) throw fault('evaluation-no-harness');
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
}

interface Asking {
  readonly choices: ChoiceMethod;
  readonly maxTokens: number;
  readonly signal: AbortSignal;
}

/** The answers by the place of their question; an interrupt leaves the rest unasked. */
async function ask(
  { state }: OpenedUse,
  items: readonly EvaluationItem[],
  { signal, ...options }: Asking,
  terminal: Terminal,
): Promise<(ItemAnswer | undefined)[]> {
  const answers = new Array<ItemAnswer | undefined>(items.length);
  const words = useWords();
  try {
    await evaluate({
      ...{ state, items, signal, ...options },
      onProgress: (done, total) => terminal.status(words.asked(whole(done), whole(total))),
      onAnswers: (batch) => {
        for (const [place, answer] of batch) answers[place] = answer;
      },
    });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  terminal.endStatus();
  return answers;
}

function tell(figures: EvaluationFigures, state: string, terminal: Terminal): void {
  const words = { ...inspectWords(), ...useWords() };
  const kinds = kindWords();
  const range = (interval: { readonly low: number; readonly high: number } | null): string =>
    interval ? `${percent(interval.low)} – ${percent(interval.high)}` : '';
  const shown = (metric: string, value: number): string =>
    metric === 'perplexity' ? value.toFixed(2) : percent(value);
  const rows = figures.tasks.map(({ task, metric, value, interval, items, baseline }) => {
    const chance = typeof baseline?.chance === 'number' ? percent(baseline.chance) : '';
    const between = metric === 'perplexity' ? '' : range(interval);
    return [`${task} (${metric})`, shown(metric, value), between, chance, whole(items)];
  });
  for (const kind of ['knowledge', 'alignment'] as const) {
    const average = figures[kind];
    if (!average) continue;
    const items = average.items === undefined ? '' : whole(average.items);
    rows.push([
      words.average(kinds[kind]),
      percent(average.value),
      range(average.interval),
      '',
      items,
    ]);
  }
  const heads = [`${words.task} · ${state}`, words.score, '95 %', words.chance, words.questions];
  for (const line of columns([heads, ...rows])) terminal.say(line);
  terminal.value({ type: 'scores', state, ...figures });
}

/** Keeps the scores in the run's folder, and in its archive; a later score of a task replaces an earlier one. */
async function keep({ run, state }: OpenedUse, { tasks }: EvaluationFigures): Promise<void> {
  if (!run?.folder) return;
  const { snapshot } = state;
  const label = run.summary.snapshots.find(({ id }) => id === snapshot)?.label ?? snapshot;
  const measuredAt = Date.now();
  const fresh = tasks
    .filter(({ value }) => Number.isFinite(value))
    .map((report): ArchivedScore => ({ snapshot, label, measuredAt, ...scoreOf(report) }));
  const keyOf = (score: ArchivedScore): string =>
    JSON.stringify([score.snapshot, score.task, score.metric]);
  const renewed = new Set(fresh.map(keyOf));
  const scores = [...run.scores.filter((score) => !renewed.has(keyOf(score))), ...fresh];
  await run.folder.change({ scores });
  await writeRunArchive(run.folder);
}

/** Every asked question with its answer, one a line. */
function answerLines(
  items: readonly EvaluationItem[],
  answers: readonly (ItemAnswer | undefined)[],
): string {
  return items
    .flatMap((item, place) => {
      const answer = answers[place];
      return answer ? `${JSON.stringify({ ...item, said: answer.text })}\n` : [];
    })
    .join('');
}

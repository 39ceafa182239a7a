/** Scores questions with routing forced to each pair of experts in turn (figure 4 b). */
import { NO_TARGET } from '../../text/labels/no-target.ts';
import { none, packRecords, type MicroBatch } from '../model/packing.ts';

/** A question with its right answer, tokenised. */
export interface PairQuestion {
  readonly task: string;
  readonly prompt: Uint32Array;
  /** What may follow the prompt; only the right answer where there is no choice. */
  readonly options: readonly Uint32Array[];
  /** Which option is right. */
  readonly answer: number;
}

/** The questions of one task under one routing. */
export interface RoutedTaskScore {
  readonly task: string;
  readonly items: number;
  /** How many items offer a choice among options, and how many of them were answered right. */
  readonly choices: number;
  readonly right: number;
  /** Sum over the items of log p per token of the right answer. */
  readonly logLikelihood: number;
}

/** Under routing forced to a pair, or under the routers' own choices (null). */
export interface RoutedScore {
  readonly pair: readonly [number, number] | null;
  readonly tasks: readonly RoutedTaskScore[];
}

/** Every unordered pair of E experts, the lower index first: E(E−1)/2 of them. */
export function expertPairs(experts: number): [number, number][] {
  return Array.from({ length: experts }, (_, a) =>
    Array.from({ length: experts - a - 1 }, (_b, offset): [number, number] => [a, a + 1 + offset]),
  ).flat();
}

/** The question and option to which one target of a packed pass belongs. */
interface Mark {
  readonly question: number;
  readonly option: number;
}

export interface PackedQuestions {
  readonly questions: readonly PairQuestion[];
  /** Rows of every pass. */
  readonly rows: number;
  readonly parts: readonly MicroBatch[];
  readonly marks: readonly (readonly Mark[])[];
}

interface Sequence {
  readonly ids: Uint32Array;
  /** The target at each position. */
  readonly targets: readonly (Mark & { readonly position: number; readonly id: number })[];
}

/**
 * Lays the questions out in passes, once for all pairs. Options of one token each share their prompt's
 * last row: the prompt is computed once, not once for each option.
 * @param leastRows rows of a pass, more where a question is longer
 * @param mostRows longest sequence that the model takes; prompts lose their beginning beyond it
 */
export function packQuestions(
  questions: readonly PairQuestion[],
  leastRows: number,
  mostRows: number,
): PackedQuestions {
  const sequences = questions.flatMap((question, index) => sequencesOf(question, index, mostRows));
  const longest = Math.max(1, ...sequences.map(({ ids }) => ids.length));
  const rows = Math.min(mostRows, Math.max(leastRows, Math.ceil(longest / 64) * 64));
  const records = sequences.map(({ ids }) => ({
    ids,
    labels: new Int32Array(ids.length).fill(NO_TARGET),
    task: none,
  }));
  const marks: Mark[][] = [];
  const parts = packRecords(records, rows).map((part) => {
    const targets = part.records.flatMap(({ index, firstRow }) =>
      (sequences[index]?.targets ?? []).map((target) => ({ ...target, row: firstRow })),
    );
    const targetRows = part.targetRows.slice();
    const targetIds = part.targetIds.slice();
    targets.forEach(({ row, position, id }, target) => {
      targetRows[target] = row + position;
      targetIds[target] = id;
    });
    marks.push(targets.map(({ question, option }) => ({ question, option })));
    return { ...part, targetRows, targetIds, targets: targets.length };
  });
  return { questions, rows, parts, marks };
}

function sequencesOf(question: PairQuestion, index: number, mostRows: number): Sequence[] {
  const { options } = question;
  const fit = (room: number): Uint32Array => {
    const kept = Math.max(1, mostRows - room);
    return question.prompt.length <= kept ? question.prompt : question.prompt.slice(-kept);
  };
  const prompt = fit(1);
  // A pass has as many targets as rows at most.
  if (options.every(({ length }) => length === 1) && options.length <= prompt.length) {
    const position = prompt.length - 1;
    const targets = options.map(([id = 0], option) => ({ question: index, option, position, id }));
    return [{ ids: prompt, targets }];
  }
  return options.map((tokens, option) => {
    const before = fit(tokens.length);
    const ids = new Uint32Array([...before, ...tokens.slice(0, -1)]);
    const targets = Array.from(tokens, (id, t) => ({
      question: index,
      option,
      position: before.length - 1 + t,
      id,
    }));
    return { ids, targets };
  });
}

/** What scoring asks of a model; Scorer is one. */
export interface PackedScorer {
  targetLosses(part: MicroBatch): Promise<Float32Array>;
}

/**
 * Scores packed questions as the model is routed now. Of several options the one with the highest log p
 * per token is the answer, ties to the earlier one.
 * @param beforePass called with the number of passes done; throws to stop
 */
export async function scoreQuestions(
  scorer: PackedScorer,
  { questions, parts, marks }: PackedQuestions,
  beforePass: (done: number) => void = () => undefined,
): Promise<RoutedTaskScore[]> {
  const sums = questions.map(({ options }) => options.map(() => 0));
  for (const [index, part] of parts.entries()) {
    beforePass(index);
    const losses = await scorer.targetLosses(part);
    marks[index]?.forEach(({ question, option }, target) => {
      const sum = sums[question];
      if (sum) sum[option] = (sum[option] ?? 0) - (losses[target] ?? Number.NaN);
    });
  }
  const tasks = new Map<string, RoutedTaskScore>();
  questions.forEach(({ task, options, answer }, index) => {
    const perToken = options.map(
      ({ length }, option) => (sums[index]?.[option] ?? 0) / Math.max(1, length),
    );
    const best = perToken.indexOf(Math.max(...perToken));
    const choice = options.length > 1;
    const before = tasks.get(task) ?? { task, items: 0, choices: 0, right: 0, logLikelihood: 0 };
    tasks.set(task, {
      task,
      items: before.items + 1,
      choices: before.choices + (choice ? 1 : 0),
      right: before.right + (choice && best === answer ? 1 : 0),
      logLikelihood: before.logLikelihood + (perToken[answer] ?? Number.NaN),
    });
  });
  return [...tasks.values()];
}

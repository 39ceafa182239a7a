/** A judging as data: questions, answers and judgements, with averages, a comparison and files made from them. */
import { z } from 'zod';
import { answerMediaTypes, type AnswerFormat } from '../../formats/texts/answer-files.ts';
import { writeCsv } from '../../formats/texts/csv.ts';
import {
  type JudgeFault,
  type JudgeScores,
  judgeAspects,
  type JudgeAspect,
} from '../../contract/judge.ts';
import { pairedDifference, type PairedDifference } from '../../worker/judge/judge-statistics.ts';

export { answerMediaTypes, judgeAspects, type AnswerFormat };

const score = z.int().min(1).max(5);
const scoresSchema = z.strictObject({
  fluency: score,
  relevance: score,
  completeness: score,
  proficiency: score,
});

const attemptSchema = z.strictObject({
  scores: scoresSchema.nullable(),
  fault: z
    .enum(['malformed', 'refused', 'rate-limited', 'http', 'timeout', 'unreachable'])
    .nullable(),
  detail: z.string(),
  reply: z.string(),
  status: z.number().nullable(),
  retryAfterMs: z.number().nullable(),
  milliseconds: z.number(),
  promptTokens: z.number().nullable(),
  replyTokens: z.number().nullable(),
});

const judgementSchema = z.strictObject({
  /** At most three attempts: the first, and two more where it gave no scores. */
  attempts: z.array(attemptSchema).min(1).max(3),
  /** Whether the person chose not to send the request. */
  skipped: z.boolean(),
});

/** What is stored of a judging. */
export const judgingSchema = z.strictObject({
  id: z.string(),
  createdAt: z.number(),
  source: z.string(),
  endpoint: z.strictObject({
    address: z.string(),
    model: z.string(),
    language: z.enum(['en', 'zh']),
    jsonMode: z.boolean(),
  }),
  questions: z.array(
    z.strictObject({
      task: z.string(),
      description: z.string(),
      question: z.string(),
      reference: z.string(),
    }),
  ),
  /** Places of questions that stand in the data of a run that answers; judgings of earlier versions have none. */
  seen: z.array(z.int().min(0)).exactOptional(),
  candidates: z.array(
    z.strictObject({
      label: z.string(),
      /** The model state; it is stored under the name `variant`. */
      variant: z.strictObject({
        modelId: z.string(),
        runId: z.string().nullable(),
        snapshot: z.string(),
      }),
      /** One for each question; null where the question alone fills the context. */
      answers: z.array(z.string().nullable()),
      /** One for each question; null where nothing was sent yet. */
      judgements: z.array(judgementSchema.nullable()),
    }),
  ),
});

export type Judging = z.infer<typeof judgingSchema>;
export type Judgement = z.infer<typeof judgementSchema>;

/** One request that is due. */
export interface DueRequest {
  readonly candidate: number;
  readonly question: number;
}

/** Requests without a judgement, question by question, so that both candidates advance together. */
export function dueRequests({ questions, candidates }: Judging): DueRequest[] {
  return questions.flatMap((_question, question) =>
    candidates.flatMap(({ answers, judgements }, candidate) =>
      typeof answers[question] === 'string' && !judgements[question]
        ? [{ candidate, question }]
        : [],
    ),
  );
}

export function scoresOf(judgement: Judgement | null | undefined): JudgeScores | null {
  return judgement?.attempts.at(-1)?.scores ?? null;
}

export function withJudgement(
  judging: Judging,
  { candidate, question }: DueRequest,
  judgement: Judgement,
): Judging {
  return {
    ...judging,
    candidates: judging.candidates.map((before, index) =>
      index === candidate
        ? {
            ...before,
            judgements: before.judgements.map((known, at) => (at === question ? judgement : known)),
          }
        : before,
    ),
  };
}

export interface JudgeMeans {
  readonly aspects: Readonly<Record<JudgeAspect, number>>;
  /** Mean of the four scores. */
  readonly mean: number;
}

export interface JudgeRow {
  /** The task; null for all tasks together. */
  readonly task: string | null;
  readonly candidate: number;
  readonly judged: number;
  readonly failed: number;
  /** Null where nothing was judged. */
  readonly means: JudgeMeans | null;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meansOf(scores: readonly JudgeScores[]): JudgeMeans | null {
  if (scores.length === 0) return null;
  const aspect = (name: JudgeAspect): number => meanOf(scores.map((given) => given[name]));
  const aspects = {
    fluency: aspect('fluency'),
    relevance: aspect('relevance'),
    completeness: aspect('completeness'),
    proficiency: aspect('proficiency'),
  };
  return { aspects, mean: meanOf(Object.values(aspects)) };
}

/** Averages of every candidate for each task and over all answers that were judged, with their counts. */
export function judgeRows({ questions, candidates }: Judging): JudgeRow[] {
  const tasks = [...new Set(questions.map(({ task }) => task))];
  return [...tasks, null].flatMap((task) =>
    candidates.map(({ judgements }, candidate) => {
      const own = judgements.filter((_, i) => task === null || questions[i]?.task === task);
      const sent = own.filter((judgement) => judgement && !judgement.skipped);
      const scores = sent.flatMap((judgement) => scoresOf(judgement) ?? []);
      return {
        ...{ task, candidate },
        judged: scores.length,
        failed: sent.length - scores.length,
        means: meansOf(scores),
      };
    }),
  );
}

/** Number of attempts that gave no scores, by reason. */
export function faultCounts({ candidates }: Judging): readonly (readonly [JudgeFault, number])[] {
  const counts = new Map<JudgeFault, number>();
  for (const { judgements } of candidates) {
    for (const { fault } of judgements.flatMap((judgement) => judgement?.attempts ?? [])) {
      if (fault) counts.set(fault, (counts.get(fault) ?? 0) + 1);
    }
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

export interface JudgeComparison extends PairedDifference {
  /** Number of questions judged for both candidates. */
  readonly questions: number;
}

/** Compares the second candidate with the first, question by question; null before any was judged for both. */
export function compareJudged({ questions, candidates }: Judging): JudgeComparison | null {
  const [first, second] = candidates;
  if (!first || !second) return null;
  const overall = (judgement: Judgement | null | undefined): number | null => {
    const scores = scoresOf(judgement);
    return scores && meanOf(judgeAspects.map((aspect) => scores[aspect]));
  };
  const differences = questions.flatMap((_question, index) => {
    const [a, b] = [overall(first.judgements[index]), overall(second.judgements[index])];
    return a === null || b === null ? [] : [b - a];
  });
  const { length } = differences;
  return length === 0 ? null : { questions: length, ...pairedDifference(differences) };
}

function rowsOf(judging: Judging) {
  return judging.candidates.flatMap(({ label, variant, answers, judgements }) =>
    judging.questions.map((question, index) => {
      const judgement = judgements[index] ?? null;
      const last = judgement?.attempts.at(-1);
      return { label, variant, question, answer: answers[index] ?? null, judgement, last };
    }),
  );
}

/** One line for each answer: the question, the answer and the scores. */
function judgingCsv(judging: Judging): string {
  return writeCsv(
    [
      ...['model', 'task', 'question', 'reference', 'answer', 'judge', ...judgeAspects],
      ...['attempts', 'fault', 'detail', 'prompt_tokens', 'reply_tokens', 'milliseconds'],
    ],
    rowsOf(judging).map(({ label, question, answer, judgement, last }) => [
      ...[label, question.task, question.question, question.reference, answer],
      judging.endpoint.model,
      ...judgeAspects.map((aspect) => last?.scores?.[aspect]),
      judgement?.skipped ? 'skipped' : (judgement?.attempts.length ?? 0),
      ...[last?.fault, last?.detail, last?.promptTokens, last?.replyTokens, last?.milliseconds],
    ]),
  );
}

/** The same as JSON lines, with every attempt. */
function judgingJsonl(judging: Judging): string {
  const { endpoint } = judging;
  return rowsOf(judging)
    .map(({ last: _last, judgement, ...row }) => {
      const scores = scoresOf(judgement);
      return `${JSON.stringify({ ...row, judge: endpoint, scores, ...judgement })}\n`;
    })
    .join('');
}

/** Every answer and judgement as a file's text. */
export function judgingText(judging: Judging, format: AnswerFormat): string {
  return format === 'csv' ? judgingCsv(judging) : judgingJsonl(judging);
}

/** Estimates the tokens of a text: a Chinese character counts as one, four other characters count as one. */
export function aboutTokens(text: string): number {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return Math.ceil(han + (text.length - han) / 4);
}

/** What page and worker say about judging open answers. */
import { z } from 'zod';
import { knownColumns } from './data.ts';
import { takes } from './call.ts';
import { loadingState, readingRows } from './faults.ts';
import type { LeftOutRows } from './evaluation.ts';
import { file, id, modelStateId, task } from './fields.ts';

const text = z.string().max(200_000);

/** One open question with what a good answer holds. */
const judgeQuestion = z.strictObject({
  task: z.string().max(1000),
  /** What the task asks for; empty where the file does not say. */
  description: text,
  question: text,
  reference: text,
});
export type JudgeQuestion = Readonly<z.infer<typeof judgeQuestion>>;

/** Printable ASCII: anything else would end the header or be refused by the browser. */
const key = z.string().regex(/^[\x21-\x7e]{1,1000}$/);

/** Questions of a file or data set, and the rows that gave none. */
export interface FoundQuestions {
  readonly questions: readonly JudgeQuestion[];
  readonly leftOut: LeftOutRows;
}

/** What a judge looks at, each from 1 to 5. */
export const judgeAspects = ['fluency', 'relevance', 'completeness', 'proficiency'] as const;
export type JudgeAspect = (typeof judgeAspects)[number];
export type JudgeScores = Readonly<Record<JudgeAspect, number>>;

/** Why an attempt gave no scores. */
export type JudgeFault =
  /** An answer that is not the requested JSON. */
  | 'malformed'
  /** The endpoint says that its model refused. */
  | 'refused'
  | 'rate-limited'
  | 'http'
  | 'timeout'
  /** Nothing answered, or the browser did not let the answer through. */
  | 'unreachable';

/** One request and its outcome. */
export interface JudgeAttempt {
  readonly scores: JudgeScores | null;
  readonly fault: JudgeFault | null;
  /** In English, for the log: what the endpoint said, or what was wrong with it. */
  readonly detail: string;
  /** Text of the reply, cut at a few thousand characters. */
  readonly reply: string;
  readonly status: number | null;
  /** The wait that Retry-After asked for; null where it was absent or unreadable. */
  readonly retryAfterMs: number | null;
  readonly milliseconds: number;
  /** Tokens as the endpoint counts them; null where it does not say. */
  readonly promptTokens: number | null;
  readonly replyTokens: number | null;
}

export const judgeCalls = {
  /**
   * Allows requests to one endpoint, or to none with null. Before this call nothing can be sent to a judge, and
   * never to another address.
   */
  'judge.allow': takes({ address: z.string().max(2000).nullable() })
    .fails('judge-address')
    .gives<{
      readonly address: string | null;
    }>(),
  /** Sends exactly this body, once. Any reply, or none, counts as an attempt and not as an error. */
  'judge.send': takes({
    task,
    address: z.string().max(2100),
    key: key.nullable(),
    body: z.string().max(1_000_000),
    timeoutMs: z.int().min(10).max(600_000),
  })
    .fails('judge-off', 'cancelled', 'files')
    .gives<JudgeAttempt>(),
  /** Questions of a file, or of a data set: some of its rows, evenly spread. */
  'judge.questions': takes({
    file: file.nullable(),
    columns: knownColumns.optional(),
    dataSetId: id.nullable(),
    most: z.int().min(1).max(5000),
  })
    .fails(...readingRows, 'storage-changing', 'judge-questions-missing', 'judge-file-too-large')
    .gives<FoundQuestions>(),
  /** Places of the questions that stand in these data sets, of the runs that are to answer. */
  'judge.seen': takes({
    questions: z.array(judgeQuestion).min(1).max(5000).readonly(),
    dataSetIds: z.array(id).max(1000).readonly(),
  })
    .fails('storage-changing', 'data-set-missing')
    .gives<readonly number[]>(),
  /**
   * Greedy answers of a state of a model, in the order of the questions; null where the question alone
   * fills the model's context.
   */
  'judge.answers': takes({
    state: modelStateId,
    questions: z.array(judgeQuestion).min(1).max(5000).readonly(),
    maxTokens: z.int().min(1).max(4096),
    task,
  })
    .onDevice('stored')
    .fails(...loadingState)
    .gives<readonly (string | null)[]>(),
};

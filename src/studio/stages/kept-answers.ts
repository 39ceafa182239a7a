/** The answers of a run's states to one question; those to the last question are kept across reloads. */
import { z } from 'zod';
import type { ReplyRouting } from '../../contract/chat.ts';
import type { WorkerClient } from '../../worker/client.ts';

/** What is asked of each state; without options only an answer is written. */
export interface Question {
  readonly text: string;
  readonly options: readonly string[];
}

/** An option with the share that the model gives it among all options. */
export interface OptionShare {
  readonly option: string;
  /** Log p per token of the option as an answer. */
  readonly logProbability: number;
  /** e^(log p per token), divided by the sum over the options. */
  readonly share: number;
}

export interface StageAnswer {
  readonly text: string;
  readonly options: readonly OptionShare[];
  /** Where a router is attached and something was written. */
  readonly routing: ReplyRouting | null;
}

const kind = 'stage-answers';

type Projection = ReplyRouting['linears'][number]['projection'];

const projection = z.custom<Projection>((value) => typeof value === 'string');

const routing = z.object({
  tokens: z.array(z.string()),
  experts: z.int().min(1),
  active: z.int().min(1),
  linears: z.array(
    z.object({
      layer: z.int().min(0),
      projection,
      experts: z.instanceof(Uint8Array),
      weights: z.instanceof(Float32Array),
    }),
  ),
});

/** Options without a token have a log p of −∞. */
const figure = z.custom<number>((value) => typeof value === 'number');

const keptSchema = z.object({
  askedAt: z.number(),
  question: z.object({ text: z.string(), options: z.array(z.string()) }),
  answers: z.array(
    z.object({
      key: z.string(),
      answer: z.object({
        text: z.string(),
        options: z.array(z.object({ option: z.string(), logProbability: figure, share: figure })),
        routing: routing.nullable(),
      }),
    }),
  ),
});

/** A question with the answers to it so far, by the key of their result. */
export interface KeptAnswers {
  readonly askedAt: number;
  readonly question: Question;
  readonly answers: readonly { readonly key: string; readonly answer: StageAnswer }[];
}

/** Keeps answers and reads them again. Where that fails, they last until the page is left. */
export function answersDocument(client: WorkerClient) {
  /** The document of this page; another tab has one of its own. */
  let own: string | null = null;
  return {
    /** Keeps these answers in place of earlier ones. */
    keep: async (value: KeptAnswers): Promise<void> => {
      own ??= crypto.randomUUID();
      await client.call('documents.put', { kind, id: own, value }).catch(() => undefined);
    },
    /** The answers that were kept last; older ones are removed. */
    read: async (): Promise<KeptAnswers | null> => {
      const stored = await client.call('documents.list', { kind }).catch(() => []);
      const [newest, ...older] = stored
        .map(({ id, value }) => ({ id, kept: keptSchema.safeParse(value).data ?? null }))
        .toSorted((one, other) => (other.kept?.askedAt ?? 0) - (one.kept?.askedAt ?? 0));
      if (newest?.kept) own ??= newest.id;
      for (const { id } of older) {
        await client.call('documents.remove', { kind, id }).catch(() => undefined);
      }
      return newest?.kept ?? null;
    },
  };
}

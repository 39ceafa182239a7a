/** One question asked of every state that a run went through, so that what each step changed can be seen. */
import { create } from 'zustand';
import { asStudioError, type StudioError } from '../../faults/fault.ts';
import { worker, type WorkerClient } from '../../worker/client.ts';
import type { ReplyRouting } from '../../contract/chat.ts';
import type { ModelStateId } from '../../contract/fields.ts';
import type { RunSummary } from '../../contract/runs.ts';
import { isRouted } from '../chat/chat-document.ts';
import { useRuns } from '../runs/runs.ts';
import { modelStateKey } from '../models/model-state-key.ts';
import {
  answersDocument,
  type KeptAnswers,
  type OptionShare,
  type Question,
  type StageAnswer,
} from './kept-answers.ts';

/** The states of a run in the order of training, without those of best steps. */
export function stagesOf({ id, modelId, snapshots }: RunSummary): ModelStateId[] {
  return snapshots
    .filter((snapshot) => !snapshot.id.endsWith('.best'))
    .map(({ id: snapshot }) =>
      snapshot === 'base' ? { modelId, runId: null, snapshot } : { modelId, runId: id, snapshot },
    );
}

/** What is known of one state's answer. */
export type StageResult =
  | { readonly status: 'asking' }
  | { readonly status: 'ready'; readonly answer: StageAnswer }
  | { readonly status: 'failed'; readonly error: StudioError };

/** A result beside the question that it is of. */
type AskedResult = StageResult & { readonly question: Question };

/** Tokens of an answer, at most: enough to see what changed, soon on a slow device. */
const answerTokens = 48;

const greedy = {
  temperature: 0,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  maxTokens: answerTokens,
  seed: 0,
};

/** How many states were asked so far, of how many, and for how many milliseconds. */
export interface AskedSoFar {
  readonly done: number;
  readonly of: number;
  readonly elapsed: number;
}

export interface StagesState {
  /** The question in the field; null until somebody typed one. */
  readonly text: string | null;
  /** Options, one a line; null until somebody typed some. */
  readonly options: string | null;
  /** What was asked last. */
  readonly asked: Question | null;
  readonly results: Readonly<Record<string, AskedResult>>;
  readonly asking: boolean;
  /** While states are asked. */
  readonly soFar: AskedSoFar | null;
  /** Ends after the state that is being asked. */
  readonly stopping: boolean;
  /** Brings back what was asked last before a reload. */
  readonly load: () => Promise<void>;
  readonly setText: (text: string) => void;
  readonly setOptions: (options: string) => void;
  /** Asks each state in turn, but none that has answered this question before. */
  readonly ask: (states: readonly ModelStateId[], question: Question) => Promise<void>;
  readonly stop: () => void;
}

/** Milliseconds until all states have answered, as fast as those so far did; null before the first has. */
export function timeLeft({ done, of, elapsed }: AskedSoFar): number | null {
  return done > 0 ? (elapsed / done) * (of - done) : null;
}

/** Finds a state's answer to a question. */
export function resultKey(state: ModelStateId, { text, options }: Question): string {
  return JSON.stringify([modelStateKey(state), text, options]);
}

/** The options of a field: one a line, without empty lines and repetitions. */
export function parseOptions(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))].slice(0, 26);
}

/** Shares of the options from their log p per token. */
export function optionShares(options: readonly string[], scores: readonly number[]): OptionShare[] {
  const most = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return options.map((option, i) => ({
    option,
    logProbability: scores[i] ?? Number.NaN,
    share: (weights[i] ?? Number.NaN) / total,
  }));
}

/** The share of an answer's routing that each expert has: gate weights over all tokens and linears. */
export function expertShares({ experts, active, linears }: ReplyRouting): number[] {
  const shares = new Array<number>(experts).fill(0);
  let total = 0;
  for (const linear of linears) {
    linear.experts.forEach((expert, i) => {
      const weight = linear.weights[i] ?? Number.NaN;
      shares[expert] = (shares[expert] ?? 0) + weight;
      total += weight;
    });
  }
  return active > 0 && total > 0 ? shares.map((share) => share / total) : shares;
}

/** The answers to a question that have come, of whichever run. */
function answersTo(question: Question, results: StagesState['results']): KeptAnswers['answers'] {
  return Object.entries(results).flatMap(([key, result]) =>
    result.status === 'ready' && isSame(result.question, question)
      ? [{ key, answer: result.answer }]
      : [],
  );
}

function isSame(one: Question, other: Question): boolean {
  const { options } = other;
  return (
    one.text === other.text &&
    one.options.length === options.length &&
    one.options.every((option, place) => option === options[place])
  );
}

export function createStages(client: WorkerClient, runs: () => readonly RunSummary[]) {
  const answerOf = async (
    state: ModelStateId,
    { text, options }: Question,
  ): Promise<StageAnswer> => {
    const messages = [{ role: 'user' as const, content: text }];
    const said = await client.call('chat.generate', {
      ...{ task: crypto.randomUUID(), state, messages },
      settings: greedy,
    });
    const scores =
      options.length > 0 ? await client.call('chat.options', { state, messages, options }) : [];
    const routing =
      said.ids.length > 0 && isRouted(runs(), state)
        ? await client.call('chat.routing', {
            ...{ task: crypto.randomUUID(), state, messages },
            ids: said.ids,
          })
        : null;
    return { text: said.text, options: optionShares(options, scores), routing };
  };
  const kept = answersDocument(client);
  let loaded = false;
  return create<StagesState>()((set, get) => ({
    load: async () => {
      if (loaded) return;
      loaded = true;
      const last = await kept.read();
      // What was asked meanwhile is newer.
      if (!last || get().asked) return;
      const { question, answers } = last;
      set(({ text, options, results }) => ({
        text: text ?? question.text,
        options: options ?? question.options.join('\n'),
        asked: question,
        results: {
          ...Object.fromEntries(
            answers.map(({ key, answer }) => [key, { status: 'ready', answer, question }]),
          ),
          ...results,
        },
      }));
    },
    text: null,
    options: null,
    asked: null,
    results: {},
    asking: false,
    soFar: null,
    stopping: false,
    setText: (text) => set({ text }),
    setOptions: (options) => set({ options }),
    stop: () => set({ stopping: true }),
    ask: async (states, question) => {
      if (get().asking) return;
      const askedAt = Date.now();
      const open = states.filter(
        (state) => get().results[resultKey(state, question)]?.status !== 'ready',
      );
      const soFar = (done: number): AskedSoFar => ({
        ...{ done, of: open.length, elapsed: Date.now() - askedAt },
      });
      set({ asking: true, soFar: soFar(0), stopping: false, asked: question });
      for (const [index, state] of open.entries()) {
        const key = resultKey(state, question);
        if (get().stopping) break;
        const put = (result: StageResult): void =>
          set(({ results }) => ({ results: { ...results, [key]: { ...result, question } } }));
        put({ status: 'asking' });
        try {
          put({ status: 'ready', answer: await answerOf(state, question) });
          const answers = answersTo(question, get().results);
          void kept.keep({ askedAt, question, answers });
        } catch (thrown) {
          put({ status: 'failed', error: asStudioError(thrown) });
        }
        set({ soFar: soFar(index + 1) });
      }
      set({ asking: false, soFar: null });
    },
  }));
}

export const useStages = createStages(worker, () => useRuns.getState().runs);

/** The judge as the page knows it: off until turned on, one request at a time, what was shown is what is sent. */
import { create } from 'zustand';
import { z } from 'zod';
import { asStudioError, type StudioError } from '../../errors.ts';
import { worker, type WorkerClient } from '../../worker/client.ts';
import type { LeftOut } from '../../worker/evaluation/evaluate-protocol.ts';
import type { JudgeAttempt, JudgeQuestion } from '../../worker/judge/judge-protocol.ts';
import { judgeAddress, judgeBody, type JudgeEndpoint } from '../../worker/judge/judge-request.ts';
import type { Speaker } from '../chat/chat.ts';
import {
  aboutTokens,
  dueRequests,
  judgingSchema,
  withJudgement,
  type DueRequest,
  type Judgement,
  type Judging,
} from './judge-session.ts';
import { useNetwork } from '../network.ts';
import { asString, readPreference, writePreference } from '../preferences.ts';
import { runTask } from '../tasks.ts';

/** Where questions come from. */
export type QuestionSource =
  | { readonly kind: 'file'; readonly file: File }
  | { readonly kind: 'data'; readonly id: string; readonly name: string };

/** A request as it would be sent now. */
export interface ShownRequest extends DueRequest {
  readonly address: string;
  readonly body: string;
}

export interface JudgeState {
  readonly endpoint: JudgeEndpoint;
  readonly timeoutSeconds: number;
  /** In memory only, unless `keepKey`. */
  readonly key: string;
  readonly keepKey: boolean;
  /** The address that requests may go to; null while the judge is off, and after every reload. */
  readonly on: string | null;
  readonly maxQuestions: number;
  readonly maxTokens: number;
  readonly judging: Judging | null;
  /** Rows of the file asked last that gave no question. */
  readonly leftOut: LeftOut | null;
  readonly earlier: readonly Judging[];
  /** Answers being generated. */
  readonly answering: {
    readonly task: string;
    readonly label: string;
    readonly index: number;
    readonly of: number;
  } | null;
  readonly sending: 'one' | 'all' | null;
  /** Until when the endpoint asked to wait; null while it did not. */
  readonly waitingUntil: number | null;
  /** A request of this judging was approved one by one, so that all others may be sent. */
  readonly approved: boolean;
  /** Sending all stopped by itself: the same fault three times in a row. */
  readonly halted: boolean;
  readonly error: StudioError | null;
  readonly setEndpoint: (change: Partial<JudgeEndpoint>) => void;
  readonly setTimeoutSeconds: (seconds: number) => void;
  readonly setKey: (key: string) => void;
  readonly setKeepKey: (keep: boolean) => void;
  readonly setMaxQuestions: (count: number) => void;
  readonly setMaxTokens: (count: number) => void;
  readonly turnOn: () => Promise<void>;
  readonly turnOff: () => Promise<void>;
  readonly load: () => Promise<void>;
  /** Reads the questions and has every candidate answer them; a judging begins with that. */
  readonly begin: (source: QuestionSource, candidates: readonly Speaker[]) => Promise<void>;
  /** Sends the request that is shown, and no other. */
  readonly sendOne: () => Promise<void>;
  readonly skipOne: () => void;
  readonly sendAll: () => Promise<void>;
  readonly stop: () => void;
  readonly open: (id: string | null) => void;
  readonly remove: (id: string) => Promise<void>;
  readonly dismissError: () => void;
}

const endpointSchema = z.strictObject({
  address: z.string(),
  model: z.string(),
  language: z.enum(['en', 'zh']),
  jsonMode: z.boolean(),
});
const defaultEndpoint: JudgeEndpoint = {
  address: 'http://127.0.0.1:11434/v1',
  model: '',
  language: 'en',
  jsonMode: true,
};

/** After the first attempt. */
const retries = 2;
/** Longest wait that a rate limit may ask for before sending stops. */
const longestWait = 120_000;
const failuresInARow = 3;

/** Statuses after which the same request may still succeed. */
function mayPass({ fault, status }: JudgeAttempt): boolean {
  if (fault === 'http') return status === 408 || (status ?? 0) >= 500;
  return fault !== null;
}

/** Milliseconds before the next attempt. */
function pause({ fault, retryAfterMs }: JudgeAttempt, attempt: number): number {
  if (fault === 'rate-limited') return retryAfterMs ?? 2000 * 2 ** attempt;
  return fault === 'http' || fault === 'unreachable' ? 1000 * 2 ** attempt : 0;
}

/** The request that would be sent next; null when none is due. */
export function shownRequest(judging: Judging): ShownRequest | null {
  const [due] = dueRequests(judging);
  return due ? requestOf(judging, due) : null;
}

export function requestOf(judging: Judging, due: DueRequest): ShownRequest | null {
  const question = judging.questions[due.question];
  const answer = judging.candidates[due.candidate]?.answers[due.question];
  if (!question || typeof answer !== 'string') return null;
  const { endpoint } = judging;
  return { ...due, address: endpoint.address, body: judgeBody(endpoint, question, answer) };
}

export interface SendEstimate {
  readonly requests: number;
  /** About, prompts and replies together. */
  readonly tokens: number;
  /** At the pace so far; null before the first. */
  readonly milliseconds: number | null;
}

/** What sending all that is left comes to, without retries. */
export function sendEstimate(judging: Judging): SendEstimate {
  const due = dueRequests(judging);
  const bodies = due.map((request) => aboutTokens(requestOf(judging, request)?.body ?? ''));
  const times = judging.candidates.flatMap(({ judgements }) =>
    judgements.flatMap((judgement) =>
      (judgement?.attempts ?? []).map(({ milliseconds }) => milliseconds),
    ),
  );
  const pace = times.length === 0 ? null : times.reduce((a, b) => a + b, 0) / times.length;
  const replies = 30 * due.length;
  return {
    requests: due.length,
    tokens: bodies.reduce((sum, tokens) => sum + tokens, 0) + replies,
    milliseconds: pace === null ? null : pace * due.length,
  };
}

/**
 * A judging that goes to this endpoint from now on. One that was begun keeps its own: numbers of two judges
 * do not belong into one average.
 */
function withEndpoint(judging: Judging, endpoint: JudgeEndpoint, address: string): Judging {
  const begun = judging.candidates.some(({ judgements }) => judgements.some(Boolean));
  return begun ? judging : { ...judging, endpoint: { ...endpoint, address } };
}

/** @param sleep waits, or ends early when the signal is aborted */
export function createJudge(
  client: WorkerClient,
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void> = sleepFor,
) {
  let current: { task: string; stopped: AbortController } | null = null;

  return create<JudgeState>()((set, get) => {
    const guarded = async (act: () => Promise<void>): Promise<void> => {
      set({ error: null });
      try {
        await act();
      } catch (thrown) {
        set({ error: asStudioError(thrown) });
      }
    };
    const keep = async (judging: Judging): Promise<void> => {
      await client.call('document.put', { kind: 'judging', id: judging.id, value: judging });
    };
    const keepKey = (): void => {
      writePreference('judge-key', get().keepKey && get().key !== '' ? get().key : null);
    };

    /** One request with its retries; null when it was stopped. */
    const judge = async (due: DueRequest): Promise<Judgement | null> => {
      const { judging, timeoutSeconds, key } = get();
      const request = judging && requestOf(judging, due);
      if (!request || !current) return null;
      const { stopped } = current;
      const attempts: JudgeAttempt[] = [];
      while (attempts.length <= retries) {
        const task = crypto.randomUUID();
        current.task = task;
        const attempt = await client.call('judge.send', {
          ...{ task, address: request.address, body: request.body },
          key: key === '' ? null : key,
          timeoutMs: timeoutSeconds * 1000,
        });
        attempts.push(attempt);
        const wait = pause(attempt, attempts.length - 1);
        if (attempt.scores || !mayPass(attempt) || wait > longestWait) break;
        if (attempts.length > retries) break;
        if (wait > 0) {
          set({ waitingUntil: Date.now() + wait });
          await sleep(wait, stopped.signal);
          set({ waitingUntil: null });
          // What was tried is not lost; the request is due again.
          if (stopped.signal.aborted) return null;
        }
      }
      return { attempts, skipped: false };
    };

    /** Sends what is due, one after the other, until `once` is done, it is stopped, or it fails in a row. */
    const send = async (mode: 'one' | 'all'): Promise<void> => {
      if (get().sending !== null || get().on === null) return;
      current = { task: '', stopped: new AbortController() };
      const { stopped } = current;
      set({ sending: mode, halted: false });
      let failed = 0;
      await guarded(async () => {
        for (;;) {
          const { judging } = get();
          const [due] = judging ? dueRequests(judging) : [];
          if (!judging || !due || stopped.signal.aborted) return;
          const judgement = await judge(due);
          if (!judgement) return;
          const judged = withJudgement(judging, due, judgement);
          set({ judging: judged, approved: true });
          await keep(judged);
          failed = judgement.attempts.at(-1)?.scores ? 0 : failed + 1;
          if (mode === 'one') return;
          if (failed >= failuresInARow) {
            set({ halted: true });
            return;
          }
        }
      });
      // Stopping ends the call that waits: that is no error to show.
      if (get().error?.code === 'cancelled') set({ error: null });
      current = null;
      set({ sending: null, waitingUntil: null });
      await get().load();
    };

    return {
      endpoint:
        readPreference('judge', (value) => endpointSchema.safeParse(value).data ?? null) ??
        defaultEndpoint,
      timeoutSeconds: 60,
      key: readPreference('judge-key', asString) ?? '',
      keepKey: readPreference('judge-key', asString) !== null,
      on: null,
      maxQuestions: 20,
      maxTokens: 128,
      judging: null,
      leftOut: null,
      earlier: [],
      answering: null,
      sending: null,
      waitingUntil: null,
      approved: false,
      halted: false,
      error: null,
      setEndpoint: (change) => {
        const endpoint = { ...get().endpoint, ...change };
        writePreference('judge', endpoint);
        const { judging, on } = get();
        // Another address has to be turned on anew; another body has to be seen and approved anew.
        if (change.address !== undefined && on !== null) void get().turnOff();
        const changed = judging && on !== null ? withEndpoint(judging, endpoint, on) : judging;
        set({ endpoint, judging: changed, ...(changed === judging ? {} : { approved: false }) });
      },
      setTimeoutSeconds: (timeoutSeconds) => set({ timeoutSeconds }),
      setKey: (key) => {
        set({ key: key.trim() });
        keepKey();
      },
      setKeepKey: (keepIt) => {
        set({ keepKey: keepIt });
        keepKey();
      },
      setMaxQuestions: (maxQuestions) => set({ maxQuestions }),
      setMaxTokens: (maxTokens) => set({ maxTokens }),
      turnOn: () =>
        guarded(async () => {
          const { address } = await client.call('judge.allow', {
            address: judgeAddress(get().endpoint.address),
          });
          set({ on: address });
          useNetwork.getState().setJudge(address);
          // What was answered before goes to the endpoint that is on now.
          const { judging, endpoint } = get();
          if (judging && address !== null) {
            set({ judging: withEndpoint(judging, endpoint, address), approved: false });
          }
        }),
      turnOff: () =>
        guarded(async () => {
          get().stop();
          await client.call('judge.allow', { address: null });
          set({ on: null, approved: false });
          useNetwork.getState().setJudge(null);
        }),
      load: () =>
        guarded(async () => {
          const stored = await client.call('document.list', { kind: 'judging' });
          const read = stored.flatMap(({ value }) => judgingSchema.safeParse(value).data ?? []);
          set({ earlier: read.sort((a, b) => b.createdAt - a.createdAt) });
        }),
      begin: (source, speakers) =>
        guarded(async () => {
          const { maxQuestions, maxTokens, endpoint, on } = get();
          if (on === null || get().answering || get().sending) return;
          set({ leftOut: null });
          const { questions, leftOut } = await client.call('judge.questions', {
            file: source.kind === 'file' ? source.file : null,
            dataSetId: source.kind === 'data' ? source.id : null,
            most: maxQuestions,
          });
          set({ leftOut });
          const candidates: Judging['candidates'] = [];
          for (const [index, { variant, label }] of speakers.entries()) {
            const answers = await answersOf(variant, label, index, questions);
            if (!answers) return;
            candidates.push({ label, variant, answers, judgements: questions.map(() => null) });
          }
          const judging: Judging = {
            id: crypto.randomUUID(),
            createdAt: Date.now(),
            source: source.kind === 'file' ? source.file.name : source.name,
            endpoint: { ...endpoint, address: on },
            questions: [...questions],
            candidates,
          };
          set({ judging, approved: false, halted: false });
          await keep(judging);
          await get().load();

          async function answersOf(
            variant: Speaker['variant'],
            label: string,
            index: number,
            asked: readonly JudgeQuestion[],
          ): Promise<(string | null)[] | null> {
            const outcome = await runTask(
              (task) =>
                client.call('judge.answers', { variant, questions: asked, maxTokens, task }),
              (task) => set({ answering: { task, label, index, of: speakers.length } }),
            );
            set({ answering: null });
            if (outcome.status === 'failed') throw outcome.error;
            return outcome.status === 'done' ? [...outcome.value] : null;
          }
        }),
      sendOne: () => send('one'),
      skipOne: () => {
        const { judging, sending } = get();
        const [due] = judging ? dueRequests(judging) : [];
        if (!judging || !due || sending) return;
        const nothing: JudgeAttempt = {
          ...{ scores: null, fault: null, detail: '', reply: '', status: null },
          ...{ retryAfterMs: null, milliseconds: 0, promptTokens: null, replyTokens: null },
        };
        const judged = withJudgement(judging, due, { attempts: [nothing], skipped: true });
        set({ judging: judged });
        void guarded(() => keep(judged));
      },
      sendAll: async () => {
        if (get().approved) await send('all');
      },
      stop: () => {
        if (!current) return;
        current.stopped.abort();
        const { task } = current;
        // A refusal means that it had ended already.
        if (task !== '') client.call('task.cancel', { task }).catch(() => undefined);
      },
      open: (id) => {
        if (get().sending || get().answering) return;
        const found = get().earlier.find((judging) => judging.id === id) ?? null;
        const { on, endpoint } = get();
        const open = found && on !== null ? withEndpoint(found, endpoint, on) : found;
        set({ judging: open, approved: false, halted: false });
      },
      remove: (id) =>
        guarded(async () => {
          if (get().sending) return;
          await client.call('document.remove', { kind: 'judging', id });
          if (get().judging?.id === id) set({ judging: null });
          await get().load();
        }),
      dismissError: () => set({ error: null }),
    };
  });
}

function sleepFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

export const useJudge = createJudge(worker);

/** The judge: off until it is turned on, one request at a time, and exactly what was shown is sent. */
import { create } from 'zustand';
import { wait } from '../../storage/wait.ts';
import { worker, type WorkerClient } from '../../worker/client.ts';
import type { JudgeAttempt } from '../../contract/judge.ts';
import { beginJudging } from './judge-beginning.ts';
import { endpointActions, savedEndpoint } from './judge-endpoint.ts';
import { withEndpoint } from './judge-requests.ts';
import { JudgeSending, type Sleep } from './judge-sending.ts';
import { dueRequests, judgingSchema, withJudgement } from './judge-session.ts';
import { JudgeStore, type JudgeState } from './judge-state.ts';

export type { QuestionSource } from './judge-state.ts';

/** The attempt that is recorded where a person skipped the request. */
const notSent: JudgeAttempt = {
  ...{ scores: null, fault: null, detail: '', reply: '', status: null },
  ...{ retryAfterMs: null, milliseconds: 0, promptTokens: null, replyTokens: null },
};

/** Acts on judgings: open, remove, read again after a reload. */
function judgingActions(store: JudgeStore): Pick<JudgeState, 'load' | 'open' | 'remove'> {
  const { client, get, set } = store;
  return {
    load: () =>
      store.guarded(async () => {
        const stored = await client.call('documents.list', { kind: 'judging' });
        const read = stored.flatMap(({ value }) => judgingSchema.safeParse(value).data ?? []);
        set({ earlier: read.sort((a, b) => b.createdAt - a.createdAt) });
      }),
    open: (id) => {
      if (get().sending || get().answering) return;
      const found = get().earlier.find((judging) => judging.id === id) ?? null;
      const { on, endpoint } = get();
      const judging = found && on !== null ? withEndpoint(found, endpoint, on) : found;
      set({ judging, approved: false, halted: false });
    },
    remove: (id) =>
      store.guarded(async () => {
        if (get().sending) return;
        await client.call('documents.remove', { kind: 'judging', id });
        if (get().judging?.id === id) set({ judging: null });
        await get().load();
      }),
  };
}

/** Acts on the requests of the open judging. */
function requestActions(
  store: JudgeStore,
  sending: JudgeSending,
): Pick<JudgeState, 'sendOne' | 'skipOne' | 'sendAll' | 'stop'> {
  const { get, set } = store;
  return {
    sendOne: () => sending.send('one'),
    skipOne: () => {
      const { judging } = get();
      const [due] = judging ? dueRequests(judging) : [];
      if (!judging || !due || get().sending) return;
      const judged = withJudgement(judging, due, { attempts: [notSent], skipped: true });
      set({ judging: judged });
      void store.guarded(() => store.keep(judged));
    },
    sendAll: async () => {
      if (get().approved) await sending.send('all');
    },
    stop: () => sending.stop(),
  };
}

export function createJudge(client: WorkerClient, sleep: Sleep = wait) {
  return create<JudgeState>()((set, _get, api) => {
    const store = new JudgeStore(client, api);
    return {
      ...savedEndpoint(),
      timeoutSeconds: 60,
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
      ...endpointActions(store),
      ...judgingActions(store),
      ...requestActions(store, new JudgeSending(store, sleep)),
      setMaxQuestions: (maxQuestions) => set({ maxQuestions }),
      setMaxTokens: (maxTokens) => set({ maxTokens }),
      begin: (source, speakers) => store.guarded(() => beginJudging(store, source, speakers)),
      dismissError: () => set({ error: null }),
    };
  });
}

export const useJudge = createJudge(worker);

/** Sends requests one after another, waits when the endpoint asks for it, and stops when it keeps failing. */
import type { JudgeAttempt } from '../../contract/judge.ts';
import { endedWith } from '../../worker/client.ts';
import { requestOf } from './judge-requests.ts';
import { dueRequests, withJudgement, type DueRequest, type Judgement } from './judge-session.ts';
import type { JudgeStore } from './judge-state.ts';

/** Waits, or ends early when the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** Retries after the first attempt. */
const retries = 2;
/** Longest wait that a rate limit may ask for; a request that has to wait longer is not retried. */
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

export class JudgeSending {
  readonly #store: JudgeStore;
  readonly #sleep: Sleep;
  #current: { task: string; readonly stopped: AbortController } | null = null;

  constructor(store: JudgeStore, sleep: Sleep) {
    this.#store = store;
    this.#sleep = sleep;
  }

  /** Sends due requests: one, or one after another until it is stopped or several in a row fail. */
  async send(mode: 'one' | 'all'): Promise<void> {
    const store = this.#store;
    if (store.get().sending !== null || store.get().on === null) return;
    const current = { task: '', stopped: new AbortController() };
    this.#current = current;
    store.set({ sending: mode, halted: false });
    await store.guarded(() => this.#sendDue(mode, current.stopped.signal));
    // Stopping ends the call that waits, which is no error to show.
    const { error } = store.get();
    if (error && endedWith<'judge.send'>(error, 'cancelled')) store.set({ error: null });
    this.#current = null;
    store.set({ sending: null, waitingUntil: null });
    await store.get().load();
  }

  /** Ends the request that is under way and sends no further one. */
  stop(): void {
    if (!this.#current) return;
    const { task, stopped } = this.#current;
    stopped.abort();
    // A refusal means that it had already ended.
    if (task !== '') this.#store.client.call('tasks.cancel', { task }).catch(() => undefined);
  }

  async #sendDue(mode: 'one' | 'all', stopped: AbortSignal): Promise<void> {
    const store = this.#store;
    let failed = 0;
    for (;;) {
      const { judging } = store.get();
      const [due] = judging ? dueRequests(judging) : [];
      if (!judging || !due || stopped.aborted) return;
      const judgement = await this.#judge(due);
      if (!judgement) return;
      const judged = withJudgement(judging, due, judgement);
      store.set({ judging: judged, approved: true });
      await store.keep(judged);
      failed = judgement.attempts.at(-1)?.scores ? 0 : failed + 1;
      if (mode === 'one') return;
      if (failed >= failuresInARow) {
        store.set({ halted: true });
        return;
      }
    }
  }

  /** One request with its retries; null when it was stopped. */
  async #judge(due: DueRequest): Promise<Judgement | null> {
    const { client, get, set } = this.#store;
    const { judging, timeoutSeconds, key } = get();
    const request = judging && requestOf(judging, due);
    const current = this.#current;
    if (!request || !current) return null;
    const attempts: JudgeAttempt[] = [];
    while (attempts.length <= retries) {
      current.task = crypto.randomUUID();
      const attempt = await client.call('judge.send', {
        ...{ task: current.task, address: request.address, body: request.body },
        key: key === '' ? null : key,
        timeoutMs: timeoutSeconds * 1000,
      });
      attempts.push(attempt);
      const wait = pause(attempt, attempts.length - 1);
      if (attempt.scores || !mayPass(attempt) || wait > longestWait) break;
      if (attempts.length > retries) break;
      if (wait > 0) {
        set({ waitingUntil: Date.now() + wait });
        await this.#sleep(wait, current.stopped.signal);
        set({ waitingUntil: null });
        // The request was stopped: its attempts are dropped and it stays due.
        if (current.stopped.signal.aborted) return null;
      }
    }
    return { attempts, skipped: false };
  }
}

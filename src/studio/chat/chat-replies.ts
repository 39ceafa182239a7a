/** Answers of both sides as they stream in, one side after the other. */
import { asStudioError } from '../../faults/fault.ts';
import type { WorkerEvent } from '../../contract/contract.ts';
import { useAbstention } from '../abstention.ts';
import { endedWith } from '../../worker/client.ts';
import { promptFor, sides, type Reply, type Side } from './chat-document.ts';
import { plain } from './chat-saved.ts';
import type { ChatStore, Speaker, Speakers } from './chat-state.ts';

/** Milliseconds between two updates of a text that streams in. */
const streamInterval = 33;

/** The place of a reply: its conversation, turn and side. */
interface Place {
  readonly conversationId: string;
  readonly turnId: string;
  readonly side: Side;
}

/** The part of an answer that has come so far. */
interface Incoming {
  readonly text: string;
  readonly tokens: number;
}

/** Lets both sides answer a turn, and stops them. */
export class ChatReplies {
  readonly #store: ChatStore;
  readonly #incoming = new Map<string, Incoming>();
  #current: { readonly task: string; stopped: boolean } | null = null;

  constructor(store: ChatStore) {
    this.#store = store;
    store.client.subscribe((event) => this.#receive(event));
  }

  /** Lets both sides answer a turn, one after the other, so that neither distorts the other's speed. */
  async answer(conversationId: string, turnId: string, speakers: Speakers): Promise<void> {
    const store = this.#store;
    try {
      for (const side of sides) {
        const speaker = speakers[side];
        if (speaker) await this.#speak({ conversationId, turnId, side }, speaker);
        if (this.#current?.stopped) break;
      }
    } finally {
      this.#current = null;
      store.set({ speaking: null });
      store.keepSettings();
      store.keepConversation(conversationId);
    }
  }

  /** Ends the answer that is being generated; the part that has come stays. */
  stop(): void {
    if (!this.#current || this.#current.stopped) return;
    this.#current.stopped = true;
    // The generation's own call then ends; a refusal means that it had already ended.
    this.#store.client.call('tasks.cancel', { task: this.#current.task }).catch(() => undefined);
  }

  async #speak(place: Place, { state, label }: Speaker): Promise<void> {
    const { client, get, set } = this.#store;
    const turns = get().conversations.find(({ id }) => id === place.conversationId)?.turns ?? [];
    const turn = turns.find(({ id }) => id === place.turnId);
    if (!turn) return;
    const { system, settings } = get();
    const seed = (settings.seed + turn.attempt) >>> 0;
    const run = { task: crypto.randomUUID(), stopped: false };
    this.#current = run;
    set({ speaking: place.side, note: null });
    this.#setReply(place, () =>
      waitingReply({ speaker: label, variant: state, system, seed, products: settings.products }),
    );
    this.#incoming.set(run.task, { text: '', tokens: 0 });
    const timer = setInterval(() => this.#show(place, run.task), streamInterval);
    try {
      const result = await client.call('chat.generate', {
        task: run.task,
        state,
        messages: promptFor(system, turns, place.turnId, place.side),
        settings: { ...settings, seed, sureness: useAbstention.getState().below > 0 },
      });
      this.#setReply(place, (reply) => reply && { ...reply, ...result, state: 'done' });
    } catch (thrown) {
      this.#endEarly(place, run, thrown);
    } finally {
      clearInterval(timer);
      this.#incoming.delete(run.task);
    }
  }

  #show(place: Place, task: string): void {
    const incoming = this.#incoming.get(task);
    if (!incoming || incoming.text === '') return;
    this.#setReply(place, (reply) => reply && { ...reply, ...incoming, state: 'streaming' });
  }

  /** Keeps the part that came of an answer that was stopped or failed. */
  #endEarly(place: Place, run: { task: string; stopped: boolean }, thrown: unknown): void {
    const error = asStudioError(thrown);
    const incoming = this.#incoming.get(run.task) ?? { text: '', tokens: 0 };
    this.#setReply(place, (reply) => {
      if (!reply) return reply;
      return run.stopped || endedWith<'chat.generate'>(error, 'cancelled')
        ? { ...reply, ...incoming, state: 'done', stopReason: 'stopped' }
        : { ...reply, ...incoming, state: 'failed', error: plain(error.describe()) };
    });
  }

  #setReply(
    { conversationId, turnId, side }: Place,
    edit: (reply: Reply | null) => Reply | null,
  ): void {
    this.#store.changeTurns(conversationId, (turns) =>
      turns.map((turn) =>
        turn.id === turnId
          ? { ...turn, replies: { ...turn.replies, [side]: edit(turn.replies[side]) } }
          : turn,
      ),
    );
  }

  #receive(event: WorkerEvent): void {
    if (event.type === 'tasks.progress' && event.task === this.#current?.task) {
      this.#store.set({ note: event.note });
    }
    if (event.type !== 'chat.text') return;
    const incoming = this.#incoming.get(event.task);
    if (!incoming) return;
    this.#incoming.set(event.task, { text: incoming.text + event.text, tokens: event.tokens });
  }
}

function waitingReply(
  asked: Pick<Reply, 'speaker' | 'variant' | 'system' | 'seed' | 'products'>,
): Reply {
  return {
    ...asked,
    ids: [],
    context: 0,
    text: '',
    state: 'waiting',
    promptTokens: 0,
    tokens: 0,
    millisecondsToFirst: 0,
    milliseconds: 0,
    sureness: null,
    stopReason: null,
    error: null,
  };
}

import { create } from 'zustand';
import { asStudioError, type ErrorDescription } from '../errors.ts';
import { worker, type WorkerClient } from '../worker/client.ts';
import type { ModelVariant, SamplingSettings } from '../worker/protocol.ts';
import {
  currentConversation,
  defaultSettings,
  promptFor,
  savedChatSchema,
  sides,
  type Conversation,
  type Reply,
  type SavedChat,
  type Side,
  type Turn,
} from './chat-document.ts';
import { readPreference, writePreference } from './preferences.ts';

/** Conversations with two models side by side, kept across reloads. */

/** Conversations kept: localStorage holds a few megabytes. */
const keptConversations = 20;

/** Milliseconds between two updates of a text that streams in. */
const streamInterval = 33;

/** Who answers on a side, with its name. */
export interface Speaker {
  readonly variant: ModelVariant;
  readonly label: string;
}

/** Both sides; null stays silent. */
export type Speakers = Readonly<Record<Side, Speaker | null>>;

export interface ChatState extends SavedChat {
  /** The side that speaks now. */
  readonly speaking: Side | null;
  /** What goes on before the first word; empty where nothing is told. */
  readonly note: string;
  readonly setVariant: (side: Side, variant: ModelVariant | null) => void;
  readonly setSettings: (change: Partial<SamplingSettings>) => void;
  readonly setSystem: (system: string) => void;
  /** Sends a prompt to both sides, one after the other, so that neither slows the other's figures. */
  readonly send: (text: string, speakers: Speakers) => Promise<void>;
  /** The last turn's answers anew, with the next seed. */
  readonly regenerate: (speakers: Speakers) => Promise<void>;
  /** Takes back a turn and all after it; gives its text, to be changed and sent again. */
  readonly takeBack: (turnId: string) => string;
  readonly stop: () => void;
  readonly newConversation: () => void;
  readonly open: (id: string) => void;
  readonly remove: (id: string) => void;
}

function restore(): SavedChat {
  const saved = readPreference('chat', (value) => {
    const parsed = savedChatSchema.safeParse(value);
    return parsed.success ? parsed.data : null;
  });
  return (
    saved ?? {
      conversations: [],
      currentId: null,
      settings: defaultSettings,
      system: '',
      variants: { left: null, right: null },
    }
  );
}

export function createChat(client: WorkerClient) {
  /** Text that came since the last update, by task. */
  const incoming = new Map<string, { text: string; tokens: number }>();
  let current: { task: string; stopped: boolean } | null = null;

  const useChat = create<ChatState>()((set, get) => {
    const keep = (): void => {
      const { conversations, currentId, settings, system, variants } = get();
      const ended = conversations.slice(0, keptConversations);
      writePreference('chat', { conversations: ended, currentId, settings, system, variants });
    };
    const change = (conversationId: string, edit: (turns: Turn[]) => Turn[]): void => {
      set(({ conversations }) => ({
        conversations: conversations.map((conversation) =>
          conversation.id === conversationId
            ? { ...conversation, turns: edit(conversation.turns) }
            : conversation,
        ),
      }));
    };
    const setReply = (
      conversationId: string,
      turnId: string,
      side: Side,
      edit: (reply: Reply | null) => Reply | null,
    ): void => {
      change(conversationId, (turns) =>
        turns.map((turn) =>
          turn.id === turnId
            ? { ...turn, replies: { ...turn.replies, [side]: edit(turn.replies[side]) } }
            : turn,
        ),
      );
    };

    const speak = async (
      conversationId: string,
      turnId: string,
      side: Side,
      { variant, label }: Speaker,
    ): Promise<void> => {
      const turns = get().conversations.find(({ id }) => id === conversationId)?.turns ?? [];
      const turn = turns.find(({ id }) => id === turnId);
      if (!turn) return;
      const seed = (get().settings.seed + turn.attempt) >>> 0;
      const task = crypto.randomUUID();
      const run = { task, stopped: false };
      current = run;
      set({ speaking: side, note: '' });
      const fresh: Reply = {
        speaker: label,
        text: '',
        state: 'waiting',
        seed,
        promptTokens: 0,
        tokens: 0,
        millisecondsToFirst: 0,
        milliseconds: 0,
        stopReason: null,
        error: null,
      };
      setReply(conversationId, turnId, side, () => fresh);
      incoming.set(task, { text: '', tokens: 0 });
      const timer = setInterval(() => {
        const now = incoming.get(task);
        if (!now || now.text === '') return;
        setReply(
          conversationId,
          turnId,
          side,
          (reply) => reply && { ...reply, ...now, state: 'streaming' },
        );
      }, streamInterval);
      try {
        const result = await client.call('chat.generate', {
          task,
          variant,
          messages: promptFor(get().system, turns, turnId, side),
          settings: { ...get().settings, seed },
        });
        setReply(
          conversationId,
          turnId,
          side,
          (reply) => reply && { ...reply, ...result, state: 'done' },
        );
      } catch (thrown) {
        const error = asStudioError(thrown);
        const so = incoming.get(task) ?? { text: '', tokens: 0 };
        setReply(conversationId, turnId, side, (reply) => {
          if (!reply) return reply;
          return run.stopped || error.code === 'cancelled'
            ? { ...reply, ...so, state: 'done', stopReason: 'stopped' }
            : { ...reply, ...so, state: 'failed', error: plain(error.describe()) };
        });
      } finally {
        clearInterval(timer);
        incoming.delete(task);
      }
    };

    const speakBoth = async (
      conversationId: string,
      turnId: string,
      speakers: Speakers,
    ): Promise<void> => {
      try {
        for (const side of sides) {
          const speaker = speakers[side];
          if (speaker) await speak(conversationId, turnId, side, speaker);
          if (current?.stopped) break;
        }
      } finally {
        current = null;
        set({ speaking: null });
        keep();
      }
    };

    return {
      ...restore(),
      speaking: null,
      note: '',
      setVariant: (side, variant) => {
        set(({ variants }) => ({ variants: { ...variants, [side]: variant } }));
        keep();
      },
      setSettings: (settings) => {
        set((state) => ({ settings: { ...state.settings, ...settings } }));
        keep();
      },
      setSystem: (system) => {
        set({ system });
        keep();
      },
      send: async (text, speakers) => {
        if (get().speaking !== null || text.trim() === '') return;
        if (!currentConversation(get())) get().newConversation();
        const conversation = currentConversation(get());
        if (!conversation) return;
        const turn: Turn = {
          id: crypto.randomUUID(),
          user: text,
          attempt: 0,
          replies: { left: null, right: null },
        };
        change(conversation.id, (turns) => [...turns, turn]);
        keep();
        await speakBoth(conversation.id, turn.id, speakers);
      },
      regenerate: async (speakers) => {
        const conversation = currentConversation(get());
        const last = conversation?.turns[conversation.turns.length - 1];
        if (get().speaking !== null || !conversation || !last) return;
        change(conversation.id, (turns) =>
          turns.map((turn) =>
            turn.id === last.id
              ? { ...turn, attempt: turn.attempt + 1, replies: { left: null, right: null } }
              : turn,
          ),
        );
        await speakBoth(conversation.id, last.id, speakers);
      },
      takeBack: (turnId) => {
        const conversation = currentConversation(get());
        const index = conversation?.turns.findIndex(({ id }) => id === turnId) ?? -1;
        const turn = conversation?.turns[index];
        if (!conversation || !turn || get().speaking !== null) return '';
        change(conversation.id, (turns) => turns.slice(0, index));
        keep();
        return turn.user;
      },
      stop: () => {
        if (!current || current.stopped) return;
        current.stopped = true;
        // The generation's own call then ends; a refusal means that it had ended already.
        client.call('task.cancel', { task: current.task }).catch(() => undefined);
      },
      newConversation: () => {
        if (get().speaking !== null) return;
        const fresh: Conversation = { id: crypto.randomUUID(), startedAt: Date.now(), turns: [] };
        set(({ conversations }) => ({
          conversations: [fresh, ...conversations.filter(({ turns }) => turns.length > 0)],
          currentId: fresh.id,
        }));
        keep();
      },
      open: (id) => {
        if (get().speaking !== null) return;
        set({ currentId: id });
        keep();
      },
      remove: (id) => {
        if (get().speaking !== null) return;
        set(({ conversations, currentId }) => ({
          conversations: conversations.filter((conversation) => conversation.id !== id),
          currentId: currentId === id ? null : currentId,
        }));
        keep();
      },
    };
  });

  client.subscribe((event) => {
    if (event.type === 'progress' && event.task === current?.task) {
      useChat.setState({ note: event.note });
    }
    if (event.type !== 'chat.text') return;
    const so = incoming.get(event.task);
    if (so) incoming.set(event.task, { text: so.text + event.text, tokens: event.tokens });
  });
  return useChat;
}

type ReplyError = NonNullable<Reply['error']>;

function plain({ data, ...rest }: Required<ErrorDescription>): ReplyError {
  return { ...rest, data: { ...data } };
}

export const useChat = createChat(worker);

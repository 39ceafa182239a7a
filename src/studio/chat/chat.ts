/** Conversations with two models side by side, kept across reloads. */
import { create } from 'zustand';
import { asStudioError, type StudioError } from '../../errors.ts';
import { worker, type WorkerClient } from '../../worker/client.ts';
import type { ReplyRouting } from '../../worker/chat/chat-protocol.ts';
import type { ModelVariant, SamplingSettings } from '../../worker/protocol.ts';
import {
  conversationSchema,
  currentConversation,
  ownPresetsSchema,
  promptFor,
  sides,
  type Conversation,
  type Conversations,
  type OwnPreset,
  type Reply,
  type SavedChat,
  type Side,
  type Turn,
} from './chat-document.ts';
import { plain, restore, settled } from './chat-saved.ts';
import { readPreference, writePreference } from '../preferences.ts';
import { variantKey } from '../models/variant-key.ts';

/** Milliseconds between two updates of a text that streams in. */
const streamInterval = 33;

/** Who answers on a side, with its name. */
export interface Speaker {
  readonly variant: ModelVariant;
  readonly label: string;
}

/** Both sides; null stays silent. */
export type Speakers = Readonly<Record<Side, Speaker | null>>;

/** Tokens that the next prompt takes, and what the model holds. */
export interface ContextUse {
  /** Key of the model state that was asked. */
  readonly variant: string;
  readonly tokens: number;
  readonly context: number;
}

/** The routing of one reply: being found, found, or why not. */
export type RoutingState = 'loading' | ReplyRouting | StudioError;

export function routingKey(turnId: string, side: Side): string {
  return `${turnId}/${side}`;
}

export interface ChatState extends Omit<SavedChat, 'conversations' | 'currentId'>, Conversations {
  readonly phase: 'loading' | 'ready';
  /** What could not be read or kept. */
  readonly error: StudioError | null;
  readonly presets: readonly OwnPreset[];
  readonly use: Readonly<Record<Side, ContextUse | null>>;
  readonly routing: Readonly<Record<string, RoutingState>>;
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
  /** A prompt anew in other words: the turns after it go, and both sides answer. */
  readonly edit: (turnId: string, text: string, speakers: Speakers) => Promise<void>;
  readonly stop: () => void;
  readonly newConversation: () => void;
  readonly open: (id: string) => void;
  readonly remove: (id: string) => void;
  /** An empty title is called after the first prompt again. */
  readonly rename: (id: string, title: string) => void;
  /** Reads the conversations that were kept. */
  readonly load: () => Promise<void>;
  readonly savePreset: (name: string) => void;
  readonly removePreset: (name: string) => void;
  /** Counts what the conversation and a draft take of each side's context. */
  readonly measure: (draft: string, speakers: Speakers) => Promise<void>;
  /** Finds what the experts chose for each token of a reply. */
  readonly route: (turnId: string, side: Side) => Promise<void>;
  readonly dismissError: () => void;
}

export function createChat(client: WorkerClient) {
  /** Text that came since the last update, by task. */
  const incoming = new Map<string, { text: string; tokens: number }>();
  let current: { task: string; stopped: boolean } | null = null;
  /** The count that was asked for last. */
  let measuring = 0;

  const useChat = create<ChatState>()((set, get) => {
    const restored = restore();
    const keep = (): void => {
      const { currentId, settings, system, variants } = get();
      writePreference('chat', { currentId, settings, system, variants });
    };
    const guarded = async (act: () => Promise<unknown>): Promise<void> => {
      try {
        await act();
      } catch (thrown) {
        set({ error: asStudioError(thrown) });
      }
    };
    const keepConversation = (id: string): void => {
      const value = get().conversations.find((conversation) => conversation.id === id);
      if (!value || value.turns.length === 0) return;
      void guarded(() => client.call('document.put', { kind: 'conversation', id, value }));
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
      const { system } = get();
      const fresh: Reply = {
        speaker: label,
        variant,
        system,
        ids: [],
        context: 0,
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
          messages: promptFor(system, turns, turnId, side),
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
        keepConversation(conversationId);
      }
    };
    const forgetRouting = (): void => set({ routing: {} });

    return {
      currentId: restored.currentId,
      settings: restored.settings,
      system: restored.system,
      variants: restored.variants,
      conversations: [],
      phase: 'loading',
      error: null,
      presets:
        readPreference('chat-presets', (value) => ownPresetsSchema.safeParse(value).data ?? null) ??
        [],
      use: { left: null, right: null },
      routing: {},
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
        keepConversation(conversation.id);
        await speakBoth(conversation.id, turn.id, speakers);
      },
      regenerate: async (speakers) => {
        const conversation = currentConversation(get());
        const last = conversation?.turns[conversation.turns.length - 1];
        if (get().speaking !== null || !conversation || !last) return;
        forgetRouting();
        change(conversation.id, (turns) =>
          turns.map((turn) =>
            turn.id === last.id
              ? { ...turn, attempt: turn.attempt + 1, replies: { left: null, right: null } }
              : turn,
          ),
        );
        await speakBoth(conversation.id, last.id, speakers);
      },
      edit: async (turnId, text, speakers) => {
        const conversation = currentConversation(get());
        const index = conversation?.turns.findIndex(({ id }) => id === turnId) ?? -1;
        if (!conversation || index < 0 || get().speaking !== null || text.trim() === '') return;
        forgetRouting();
        change(conversation.id, (turns) => [
          ...turns.slice(0, index),
          { id: turnId, user: text, attempt: 0, replies: { left: null, right: null } },
        ]);
        await speakBoth(conversation.id, turnId, speakers);
      },
      stop: () => {
        if (!current || current.stopped) return;
        current.stopped = true;
        // The generation's own call then ends; a refusal means that it had ended already.
        client.call('task.cancel', { task: current.task }).catch(() => undefined);
      },
      newConversation: () => {
        if (get().speaking !== null) return;
        const fresh: Conversation = {
          id: crypto.randomUUID(),
          title: null,
          startedAt: Date.now(),
          turns: [],
        };
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
        void guarded(() => client.call('document.remove', { kind: 'conversation', id }));
      },
      rename: (id, title) => {
        const named = title.trim() === '' ? null : title.trim().slice(0, 200);
        set(({ conversations }) => ({
          conversations: conversations.map((conversation) =>
            conversation.id === id ? { ...conversation, title: named } : conversation,
          ),
        }));
        keepConversation(id);
      },
      load: async () => {
        await guarded(async () => {
          // From a version that kept them beside the settings.
          for (const value of restored.conversations ?? []) {
            await client.call('document.put', { kind: 'conversation', id: value.id, value });
          }
          if (restored.conversations) keep();
          const stored = await client.call('document.list', { kind: 'conversation' });
          const read = stored.flatMap(({ value }) => {
            const parsed = conversationSchema.safeParse(value);
            return parsed.success ? [settled(parsed.data)] : [];
          });
          // What was begun while they were read stays in front.
          set(({ conversations }) => ({
            conversations: [
              ...conversations,
              ...read
                .filter(({ id }) => !conversations.some((known) => known.id === id))
                .sort((a, b) => b.startedAt - a.startedAt),
            ],
          }));
        });
        set({ phase: 'ready' });
      },
      savePreset: (name) => {
        const { maxTokens: _most, seed: _seed, ...settings } = get().settings;
        const others = get().presets.filter((preset) => preset.name !== name);
        const presets = [...others, { name: name.trim().slice(0, 60), settings }];
        writePreference('chat-presets', presets);
        set({ presets });
      },
      removePreset: (name) => {
        const presets = get().presets.filter((preset) => preset.name !== name);
        writePreference('chat-presets', presets);
        set({ presets });
      },
      measure: async (draft, speakers) => {
        measuring += 1;
        const mine = measuring;
        const turns = currentConversation(get())?.turns ?? [];
        const next: Turn = {
          id: 'next',
          user: draft,
          attempt: 0,
          replies: { left: null, right: null },
        };
        for (const side of sides) {
          const variant = speakers[side]?.variant;
          const messages = promptFor(get().system, [...turns, next], 'next', side);
          const counted = variant
            ? // A template that does not take these messages says so when they are sent.
              await client.call('chat.count', { variant, messages }).catch(() => null)
            : null;
          if (mine !== measuring) return;
          const use = variant && counted ? { ...counted, variant: variantKey(variant) } : null;
          set((state) => ({ use: { ...state.use, [side]: use } }));
        }
      },
      route: async (turnId, side) => {
        const turns = currentConversation(get())?.turns ?? [];
        const reply = turns.find(({ id }) => id === turnId)?.replies[side];
        const key = routingKey(turnId, side);
        if (!reply?.variant || reply.ids.length === 0 || get().routing[key] === 'loading') return;
        const put = (state: RoutingState): void =>
          set(({ routing }) => ({ routing: { ...routing, [key]: state } }));
        put('loading');
        try {
          const found = await client.call('chat.routing', {
            variant: reply.variant,
            messages: promptFor(reply.system, turns, turnId, side),
            ids: reply.ids,
            task: crypto.randomUUID(),
          });
          put(found);
        } catch (thrown) {
          put(asStudioError(thrown));
        }
      },
      dismissError: () => set({ error: null }),
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

export const useChat = createChat(worker);

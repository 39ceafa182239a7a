/** Begins, opens, renames and removes conversations, and reads them again after a reload. */
import { conversationSchema, type Conversation } from './chat-document.ts';
import { settled } from './chat-saved.ts';
import type { ChatState, ChatStore } from './chat-state.ts';

type ConversationActions = Pick<
  ChatState,
  'newConversation' | 'open' | 'remove' | 'rename' | 'load'
>;

/** @param earlier conversations that an earlier version kept beside the settings */
export function conversationActions(
  store: ChatStore,
  earlier: readonly Conversation[],
): ConversationActions {
  const { client, get, set } = store;
  return {
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
      store.keepSettings();
    },
    open: (id) => {
      if (get().speaking !== null) return;
      set({ currentId: id, goesOn: false });
      store.keepSettings();
    },
    remove: (id) => {
      if (get().speaking !== null) return;
      set(({ conversations, currentId }) => ({
        conversations: conversations.filter((conversation) => conversation.id !== id),
        currentId: currentId === id ? null : currentId,
      }));
      store.keepSettings();
      void store.guarded(() => client.call('documents.remove', { kind: 'conversation', id }));
    },
    rename: (id, title) => {
      const named = title.trim() === '' ? null : title.trim().slice(0, 200);
      set(({ conversations }) => ({
        conversations: conversations.map((conversation) =>
          conversation.id === id ? { ...conversation, title: named } : conversation,
        ),
      }));
      store.keepConversation(id);
    },
    load: async () => {
      await store.guarded(() => readConversations(store, earlier));
      set({ phase: 'ready' });
    },
  };
}

async function readConversations(
  store: ChatStore,
  earlier: readonly Conversation[],
): Promise<void> {
  const { client, set } = store;
  for (const value of earlier) {
    await client.call('documents.put', { kind: 'conversation', id: value.id, value });
  }
  if (earlier.length > 0) store.keepSettings();
  const stored = await client.call('documents.list', { kind: 'conversation' });
  const read = stored.flatMap(({ value }) => {
    const parsed = conversationSchema.safeParse(value);
    return parsed.success ? [settled(parsed.data)] : [];
  });
  // Conversations begun while these were read stay in front.
  set(({ conversations }) => ({
    conversations: [
      ...conversations,
      ...read
        .filter(({ id }) => !conversations.some((known) => known.id === id))
        .sort((a, b) => b.startedAt - a.startedAt),
    ],
  }));
}

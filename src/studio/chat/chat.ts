/** Conversations with two models side by side, kept across reloads. */
import { create } from 'zustand';
import { worker, type WorkerClient } from '../../worker/client.ts';
import { conversationActions } from './chat-conversations.ts';
import { measureActions } from './chat-measures.ts';
import { ChatReplies } from './chat-replies.ts';
import { restore } from './chat-saved.ts';
import { savedPresets, settingActions } from './chat-settings.ts';
import { ChatStore, type ChatState } from './chat-state.ts';
import { turnActions } from './chat-turns.ts';

export { routingKey, type Speaker, type Speakers } from './chat-state.ts';

export function createChat(client: WorkerClient) {
  return create<ChatState>()((set, _get, api) => {
    const store = new ChatStore(client, api);
    const { conversations: earlier, variants: chosen, ...restored } = restore();
    return {
      ...restored,
      chosen,
      conversations: [],
      phase: 'loading',
      error: null,
      presets: savedPresets(),
      use: { left: null, right: null },
      routing: {},
      speaking: null,
      goesOn: false,
      note: null,
      ...settingActions(store),
      ...turnActions(store, new ChatReplies(store)),
      ...conversationActions(store, earlier ?? []),
      ...measureActions(store),
      dismissError: () => set({ error: null }),
    };
  });
}

export const useChat = createChat(worker);

/** Acts on the turns of the open conversation: send a prompt, answer again, replace a prompt's words. */
import { currentConversation } from './chat-document.ts';
import type { ChatReplies } from './chat-replies.ts';
import { beginsAnew, turnsBefore } from './who-spoke.ts';
import { newTurn, type ChatState, type ChatStore } from './chat-state.ts';

export function turnActions(
  store: ChatStore,
  replies: ChatReplies,
): Pick<ChatState, 'send' | 'goOn' | 'regenerate' | 'edit' | 'stop'> {
  const { get, set } = store;
  /** Asks in the open conversation, or in a new one where others gave the answers so far. */
  const send: ChatState['send'] = async (text, speakers) => {
    if (get().speaking !== null || text.trim() === '') return;
    const open = currentConversation(get());
    if (open?.turns.length !== turnsBefore(get(), speakers).length) get().newConversation();
    set({ goesOn: false });
    const conversation = currentConversation(get());
    if (!conversation) return;
    const turn = newTurn(text);
    store.changeTurns(conversation.id, (turns) => [...turns, turn]);
    store.keepSettings();
    store.keepConversation(conversation.id);
    await replies.answer(conversation.id, turn.id, speakers);
  };
  return {
    send,
    goOn: () => set({ goesOn: true }),
    regenerate: async (speakers) => {
      const conversation = currentConversation(get());
      const last = conversation?.turns[conversation.turns.length - 1];
      if (get().speaking !== null || !conversation || !last) return;
      if (beginsAnew(conversation.turns, last.id, speakers, get().goesOn)) {
        await send(last.user, speakers);
        return;
      }
      set({ routing: {}, goesOn: false });
      store.changeTurns(conversation.id, (turns) =>
        turns.map((turn) =>
          turn.id === last.id
            ? { ...turn, attempt: turn.attempt + 1, replies: { left: null, right: null } }
            : turn,
        ),
      );
      await replies.answer(conversation.id, last.id, speakers);
    },
    edit: async (turnId, text, speakers) => {
      const conversation = currentConversation(get());
      const index = conversation?.turns.findIndex(({ id }) => id === turnId) ?? -1;
      if (!conversation || index < 0 || get().speaking !== null || text.trim() === '') return;
      if (beginsAnew(conversation.turns, turnId, speakers, get().goesOn)) {
        get().newConversation();
        await send(text, speakers);
        return;
      }
      set({ routing: {}, goesOn: false });
      store.changeTurns(conversation.id, (turns) => [
        ...turns.slice(0, index),
        newTurn(text, turnId),
      ]);
      await replies.answer(conversation.id, turnId, speakers);
    },
    stop: () => replies.stop(),
  };
}

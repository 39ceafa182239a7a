/** Measures a conversation: the context it takes, and the routing of its tokens. */
import { asStudioError } from '../../faults/fault.ts';
import { modelStateKey } from '../models/model-state-key.ts';
import { currentConversation, promptFor, sides } from './chat-document.ts';
import { turnsBefore } from './who-spoke.ts';
import {
  newTurn,
  routingKey,
  type ChatState,
  type ChatStore,
  type RoutingState,
} from './chat-state.ts';

export function measureActions(store: ChatStore): Pick<ChatState, 'measure' | 'route'> {
  const { client, get, set } = store;
  /** The latest count that was asked for. */
  let measuring = 0;
  return {
    measure: async (draft, speakers) => {
      measuring += 1;
      const mine = measuring;
      const turns = turnsBefore(get(), speakers);
      const next = newTurn(draft, 'next');
      for (const side of sides) {
        const asked = speakers[side]?.state;
        const messages = promptFor(get().system, [...turns, next], next.id, side);
        const counted = asked
          ? // A template that does not accept these messages says so when they are sent.
            await client.call('chat.count', { state: asked, messages }).catch(() => null)
          : null;
        if (mine !== measuring) return;
        const use = asked && counted ? { ...counted, state: modelStateKey(asked) } : null;
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
          state: reply.variant,
          messages: promptFor(reply.system, turns, turnId, side),
          ids: reply.ids,
          task: crypto.randomUUID(),
        });
        put(found);
      } catch (thrown) {
        put(asStudioError(thrown));
      }
    },
  };
}

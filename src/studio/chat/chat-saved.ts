/** Reads what chat stored: settings, replies that a reload cut off, errors in their plain form. */
import type { FaultDescription } from '../../faults/catalogue.ts';
import {
  defaultSettings,
  savedChatSchema,
  type Conversation,
  type Reply,
  type SavedChat,
} from './chat-document.ts';
import { readPreference } from '../preferences.ts';

/** Settings and choices of an earlier visit; the defaults where there are none. */
export function restore(): SavedChat {
  const saved = readPreference('chat', (value) => {
    const parsed = savedChatSchema.safeParse(value);
    if (!parsed.success) return null;
    // What earlier versions kept was typed.
    const { system, systemFrom } = parsed.data;
    return { ...parsed.data, systemFrom: systemFrom ?? (system === '' ? null : 'person') };
  });
  return (
    saved ?? {
      currentId: null,
      settings: defaultSettings,
      system: '',
      systemFrom: null,
      variants: { left: null, right: null },
    }
  );
}

/** A reply that a reload cut off is over. */
export function settled(conversation: Conversation): Conversation {
  const over = (reply: Reply | null): Reply | null =>
    reply?.state === 'waiting' || reply?.state === 'streaming'
      ? { ...reply, state: 'done', stopReason: 'stopped' }
      : reply;
  return {
    ...conversation,
    turns: conversation.turns.map((turn) => ({
      ...turn,
      replies: { left: over(turn.replies.left), right: over(turn.replies.right) },
    })),
  };
}

type ReplyError = NonNullable<Reply['error']>;

/** An error as it is kept with a reply. */
export function plain({ data, ...rest }: FaultDescription): ReplyError {
  return { ...rest, data: { ...data } };
}

import { MessageSquarePlus, Trash2 } from 'lucide-react';
import { useChat } from '../../studio/chat.ts';
import { Button, IconButton } from '../shared/Button.tsx';
import { classes } from '../shared/classes.ts';
import { formatTime } from '../shared/format.ts';

/** Conversations kept in this browser. */
export function Conversations() {
  const conversations = useChat((state) => state.conversations);
  const currentId = useChat((state) => state.currentId);
  const speaking = useChat((state) => state.speaking) !== null;
  const open = useChat((state) => state.open);
  const remove = useChat((state) => state.remove);
  const begin = useChat((state) => state.newConversation);
  const reason = speaking ? 'An answer is being written; stop it first.' : null;
  const shown = conversations.filter(({ turns }) => turns.length > 0);
  return (
    <div className="conversations">
      <Button
        size="small"
        icon={<MessageSquarePlus size={14} aria-hidden />}
        reason={reason}
        onClick={begin}
      >
        New conversation
      </Button>
      {shown.length > 0 && (
        <ul aria-label="Conversations">
          {shown.map(({ id, startedAt, turns }) => (
            <li
              key={id}
              className={classes('conversation', id === currentId && 'conversation--on')}
            >
              <button
                type="button"
                aria-current={id === currentId}
                disabled={speaking}
                onClick={() => open(id)}
              >
                <span className="conversation__title">{turns[0]?.user ?? ''}</span>
                <span className="conversation__time">{formatTime(startedAt)}</span>
              </button>
              <IconButton
                size="small"
                label="Delete this conversation"
                icon={<Trash2 size={14} aria-hidden />}
                reason={reason}
                onClick={() => remove(id)}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

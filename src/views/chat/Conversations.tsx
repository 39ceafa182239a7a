/** Conversations kept in this browser: searched, opened, renamed, saved, deleted. */
import { clsx } from 'clsx';
import { Braces, Check, FileText, MessageSquarePlus, Pencil, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { useChat } from '../../studio/chat/chat.ts';
import {
  conversationMarkdown,
  foundConversations,
  titleOf,
  type Conversation,
} from '../../studio/chat/chat-document.ts';
import { fileStem } from '../../studio/exports/exports.ts';
import { saveOrSay } from '../shared/faults/save-or-say.ts';
import { Button, IconButton } from '../shared/controls/Button.tsx';
import { formatTime } from '../shared/format.ts';
import { seenControls } from '../shared/seen-controls.ts';
import { chatText } from './text.ts';
import styles from './Conversations.module.css';
import inputStyles from '../shared/controls/input.module.css';

/** Saves one as text for people, or with all figures. */
function saveConversation(conversation: Conversation, as: 'md' | 'json'): void {
  const { prompt, notClinical } = chatText();
  const text =
    as === 'md'
      ? conversationMarkdown(conversation, { prompt, notClinical })
      : JSON.stringify(conversation, null, 2);
  const type = as === 'md' ? 'text/markdown' : 'application/json';
  const name = fileStem(titleOf(conversation), 'conversation');
  saveOrSay(() => new Blob([text], { type }), `${name}.${as}`);
}

export function Conversations() {
  const t = chatText();
  const conversations = useChat((state) => state.conversations);
  const speaking = useChat((state) => state.speaking) !== null;
  const begin = useChat((state) => state.newConversation);
  const [search, setSearch] = useState('');
  const reason = speaking ? t.busy : null;
  const found = foundConversations(conversations, search);
  const any = conversations.some(({ turns }) => turns.length > 0);
  return (
    <div className={styles.conversations}>
      <Button
        size="small"
        icon={<MessageSquarePlus size={14} aria-hidden />}
        reason={reason}
        onClick={begin}
      >
        {t.newConversation}
      </Button>
      {any ? (
        <input
          type="search"
          className={inputStyles.input}
          aria-label={t.search}
          placeholder={t.searchHint}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      ) : (
        <p className={styles.conversationsNone}>{t.noneYet}</p>
      )}
      {any && found.length === 0 && (
        <p className={styles.conversationsNone} role="status">
          {t.noneFound}
        </p>
      )}
      {found.length > 0 && (
        <ul aria-label={t.conversations}>
          {found.map((conversation) => (
            <ConversationRow
              key={conversation.id}
              conversation={conversation}
              reason={reason}
              speaking={speaking}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

function ConversationRow({
  conversation,
  reason,
  speaking,
}: {
  readonly conversation: Conversation;
  readonly reason: string | null;
  readonly speaking: boolean;
}) {
  const t = chatText();
  const on = useChat((state) => state.currentId) === conversation.id;
  const { open, remove } = useChat.getState();
  const [renaming, setRenaming] = useState(false);
  const { id } = conversation;
  if (renaming) return <Rename conversation={conversation} onEnd={() => setRenaming(false)} />;
  return (
    <li className={clsx(styles.conversation, on && styles.conversationOn)}>
      <button
        type="button"
        className={styles.conversationOpen}
        aria-current={on}
        disabled={speaking}
        onClick={() => open(id)}
      >
        <span className={styles.conversationTitle}>{seenControls(titleOf(conversation))}</span>
        <span className={styles.conversationTime}>{formatTime(conversation.startedAt)}</span>
      </button>
      <span className={styles.conversationActs}>
        <IconButton
          size="small"
          label={t.rename}
          icon={<Pencil size={14} aria-hidden />}
          onClick={() => setRenaming(true)}
        />
        <IconButton
          size="small"
          label={t.exportMarkdown}
          icon={<FileText size={14} aria-hidden />}
          onClick={() => saveConversation(conversation, 'md')}
        />
        <IconButton
          size="small"
          label={t.exportJson}
          icon={<Braces size={14} aria-hidden />}
          onClick={() => saveConversation(conversation, 'json')}
        />
        <IconButton
          size="small"
          label={t.deleteConversation}
          icon={<Trash2 size={14} aria-hidden />}
          reason={reason}
          onClick={() => remove(id)}
        />
      </span>
    </li>
  );
}

/** A conversation's row while its title is changed; Escape leaves it as it was. */
function Rename({
  conversation,
  onEnd,
}: {
  readonly conversation: Conversation;
  readonly onEnd: () => void;
}) {
  const t = chatText();
  const [title, setTitle] = useState(titleOf(conversation));
  return (
    <li className={clsx(styles.conversation, styles.conversationOn)}>
      <form
        className={styles.conversationRename}
        onSubmit={(event) => {
          event.preventDefault();
          useChat.getState().rename(conversation.id, title);
          onEnd();
        }}
      >
        <input
          className={inputStyles.input}
          aria-label={t.newTitle}
          value={title}
          maxLength={200}
          onChange={(event) => setTitle(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onEnd();
          }}
        />
        <IconButton
          size="small"
          type="submit"
          label={t.saveTitle}
          icon={<Check size={14} aria-hidden />}
        />
        <IconButton
          size="small"
          label={t.cancel}
          icon={<X size={14} aria-hidden />}
          onClick={onEnd}
        />
      </form>
    </li>
  );
}

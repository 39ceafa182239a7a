/** One prompt with the answers of both sides; the prompt can be changed and asked again. */
import { clsx } from 'clsx';
import { Copy, Pencil, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { sides, type Reply, type Turn } from '../../studio/chat/chat-document.ts';
import { readAsOwn } from '../../studio/chat/who-spoke.ts';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { Button, IconButton } from '../shared/controls/Button.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { listed } from '../shared/words/marks.ts';
import { copyText } from './copy-text.ts';
import { ReplyView } from './ReplyView.tsx';
import { chatText } from './text.ts';
import styles from './TurnView.module.css';
import inputStyles from '../shared/controls/input.module.css';

export interface TurnViewProps {
  readonly turn: Turn;
  /** All turns of the conversation. */
  readonly turns: readonly Turn[];
  /** Names of the model states that exist, by key. */
  readonly names: ReadonlyMap<string, string>;
  readonly last: boolean;
  readonly speaking: boolean;
  readonly onEdit: (text: string) => void;
  readonly onRegenerate: () => void;
}

export function TurnView({
  turn,
  turns,
  names,
  last,
  speaking,
  onEdit,
  onRegenerate,
}: TurnViewProps) {
  const [changing, setChanging] = useState(false);
  const busy = speaking ? chatText().busy : null;
  const replies = sides.flatMap((side) => turn.replies[side] ?? []);
  return (
    <li className={styles.turn}>
      {changing ? (
        <PromptForm
          prompt={turn.user}
          busy={busy}
          onSend={onEdit}
          onEnd={() => setChanging(false)}
        />
      ) : (
        <Prompt
          prompt={turn.user}
          busy={busy}
          onChange={() => setChanging(true)}
          onAgain={last ? onRegenerate : null}
        />
      )}
      <div className={styles.replies} data-count={replies.length}>
        {sides.map((side) => {
          const reply = turn.replies[side];
          if (!reply) return null;
          const nameOf = (state: Reply['variant'], then: string): string =>
            (state && names.get(modelStateKey(state))) ?? then;
          const name = nameOf(reply.variant, reply.speaker);
          const others = readAsOwn(turns, turn.id, side).map(({ state, label }) =>
            nameOf(state, label),
          );
          return (
            <ReplyView
              key={side}
              {...{ reply, name, side }}
              turnId={turn.id}
              others={listed(others)}
            />
          );
        })}
      </div>
    </li>
  );
}

/** The prompt, with ways to copy it, change it and have it answered again. */
function Prompt({
  prompt,
  busy,
  onChange,
  onAgain,
}: {
  readonly prompt: string;
  readonly busy: string | null;
  readonly onChange: () => void;
  /** Null unless it is the last prompt, which alone can be answered again. */
  readonly onAgain: (() => void) | null;
}) {
  const t = chatText();
  return (
    <div className={styles.user}>
      <p>{seenControls(prompt)}</p>
      <span className={styles.acts}>
        <IconButton
          size="small"
          label={t.copyPrompt}
          icon={<Copy size={14} aria-hidden />}
          onClick={() => void copyText(prompt)}
        />
        <IconButton
          size="small"
          label={t.editPrompt}
          icon={<Pencil size={14} aria-hidden />}
          reason={busy}
          onClick={onChange}
        />
        {onAgain && (
          <IconButton
            size="small"
            label={t.again}
            icon={<RefreshCw size={14} aria-hidden />}
            reason={busy}
            onClick={onAgain}
          />
        )}
      </span>
    </div>
  );
}

/** The prompt in a field; Escape leaves it as it was. */
function PromptForm({
  prompt,
  busy,
  onSend,
  onEnd,
}: {
  readonly prompt: string;
  readonly busy: string | null;
  readonly onSend: (text: string) => void;
  readonly onEnd: () => void;
}) {
  const t = chatText();
  const [draft, setDraft] = useState(prompt);
  const reason = busy ?? (draft.trim() === '' ? t.typeFirst : null);
  return (
    <form
      className={styles.edit}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason !== null) return;
        onSend(draft);
        onEnd();
      }}
    >
      <textarea
        className={clsx(inputStyles.input, inputStyles.area)}
        aria-label={t.editedPrompt}
        rows={3}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onEnd();
        }}
      />
      <div className={styles.editActs}>
        <span>{t.editNote}</span>
        <Button size="small" onClick={onEnd}>
          {t.cancel}
        </Button>
        <Button size="small" type="submit" variant="primary" reason={reason}>
          {t.sendChanged}
        </Button>
      </div>
    </form>
  );
}

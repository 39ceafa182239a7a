/** One prompt with the answers of both sides; the prompt can be changed and asked anew. */
import { clsx } from 'clsx';
import { Copy, Pencil, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { sides, type Turn } from '../../studio/chat/chat-document.ts';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { Button, IconButton } from '../shared/controls/Button.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { copyText } from './copy-text.ts';
import { ReplyView } from './ReplyView.tsx';
import { chatText } from './text.ts';
import styles from './TurnView.module.css';
import inputStyles from '../shared/controls/input.module.css';

export interface TurnViewProps {
  readonly turn: Turn;
  /** Names of the model states that exist, by key. */
  readonly names: ReadonlyMap<string, string>;
  readonly last: boolean;
  readonly speaking: boolean;
  readonly onEdit: (text: string) => void;
  readonly onRegenerate: () => void;
}

export function TurnView({ turn, names, last, speaking, onEdit, onRegenerate }: TurnViewProps) {
  const t = chatText();
  const [draft, setDraft] = useState<string | null>(null);
  const busy = speaking ? t.busy : null;
  const replies = sides.flatMap((side) => turn.replies[side] ?? []);
  return (
    <li className={styles.turn}>
      {draft === null ? (
        <div className={styles.user}>
          <p>{seenControls(turn.user)}</p>
          <span className={styles.acts}>
            <IconButton
              size="small"
              label={t.copyPrompt}
              icon={<Copy size={14} aria-hidden />}
              onClick={() => void copyText(turn.user)}
            />
            <IconButton
              size="small"
              label={t.editPrompt}
              icon={<Pencil size={14} aria-hidden />}
              reason={busy}
              onClick={() => setDraft(turn.user)}
            />
            {last && (
              <IconButton
                size="small"
                label={t.again}
                icon={<RefreshCw size={14} aria-hidden />}
                reason={busy}
                onClick={onRegenerate}
              />
            )}
          </span>
        </div>
      ) : (
        <form
          className={styles.edit}
          onSubmit={(event) => {
            event.preventDefault();
            if (busy !== null || draft.trim() === '') return;
            onEdit(draft);
            setDraft(null);
          }}
        >
          <textarea
            className={clsx(inputStyles.input, inputStyles.area)}
            aria-label={t.editedPrompt}
            rows={3}
            value={draft}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setDraft(null);
            }}
          />
          <div className={styles.editActs}>
            <span>{t.editNote}</span>
            <Button size="small" onClick={() => setDraft(null)}>
              {t.cancel}
            </Button>
            <Button
              size="small"
              type="submit"
              variant="primary"
              reason={busy ?? (draft.trim() === '' ? t.typeFirst : null)}
            >
              {t.sendChanged}
            </Button>
          </div>
        </form>
      )}
      <div className={styles.replies} data-count={replies.length}>
        {sides.map((side) => {
          const reply = turn.replies[side];
          if (!reply) return null;
          const { variant, speaker } = reply;
          const name = (variant && names.get(modelStateKey(variant))) ?? speaker;
          return <ReplyView key={side} {...{ reply, name, side }} turnId={turn.id} />;
        })}
      </div>
    </li>
  );
}

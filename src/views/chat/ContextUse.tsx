/** Shows how much of each model's context the conversation and the draft take, and what happens when it is full. */
import { clsx } from 'clsx';
import { useChat, type Speakers } from '../../studio/chat/chat.ts';
import { currentConversation, sides } from '../../studio/chat/chat-document.ts';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { InfoTip } from '../shared/controls/Tooltip.tsx';
import { chatText } from './text.ts';
import styles from './ContextUse.module.css';

/** Share of the context above which a warning appears. */
const nearlyFull = 0.85;

export function ContextUse({ speakers }: { readonly speakers: Speakers }) {
  const t = chatText();
  const use = useChat((state) => state.use);
  const speaking = useChat((state) => state.speaking);
  const replies = useChat((state) => currentConversation(state)?.turns.at(-1)?.replies ?? null);
  const shown = sides.flatMap((side) => {
    const counted = use[side];
    const speaker = speakers[side];
    // The count is for another model than the one now chosen.
    if (!speaker || counted?.state !== modelStateKey(speaker.state)) return [];
    // While it answers, each token takes a separate place.
    const written = speaking === side ? (replies?.[side]?.tokens ?? 0) : 0;
    return [
      { side, used: Math.min(counted.context, counted.tokens + written), all: counted.context },
    ];
  });
  const fullest = Math.max(0, ...shown.map(({ used, all }) => used / all));
  return (
    <div className={styles.context}>
      <span className={styles.name}>
        {t.context} <InfoTip about={t.context} text={t.contextHelp} />
      </span>
      {shown.map(({ side, used, all }) => (
        <span key={side} className={styles.side}>
          <span>{t.contextOf(t[side], used, all)}</span>
          <span
            className={clsx(styles.bar, used / all >= nearlyFull && styles.barNear)}
            role="meter"
            aria-label={t.contextOf(t[side], used, all)}
            aria-valuemin={0}
            aria-valuemax={all}
            aria-valuenow={used}
          >
            <span style={{ width: `${(100 * used) / all}%` }} />
          </span>
        </span>
      ))}
      {fullest >= nearlyFull && (
        <span className={styles.warning} role="status">
          {fullest >= 1 && speaking === null ? t.contextFull : t.contextNear}
        </span>
      )}
    </div>
  );
}

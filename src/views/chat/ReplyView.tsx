/** One model's answer with its figures and, where experts are attached, the routing of its tokens. */
import { Copy, GraduationCap, Waypoints } from 'lucide-react';
import { memo, useRef, useState } from 'react';
import { faultFrom, StudioError } from '../../faults/fault.ts';
import { useAbstention } from '../../studio/abstention.ts';
import { routingKey, useChat } from '../../studio/chat/chat.ts';
import {
  currentConversation,
  isRouted,
  promptFor,
  replySpeed,
  type Reply,
  type Side,
} from '../../studio/chat/chat-document.ts';
import { useWords } from '../../studio/language.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import { Button, IconButton } from '../shared/controls/Button.tsx';
import { noteText } from '../shared/faults/error-text.ts';
import { formatDuration, formatFixed, formatPercent } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { TaughtBy } from '../taught/TaughtBy.tsx';
import { taughtText } from '../taught/text.ts';
import {
  takeSelected,
  useSelectedWords,
  type SelectedWords,
} from '../taught/use-selected-words.ts';
import { abstainText } from './text-abstain.ts';
import { copyText } from './copy-text.ts';
import { Markdown } from './Markdown.tsx';
import { RoutedText } from './RoutedText.tsx';
import { chatText } from './text.ts';
import styles from './ReplyView.module.css';

/** Words to be typed. */
const TYPED: SelectedWords = { words: '', before: null };

export interface ReplyViewProps {
  readonly reply: Reply;
  /** Who answered, in the page's language. */
  readonly name: string;
  readonly turnId: string;
  readonly side: Side;
  /** Names of the models whose answers above this one read as its own; '' where there are none. */
  readonly others: string;
}

export const ReplyView = memo(function ReplyView({
  reply,
  name,
  turnId,
  side,
  others,
}: ReplyViewProps) {
  const t = useWords(chatText);
  const live = reply.state === 'waiting' || reply.state === 'streaming';
  const { variant } = reply;
  const routed = useRuns(({ runs }) => variant !== null && isRouted(runs, variant));
  const routing = useChat((state) => state.routing[routingKey(turnId, side)]);
  const route = useChat((state) => state.route);
  const [shown, setShown] = useState(false);
  const article = useRef<HTMLElement>(null);
  /** The words whose records are asked for; null while nobody asks. */
  const [taught, setTaught] = useState<SelectedWords | null>(null);
  useSelectedWords(article, taught !== null, setTaught);
  const followed = shown && routing !== undefined && !live;
  return (
    <article ref={article} className={styles.reply} aria-label={t.answerOf(name)} aria-busy={live}>
      <header className={styles.head}>
        <p className={styles.speaker}>{seenControls(name)}</p>
        {!live && reply.text !== '' && (
          <span className={styles.acts}>
            {routed && reply.ids.length > 0 && (
              <Button
                size="small"
                variant="ghost"
                aria-pressed={shown}
                icon={<Waypoints size={14} aria-hidden />}
                onClick={() => {
                  setShown(!shown);
                  if (!shown && routing === undefined) void route(turnId, side);
                }}
              >
                {shown ? t.hideRouting : t.showRouting}
              </Button>
            )}
            {variant !== null && variant.runId !== null && (
              <Button
                size="small"
                variant="ghost"
                aria-pressed={taught !== null}
                icon={<GraduationCap size={14} aria-hidden />}
                // A press would move the focus and clear what is selected.
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => setTaught(taught ? null : (takeSelected(article.current) ?? TYPED))}
              >
                {taught === null ? taughtText().ask : taughtText().hide}
              </Button>
            )}
            <IconButton
              size="small"
              label={t.copyAnswer}
              icon={<Copy size={14} aria-hidden />}
              onClick={() => void copyText(reply.text)}
            />
          </span>
        )}
      </header>
      {others !== '' && <p className={styles.others}>{t.readAsOwn(seenControls(others))}</p>}
      {reply.state === 'waiting' && <Waiting />}
      {followed && routing === 'loading' && (
        <p className={styles.waiting} role="status">
          {t.findingRouting}
        </p>
      )}
      {followed && routing instanceof StudioError && <ErrorNotice error={routing} />}
      {followed && routing !== 'loading' && !(routing instanceof StudioError) ? (
        <RoutedText routing={routing} speaker={name} />
      ) : (
        reply.text !== '' && <Markdown text={reply.text} />
      )}
      {taught !== null && variant && (
        <TaughtBy
          answer={reply.text}
          phrase={taught}
          onPhrase={setTaught}
          asked={{ state: variant, messages: messagesOf(turnId, side, reply.system) }}
        />
      )}
      <Unsure reply={reply} />
      {reply.state === 'done' && reply.text === '' && <p className={styles.waiting}>{t.noText}</p>}
      {reply.error && <ErrorNotice error={faultFrom(reply.error)} />}
      <p className={styles.figures}>{figures(reply).join(' · ')}</p>
    </article>
  );
});

/** Says where the model is less sure of its answer than a person asked for. */
function Unsure({ reply: { sureness } }: { readonly reply: Reply }) {
  const t = abstainText();
  const below = useAbstention((state) => state.below);
  if (sureness === null || below === 0 || sureness >= below / 100) return null;
  return (
    <Notice tone="warning" compact title={t.unsure}>
      {t.unsureWhy(formatPercent(sureness, 1), formatPercent(below / 100))}
    </Notice>
  );
}

/** What a side was sent for a turn of the open conversation. */
function messagesOf(turnId: string, side: Side, system: string) {
  const { turns = [] } = currentConversation(useChat.getState()) ?? {};
  return promptFor(system, turns, turnId, side);
}

/** One reply waits at a time. */
function Waiting() {
  const t = chatText();
  const note = useChat((state) => state.note);
  return <p className={styles.waiting}>{note === null ? t.readingPrompt : noteText(note)}…</p>;
}

function figures(reply: Reply): string[] {
  const t = chatText();
  const parts: string[] = [];
  if (reply.tokens > 0) parts.push(t.tokens(reply.tokens));
  if (reply.state !== 'done') return parts;
  const speed = replySpeed(reply);
  if (speed !== null) parts.push(t.speed(formatFixed(speed, 1)));
  if (reply.promptTokens > 0) parts.push(t.promptTokens(reply.promptTokens));
  if (reply.millisecondsToFirst > 0) {
    parts.push(t.firstAfter(formatDuration(reply.millisecondsToFirst)));
  }
  if (reply.sureness !== null) {
    parts.push(abstainText().sureness(formatPercent(reply.sureness, 1)));
  }
  parts.push(t.seed(reply.seed));
  if (reply.products === 'float16') parts.push(t.float16);
  if (reply.stopReason) parts.push(t.endings[reply.stopReason]);
  return parts;
}

import { memo } from 'react';
import { StudioError } from '../../errors.ts';
import { useChat } from '../../studio/chat.ts';
import { replySpeed, type Reply } from '../../studio/chat-document.ts';
import { formatCount, formatDuration, formatFixed } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Markdown } from './Markdown.tsx';

const endings: Readonly<Record<NonNullable<Reply['stopReason']>, string>> = {
  end: 'ended by itself',
  length: 'cut at the token limit',
  stopped: 'stopped',
  context: 'the context is full',
};

/** One model's answer with its figures. */
export const ReplyView = memo(function ReplyView({ reply }: { readonly reply: Reply }) {
  const live = reply.state === 'waiting' || reply.state === 'streaming';
  return (
    <article className="reply" aria-label={`Answer of ${reply.speaker}`} aria-busy={live}>
      <p className="reply__speaker">{reply.speaker}</p>
      {reply.state === 'waiting' && <Waiting />}
      {reply.text !== '' && <Markdown text={reply.text} />}
      {reply.state === 'done' && reply.text === '' && (
        <p className="reply__waiting">No text: the model ended at once.</p>
      )}
      {reply.error && <ErrorNotice error={new StudioError(reply.error)} />}
      <p className="reply__figures">{figures(reply).join(' · ')}</p>
    </article>
  );
});

/** One reply waits at a time. */
function Waiting() {
  const note = useChat((state) => state.note);
  return <p className="reply__waiting">{note === '' ? 'Reading the prompt' : note}…</p>;
}

function figures(reply: Reply): string[] {
  const parts: string[] = [];
  if (reply.tokens > 0) parts.push(formatCount(reply.tokens, 'token'));
  if (reply.state !== 'done') return parts;
  const speed = replySpeed(reply);
  if (speed !== null) parts.push(`${formatFixed(speed, 1)} tok/s`);
  if (reply.promptTokens > 0) parts.push(`prompt ${formatCount(reply.promptTokens, 'token')}`);
  if (reply.millisecondsToFirst > 0) {
    parts.push(`first token after ${formatDuration(reply.millisecondsToFirst)}`);
  }
  parts.push(`seed ${reply.seed}`);
  if (reply.stopReason) parts.push(endings[reply.stopReason]);
  return parts;
}

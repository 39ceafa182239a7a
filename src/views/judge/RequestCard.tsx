/** The next request in full, and the buttons without which it is not sent. */
import { Send, SendHorizontal, SkipForward, Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import { sendEstimate, shownRequest } from '../../studio/judge/judge-requests.ts';
import { useJudge } from '../../studio/judge/judge.ts';
import type { Judging } from '../../studio/judge/judge-session.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { formatDuration } from '../shared/format.ts';
import { Notice } from '../shared/Notice.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { judgeText } from './text.ts';
import judgeStyles from './judge.module.css';
import styles from './RequestCard.module.css';

/** Named as in the protocol. */
const method = 'POST';
const typeHeader = 'content-type: application/json'; // words: a header
const keyHeader = 'authorization:';
const scheme = 'Bearer';

export function RequestCard({ judging }: { readonly judging: Judging }) {
  const t = judgeText();
  const { on, halted } = useJudge();
  const request = shownRequest(judging);
  if (!request) {
    return (
      <Card title={t.nextRequest}>
        <p className={judgeStyles.note} role="status">
          {t.allDone}
        </p>
      </Card>
    );
  }
  const { endpoint, questions, candidates } = judging;
  const label = candidates[request.candidate]?.label ?? '';
  const elsewhere =
    on !== null && on !== request.address ? t.otherEndpoint(request.address, endpoint.model) : null;
  const reason = elsewhere ?? (on === null ? t.turnOnFirst : null);
  return (
    <Card title={t.nextRequest} aside={t.requestOf(label, request.question + 1, questions.length)}>
      <div className={styles.request}>
        <Request request={request} />
        {halted && <Notice tone="warning" compact title={t.halted} />}
        {elsewhere !== null && <Notice tone="info" compact title={elsewhere} />}
        <SendActions judging={judging} reason={reason} />
      </div>
    </Card>
  );
}

/** The request as it goes out, but for the key. */
function Request({
  request,
}: {
  readonly request: { readonly address: string; readonly body: string };
}) {
  const t = judgeText();
  const key = useJudge((state) => state.key);
  return (
    <>
      <p className={styles.line}>
        <strong>{method}</strong> <code>{request.address}</code>
      </p>
      <h3>{t.headers}</h3>
      <ul className={styles.headers}>
        <li>
          <code>{typeHeader}</code>
        </li>
        <li>
          <code>
            {keyHeader} {key === '' ? t.noKey : `${scheme} ${t.keyHidden}`}
          </code>
        </li>
      </ul>
      <h3>{t.body}</h3>
      <pre
        className={judgeStyles.verbatim}
        aria-label={t.body}
        role="region"
        // A scroll container must be reachable by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        {seenControls(request.body)}
      </pre>
    </>
  );
}

/** Sends the request, skips it, or sends all the rest; stops the request under way. */
function SendActions({
  judging,
  reason,
}: {
  readonly judging: Judging;
  /** Why nothing can be sent. */
  readonly reason: string | null;
}) {
  const t = judgeText();
  const { sending, approved, waitingUntil, sendOne, sendAll, skipOne, stop } = useJudge();
  const { requests, tokens, milliseconds } = sendEstimate(judging);
  const seconds = useSecondsUntil(waitingUntil);
  return (
    <div className={judgeStyles.act}>
      {sending === null ? (
        <>
          <Button
            variant="primary"
            icon={<SendHorizontal size={16} aria-hidden />}
            reason={reason}
            onClick={() => void sendOne()}
          >
            {t.sendOne}
          </Button>
          <Button icon={<SkipForward size={16} aria-hidden />} onClick={skipOne}>
            {t.skip}
          </Button>
          <Button
            icon={<Send size={16} aria-hidden />}
            reason={reason ?? (approved ? null : t.approveFirst)}
            onClick={() => void sendAll()}
          >
            {t.sendAll(requests)}
          </Button>
        </>
      ) : (
        <Button icon={<Square size={14} aria-hidden />} onClick={stop}>
          {t.stop}
        </Button>
      )}
      <span className={judgeStyles.note} role="status">
        {sending === null
          ? t.estimate(tokens, milliseconds === null ? null : formatDuration(milliseconds))
          : seconds > 0
            ? t.waiting(seconds)
            : t.sending(requests)}
      </span>
    </div>
  );
}

/** Counts down to a moment; 0 where there is none. */
function useSecondsUntil(moment: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (moment === null) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [moment]);
  return moment === null ? 0 : Math.max(0, Math.ceil((moment - now) / 1000));
}

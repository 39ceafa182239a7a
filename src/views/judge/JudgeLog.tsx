/** Every answer with its judgement, attempt by attempt. */
import { judgeAspects, type Judgement, type Judging } from '../../studio/judge/judge-session.ts';
import type { JudgeFault } from '../../contract/judge.ts';
import { formatDuration } from '../shared/format.ts';
import { seenControls } from '../shared/seen-controls.ts';
import { judgeText } from './text.ts';
import styles from './JudgeLog.module.css';
import judgeStyles from './judge.module.css';

export function JudgeLog({ judging }: { readonly judging: Judging }) {
  return (
    <ol className={styles.list}>
      {judging.questions.flatMap((question, index) =>
        judging.candidates.map(({ label, answers, judgements }, candidate) => (
          <LogEntry
            key={`${index}/${candidate}`}
            label={label}
            question={question}
            seen={judging.seen?.includes(index) ?? false}
            answer={answers[index] ?? null}
            judgement={judgements[index] ?? null}
          />
        )),
      )}
    </ol>
  );
}

interface LogEntryProps {
  readonly label: string;
  readonly question: Judging['questions'][number];
  /** It stands in the data of a run that answers. */
  readonly seen: boolean;
  readonly answer: string | null;
  readonly judgement: Judgement | null;
}

/** The outcome of an attempt, in a few words. */
function outcome({ answer, judgement }: Pick<LogEntryProps, 'answer' | 'judgement'>): string {
  const t = judgeText();
  if (answer === null) return t.tooLong;
  if (!judgement) return t.notSent;
  if (judgement.skipped) return t.skipped;
  const last = judgement.attempts.at(-1);
  const { scores = null, fault = null } = last ?? {};
  if (scores) return judgeAspects.map((aspect) => scores[aspect]).join(' · ');
  return fault ? t.faultNames[fault] : '';
}

/** Faults with a description from the endpoint or the browser. */
const told: ReadonlySet<JudgeFault | null> = new Set(['refused', 'unreachable'] as const);

function LogEntry({ label, question, seen, answer, judgement }: LogEntryProps) {
  const t = judgeText();
  const attempts = judgement && !judgement.skipped ? judgement.attempts : [];
  return (
    <li>
      <details>
        <summary>
          <span className={styles.outcome}>{outcome({ answer, judgement })}</span>{' '}
          <span>{seenControls(question.question.slice(0, 120))}</span>{' '}
          <span className={judgeStyles.note}>
            {seenControls(label)}
            {seen && ` · ${t.seenOne}`}
            {attempts.length > 0 && ` · ${t.attempts(attempts.length)}`}
          </span>
        </summary>
        <dl className={styles.texts}>
          <div>
            <dt>{t.question}</dt>
            <dd>{seenControls(question.question)}</dd>
          </div>
          <div>
            <dt>{t.reference}</dt>
            <dd>{seenControls(question.reference)}</dd>
          </div>
          <div>
            <dt>{t.answer}</dt>
            <dd>
              {answer === null ? t.tooLong : answer === '' ? t.emptyAnswer : seenControls(answer)}
            </dd>
          </div>
          {attempts.map((attempt, index) => (
            <div key={index}>
              <dt>{t.attempt(index + 1, attempts.length)}</dt>
              <dd>
                {[
                  attempt.fault ? t.faultNames[attempt.fault] : null,
                  told.has(attempt.fault) && attempt.detail !== ''
                    ? seenControls(attempt.detail)
                    : null,
                  attempt.status === null ? null : t.status(attempt.status),
                  formatDuration(attempt.milliseconds),
                ]
                  .filter(Boolean)
                  .join(' · ')}
                {attempt.reply !== '' && (
                  <pre className={judgeStyles.verbatim} aria-label={t.reply}>
                    {seenControls(attempt.reply)}
                  </pre>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </li>
  );
}

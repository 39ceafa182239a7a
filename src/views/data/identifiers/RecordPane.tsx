/** The whole record around a finding: every identifier marked, what would stand there beside it, and the decisions. */
import { clsx } from 'clsx';
import { Redo2, Undo2 } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { asStudioError, type StudioError } from '../../../faults/fault.ts';
import { readRecord } from '../../../studio/identifiers/identifiers.ts';
import { useWays } from '../../../studio/identifiers/ways.ts';
import type {
  Decision,
  FindingInMessage,
  FindingInSentence,
  RecordWithFindings,
} from '../../../contract/identifiers.ts';
import { Button, IconButton } from '../../shared/controls/Button.tsx';
import { CheckField, Segmented } from '../../shared/controls/Toggle.tsx';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { certaintyNames, identifiersText, kindNames, reasonWords } from './text-identifiers.ts';
import type { Review } from './use-review.ts';
import styles from './RecordPane.module.css';
import layoutStyles from '../../shared/layout.module.css';
import textStyles from '../../shared/text.module.css';

type Side = 'both' | 'before' | 'after';
const sides: readonly Side[] = ['both', 'before', 'after'];

export interface RecordPaneProps {
  readonly id: string;
  readonly finding: FindingInSentence;
  readonly review: Review;
}

export function RecordPane({ id, finding, review }: RecordPaneProps) {
  const t = identifiersText();
  const [side, setSide] = useState<Side>('both');
  const { record, error, dismissError } = useRecord(id, finding.row, review.decisions);
  const { kind, certainty, reason } = finding;
  return (
    <div className={styles.pane}>
      <Acts review={review} decision={finding.decision} />
      <div className={styles.head}>
        <span>
          <strong>{kindNames()[kind]}</strong>{' '}
          <span className={textStyles.quietSmall}>
            {t.why(reasonWords()[reason], certaintyNames()[certainty])}
          </span>
        </span>
        <Segmented
          size="small"
          label={t.view}
          value={side}
          choices={sides.map((value) => ({ value, label: t.views[value] }))}
          onChange={setSide}
        />
      </div>
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      {record && <Messages record={record} current={finding.place} side={side} />}
    </div>
  );
}

/** A record as it stands with the decisions so far; the one before stays in sight while the next is read. */
function useRecord(id: string, row: number, decisions: number) {
  const { ways } = useWays();
  const [record, setRecord] = useState<RecordWithFindings | null>(null);
  const [error, setError] = useState<StudioError | null>(null);
  useEffect(() => {
    let wanted = true;
    readRecord(id, row, ways).then(
      (read) => wanted && setRecord(read),
      (thrown: unknown) => wanted && setError(asStudioError(thrown)),
    );
    return () => {
      wanted = false;
    };
  }, [id, row, ways, decisions]);
  return { record, error, dismissError: () => setError(null) };
}

function Acts({ review, decision }: { readonly review: Review; readonly decision: Decision }) {
  const t = identifiersText();
  const [form, setForm] = useState(false);
  const { act, undo, redo, undoable, redoable, said } = review;
  const acts = [
    { to: 'replace', label: t.replace, key: 'A' },
    { to: 'keep', label: t.keep, key: 'K' },
    { to: 'open', label: t.undecide, key: 'U' },
  ] as const;
  return (
    <div className={clsx(layoutStyles.actions, styles.acts)}>
      {acts.map(({ to, label, key }) => (
        <Button
          key={to}
          size="small"
          variant={decision === to ? 'primary' : 'secondary'}
          aria-pressed={decision === to}
          aria-keyshortcuts={key}
          onClick={() => act(to, form)}
        >
          {label} <kbd className={styles.key}>{key}</kbd>
        </Button>
      ))}
      <CheckField label={t.ofForm} checked={form} onChange={setForm} />
      <span className={styles.way}>
        <IconButton
          size="small"
          label={t.undo}
          icon={<Undo2 size={15} aria-hidden />}
          reason={undoable ? null : t.nothingToUndo}
          onClick={undo}
        />
        <IconButton
          size="small"
          label={t.redo}
          icon={<Redo2 size={15} aria-hidden />}
          reason={redoable ? null : t.nothingToRedo}
          onClick={redo}
        />
      </span>
      <span className={clsx(styles.said, textStyles.quietSmall)} role="status">
        {said}
      </span>
    </div>
  );
}

interface MessagesProps {
  readonly record: RecordWithFindings;
  readonly current: number;
  readonly side: Side;
}

function Messages({ record, current, side }: MessagesProps) {
  const t = identifiersText();
  const roles: Readonly<Record<string, string>> = t.roles;
  return (
    <div className={styles.record}>
      <h3 className={styles.title}>{t.record(record.row + 1, record.line)}</h3>
      {record.messages.map(({ role, text, findings }, i) => (
        <div key={i} className={styles.message}>
          <h4>{roles[role] ?? role}</h4>
          <p>
            <Marked text={text} findings={findings} current={current} side={side} />
          </p>
        </div>
      ))}
    </div>
  );
}

function Marked({
  text,
  findings,
  current,
  side,
}: Omit<MessagesProps, 'record'> & {
  readonly text: string;
  readonly findings: readonly FindingInMessage[];
}) {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const finding of findings) {
    const { place, start, end, to, replacement } = finding;
    parts.push(seenControls(text.slice(from, start)));
    const stays = replacement === null || side === 'before';
    parts.push(
      <OneMark
        key={place}
        finding={finding}
        current={place === current}
        original={side === 'after' && !stays ? null : text.slice(start, stays ? end : to)}
        stands={stays ? null : replacement}
      />,
    );
    from = stays ? end : to;
  }
  return [...parts, seenControls(text.slice(from))];
}

interface OneMarkProps {
  readonly finding: FindingInMessage;
  readonly current: boolean;
  /** Null where only what stands for it is shown. */
  readonly original: string | null;
  readonly stands: string | null;
}

/** A finding, scrolled into sight when it is the one that is looked at. */
function OneMark({ finding: { kind, decision }, current, original, stands }: OneMarkProps) {
  const t = identifiersText();
  const mark = useRef<HTMLElement>(null);
  useEffect(() => {
    if (current) mark.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <mark
      ref={mark}
      className={styles.mark}
      data-decision={decision}
      aria-current={current || undefined}
      title={kindNames()[kind]}
    >
      {original !== null &&
        (stands === null ? seenControls(original) : <del>{seenControls(original)}</del>)}
      {stands !== null && (
        <ins aria-label={t.stands(seenControls(stands))}>{seenControls(stands)}</ins>
      )}
    </mark>
  );
}

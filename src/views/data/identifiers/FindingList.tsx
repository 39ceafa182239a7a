/** The findings, each in its sentence: only the visible rows exist. Keys move and decide. */
import { clsx } from 'clsx';
import { Check, Lock } from 'lucide-react';
import { useCallback, useEffect, useId, useRef, type KeyboardEvent } from 'react';
import { readFindings } from '../../../studio/identifiers/identifiers.ts';
import type { FindingInSentence } from '../../../contract/identifiers.ts';
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { usePages } from '../records/use-pages.ts';
import { useVirtualRows } from '../use-virtual-rows.ts';
import { certaintyNames, decisionNames, identifiersText, kindNames } from './text-identifiers.ts';
import type { Review } from './use-review.ts';
import listStyles from '../list.module.css';
import styles from './FindingList.module.css';
import textStyles from '../../shared/text.module.css';

const rowHeight = 52;
/** Characters of the sentence before a finding, so that the finding itself is in sight. */
const shownBefore = 32;

export interface FindingListProps {
  readonly id: string;
  readonly review: Review;
  readonly places: Uint32Array;
  /** Whether keys go to the list at once. */
  readonly focused: boolean;
}

export function FindingList({ id: set, review, places, focused }: FindingListProps) {
  const t = identifiersText();
  const id = useId();
  const { at, setAt } = review;
  const { attach, first, end, height, topOf, show } = useVirtualRows(places.length, rowHeight);
  const { rowAt, error, dismissError } = usePages(first, end, (from, count) =>
    readFindings(set, [...places.subarray(from, from + count)]),
  );
  const box = useRef<HTMLDivElement | null>(null);
  const hold = useCallback(
    (element: HTMLDivElement | null) => {
      box.current = element;
      attach(element);
    },
    [attach],
  );
  // Only when the page opens: whoever filters stays at the filter.
  useEffect(() => {
    if (focused) box.current?.focus({ preventScroll: true });
  }, [focused]);
  useEffect(() => show(at), [show, at]);

  const step = (event: KeyboardEvent): void => {
    // Those of Ctrl and Cmd hold for the whole review (use-undo-keys.ts).
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = actOf(event, review, places.length);
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <>
      {error && <ErrorNotice error={error} onDismiss={dismissError} />}
      <div
        ref={hold}
        className={styles.list}
        role="listbox"
        tabIndex={0}
        aria-label={t.list}
        aria-describedby={`${id}-keys`}
        aria-activedescendant={`${id}-${at}`}
        onKeyDown={step}
      >
        <div className={listStyles.all} style={{ height }}>
          {Array.from({ length: Math.max(0, end - first) }, (_, i) => {
            const index = first + i;
            const finding = rowAt(index);
            return (
              <Option
                key={index}
                id={`${id}-${index}`}
                finding={finding && review.current(finding)}
                place={{ index, of: places.length, top: topOf(index) }}
                selected={index === at}
                onClick={() => setAt(index)}
              />
            );
          })}
        </div>
      </div>
      <p className={clsx(styles.keys, textStyles.quietSmall)} id={`${id}-keys`}>
        {t.keys}
      </p>
    </>
  );
}

/** What a key does; null for a key that does nothing. */
function actOf(
  { key, shiftKey }: KeyboardEvent,
  { at, setAt, act, undo, redo }: Review,
  count: number,
): (() => void) | null {
  const to = (place: number) => () => setAt(place);
  const acts: Readonly<Record<string, () => void>> = {
    arrowdown: to(at + 1),
    arrowup: to(at - 1),
    pagedown: to(at + 8),
    pageup: to(at - 8),
    home: to(0),
    end: to(count - 1),
    a: () => act('replace', shiftKey),
    k: () => act('keep', shiftKey),
    u: () => act('open', shiftKey),
    z: shiftKey ? redo : undo,
    y: redo,
  };
  return acts[key.toLowerCase()] ?? null;
}

interface OptionProps {
  readonly id: string;
  /** Undefined while it is read. */
  readonly finding: FindingInSentence | undefined;
  /** Its index, the number of all rows, and its pixels from the top. */
  readonly place: { readonly index: number; readonly of: number; readonly top: number };
  readonly selected: boolean;
  readonly onClick: () => void;
}

function Option({ id, finding, place, selected, onClick }: OptionProps) {
  const t = identifiersText();
  return (
    // The list itself handles the keys; an option is only clicked.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      aria-setsize={place.of}
      aria-posinset={place.index + 1}
      aria-label={
        finding &&
        t.option(
          seenControls(finding.text),
          kindNames()[finding.kind],
          decisionNames()[finding.decision],
        )
      }
      className={clsx(listStyles.row, styles.row, selected && styles.selected)}
      data-decision={finding?.decision}
      style={{ transform: `translateY(${place.top}px)` }}
      onClick={onClick}
    >
      {finding ? <Sentence finding={finding} /> : <span data-waiting>…</span>}
    </div>
  );
}

function Sentence({ finding }: { readonly finding: FindingInSentence }) {
  const { before, text, after, kind, certainty, decision } = finding;
  const cut = before.length > shownBefore;
  return (
    <>
      <span className={styles.sentence}>
        {cut && '…'}
        {seenControls(before.slice(-shownBefore))}
        <mark className={styles.mark}>{seenControls(text)}</mark>
        {seenControls(after)}
      </span>
      <span className={styles.about}>
        <span>{kindNames()[kind]}</span>
        <span data-certainty={certainty}>{certaintyNames()[certainty]}</span>
        {decision !== 'open' && (
          <span className={styles.decided} data-decision={decision}>
            {decision === 'replace' ? (
              <Check size={13} strokeWidth={3} aria-hidden />
            ) : (
              <Lock size={12} aria-hidden />
            )}
            {decisionNames()[decision]}
          </span>
        )}
      </span>
    </>
  );
}

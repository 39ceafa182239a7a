/** The prompt for both models. Enter sends, Shift and Enter makes a line. */
import { clsx } from 'clsx';
import { SendHorizontal, Square } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { Button } from '../shared/controls/Button.tsx';
import { NotClinical } from '../shared/Notice.tsx';
import { chatText } from './text.ts';
import styles from './Composer.module.css';
import inputStyles from '../shared/controls/input.module.css';

export interface ComposerProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** Two models answer, not one. */
  readonly both: boolean;
  readonly speaking: boolean;
  /** Why nothing can be sent. */
  readonly reason: string | null;
  readonly onSend: () => void;
  readonly onStop: () => void;
  /** Below the prompt. */
  readonly children: ReactNode;
}

export function Composer({
  field,
  text,
  onText,
  both,
  speaking,
  reason,
  onSend,
  onStop,
  children,
}: ComposerProps) {
  const t = chatText();
  const refused = reason ?? (text.trim() === '' ? t.typeFirst : null);
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        if (refused === null && !speaking) onSend();
      }}
    >
      <textarea
        ref={field}
        className={clsx(styles.text, inputStyles.input)}
        aria-label={t.promptLabel}
        placeholder={both ? t.placeholderBoth : t.placeholder}
        rows={2}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
      {speaking ? (
        <Button icon={<Square size={14} aria-hidden />} onClick={onStop}>
          {t.stop}
        </Button>
      ) : (
        <Button
          type="submit"
          variant="primary"
          icon={<SendHorizontal size={16} aria-hidden />}
          reason={refused}
        >
          {t.send}
        </Button>
      )}
      <div className={styles.note}>
        <NotClinical />
        {children}
      </div>
    </form>
  );
}

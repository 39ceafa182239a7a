import { SendHorizontal, Square } from 'lucide-react';
import type { RefObject } from 'react';
import { Button } from '../shared/Button.tsx';
import { NotClinical } from '../shared/Notice.tsx';

export interface ComposerProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly speaking: boolean;
  /** Why nothing can be sent. */
  readonly reason: string | null;
  readonly onSend: () => void;
  readonly onStop: () => void;
}

/** The prompt for both models. Enter sends, Shift and Enter makes a line. */
export function Composer({ field, text, onText, speaking, reason, onSend, onStop }: ComposerProps) {
  const refused = reason ?? (text.trim() === '' ? 'Type a prompt first.' : null);
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (refused === null && !speaking) onSend();
      }}
    >
      <textarea
        ref={field}
        className="ui-input composer__text"
        aria-label="Prompt for both models"
        placeholder="Ask both models the same…"
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
          Stop
        </Button>
      ) : (
        <Button
          type="submit"
          variant="primary"
          icon={<SendHorizontal size={16} aria-hidden />}
          reason={refused}
        >
          Send
        </Button>
      )}
      <div className="composer__note">
        <NotClinical />
      </div>
    </form>
  );
}

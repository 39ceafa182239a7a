/** Progress, known or unknown. */
import { Progress as Bar } from 'radix-ui';
import { Button } from './controls/Button.tsx';
import { formatPercent } from './format.ts';
import { seenControls } from './seen-controls.ts';
import { sharedText } from './text.ts';
import './layout.css';

export interface ProgressProps {
  readonly label: string;
  /** 0 … 1, or null while the total is unknown. */
  readonly fraction: number | null;
  readonly note?: string;
  readonly onCancel?: () => void;
  /** Cancel was pressed and the worker has not stopped yet. */
  readonly cancelling?: boolean;
}

export function Progress({
  label,
  fraction,
  note = '',
  onCancel,
  cancelling = false,
}: ProgressProps) {
  const t = sharedText();
  const shown = fraction === null ? null : Math.max(0, Math.min(1, fraction));
  return (
    <div className="ui-progress">
      <div className="ui-progress__head">
        <span className="ui-progress__label">{seenControls(label)}</span>
        <span className="ui-progress__note">{cancelling ? t.cancelling : note}</span>
        <span className="ui-progress__percent">{shown === null ? '' : formatPercent(shown)}</span>
        {onCancel && (
          <Button size="small" onClick={onCancel} busy={cancelling}>
            {t.cancel}
          </Button>
        )}
      </div>
      <Bar.Root
        className="ui-progress__track"
        value={shown === null ? null : shown * 100}
        aria-label={label}
      >
        <Bar.Indicator
          className={
            shown === null ? 'ui-progress__bar ui-progress__bar--moving' : 'ui-progress__bar'
          }
          style={{ transform: `scaleX(${shown ?? 0.3})` }}
        />
      </Bar.Root>
    </div>
  );
}

/** Progress, known or unknown. */
import { clsx } from 'clsx';
import { Progress as Bar } from 'radix-ui';
import { Button } from './controls/Button.tsx';
import { formatPercent } from './format.ts';
import { seenControls } from './seen-controls.ts';
import { sharedText } from './text.ts';
import styles from './Progress.module.css';

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
    <div className={styles.progress}>
      <div className={styles.head}>
        <span className={styles.label}>{seenControls(label)}</span>
        <span className={styles.note}>{cancelling ? t.cancelling : note}</span>
        <span className={styles.percent}>{shown === null ? '' : formatPercent(shown)}</span>
        {onCancel && (
          <Button size="small" onClick={onCancel} busy={cancelling}>
            {t.cancel}
          </Button>
        )}
      </div>
      <Bar.Root
        className={styles.track}
        value={shown === null ? null : shown * 100}
        aria-label={label}
      >
        <Bar.Indicator
          className={shown === null ? clsx(styles.bar, styles.barMoving) : styles.bar}
          style={{ transform: `scaleX(${shown ?? 0.3})` }}
        />
      </Bar.Root>
    </div>
  );
}

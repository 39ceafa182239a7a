import { clsx } from 'clsx';
import { CircleAlert, CircleCheck, Info, TriangleAlert, X } from 'lucide-react';
import { useLayoutEffect, type ReactNode } from 'react';
import type { StudioError } from '../../faults/fault.ts';
import { useDevice } from '../../studio/device.ts';
import { IconButton } from './controls/Button.tsx';
import { errorText } from './faults/error-text.ts';
import { faultKey, isSameFault, useFaultsInPlace } from './faults/faults-in-place.ts';
import { seen, seenControls } from './seen-controls.ts';
import { sharedText } from './text.ts';
import styles from './Notice.module.css';
import layoutStyles from './layout.module.css';

export interface NoticeProps {
  readonly tone: 'info' | 'good' | 'warning' | 'error';
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly onDismiss?: () => void;
  readonly compact?: boolean;
}

const icons = { info: Info, good: CircleCheck, warning: TriangleAlert, error: CircleAlert };

/** A message in the page, with an icon as well as a colour. */
export function Notice({
  tone,
  title,
  children,
  actions,
  onDismiss,
  compact = false,
}: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div
      className={clsx(styles.notice, compact && styles.noticeCompact)}
      data-tone={tone}
      role={tone === 'error' ? 'alert' : 'status'}
    >
      <Icon size={18} aria-hidden className={styles.noticeIcon} />
      <div className={styles.noticeText}>
        <strong>{seen(title)}</strong>
        {seen(children)}
        {actions !== undefined && (
          <div className={clsx(layoutStyles.actions, styles.noticeActs)}>{actions}</div>
        )}
      </div>
      {onDismiss && (
        <IconButton
          size="small"
          label={sharedText().dismiss}
          icon={<X size={16} />}
          onClick={onDismiss}
        />
      )}
    </div>
  );
}

export interface ErrorNoticeProps {
  readonly error: StudioError;
  /** Buttons that carry out the remedy. */
  readonly actions?: ReactNode;
  readonly onDismiss?: () => void;
  /** The frame around the pages shows it, and not the part that failed. */
  readonly byShell?: boolean;
}

/** Every error the studio shows: what happened, what was kept, what to do. */
export function ErrorNotice({ error, byShell = false, onDismiss, ...rest }: ErrorNoticeProps) {
  const t = sharedText();
  const show = useFaultsInPlace((state) => state.show);
  const key = faultKey(error);
  useLayoutEffect(() => (byShell ? undefined : show(key)), [byShell, key, show]);
  const { message, kept, remedy } = errorText(error);
  const dismiss = (): void => {
    // A fault shown here need not be shown by the frame too.
    const { fault, dismissFault } = useDevice.getState();
    if (isSameFault(fault, error)) dismissFault();
    onDismiss?.();
  };
  return (
    <Notice tone="error" title={message} {...rest} {...(onDismiss && { onDismiss: dismiss })}>
      <dl className={styles.errorLines}>
        {kept !== '' && (
          <div>
            <dt>{t.kept}</dt>
            <dd>{kept}</dd>
          </div>
        )}
        <div>
          <dt>{t.whatToDo}</dt>
          <dd>{remedy}</dd>
        </div>
      </dl>
      <details className={styles.errorDetails}>
        <summary>{t.details}</summary>
        <dl>
          <div>
            <dt>{t.code}</dt>
            <dd>{error.code}</dd>
          </div>
          {message !== seenControls(error.message) && error.message !== error.code && (
            <div>
              <dt>{t.original}</dt>
              <dd lang="en">{seenControls(error.message)}</dd>
            </div>
          )}
          {Object.entries(error.data).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {seenControls(
                  typeof value === 'object' ? Object.values(value).join(', ') : String(value),
                )}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </Notice>
  );
}

/** The warning shown where a model speaks. */
export function NotClinical() {
  return (
    <p className={styles.notClinical}>
      <TriangleAlert size={14} aria-hidden /> {sharedText().notClinical}
    </p>
  );
}

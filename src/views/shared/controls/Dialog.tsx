/** Asks for confirmation before something is deleted. */
import { clsx } from 'clsx';
import { AlertDialog, Dialog as Radix } from 'radix-ui';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, buttonLook } from './Button.tsx';
import { sharedText } from '../text.ts';
import { seen } from '../seen-controls.ts';
import styles from './Dialog.module.css';
import buttonStyles from './Button.module.css';
import layoutStyles from '../layout.module.css';

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  readonly wide?: boolean;
  readonly children?: ReactNode;
}

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  actions,
  wide = false,
  children,
}: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={styles.overlay} />
        <Radix.Content
          className={wide ? clsx(styles.dialog, styles.dialogWide) : styles.dialog}
          // Focus on the first control would open its tooltip, which then takes the first Escape.
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            (event.currentTarget as HTMLElement).focus();
          }}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <header className={styles.dialogHead}>
            <Radix.Title>{seen(title)}</Radix.Title>
            {/* Without a tooltip, which would take the first Escape for itself. */}
            <Radix.Close
              className={clsx(buttonLook('ghost', 'small'), buttonStyles.buttonIcon)}
              aria-label={sharedText().close}
              title={sharedText().close}
            >
              <X size={16} aria-hidden />
            </Radix.Close>
          </header>
          {description !== undefined && (
            <Radix.Description className={styles.dialogDescription}>
              {seen(description)}
            </Radix.Description>
          )}
          {children}
          {actions !== undefined && (
            <div className={clsx(layoutStyles.actions, styles.dialogActions)}>{actions}</div>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  /** The question, which names the thing to be deleted. */
  readonly title: string;
  /** What is lost and what is kept. */
  readonly description: ReactNode;
  /** The act, such as "Remove data set". */
  readonly confirm: string;
  readonly onConfirm: () => void;
}

/** Asks before something is lost; the focus starts on Cancel. */
export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  description,
  confirm,
  onConfirm,
}: ConfirmDialogProps) {
  return (
    <AlertDialog.Root open={open} onOpenChange={onOpenChange}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={styles.overlay} />
        <AlertDialog.Content className={styles.dialog}>
          <AlertDialog.Title>{seen(title)}</AlertDialog.Title>
          <AlertDialog.Description className={styles.dialogDescription}>
            {seen(description)}
          </AlertDialog.Description>
          <div className={clsx(layoutStyles.actions, styles.dialogActions)}>
            <AlertDialog.Cancel asChild>
              <Button>{sharedText().cancel}</Button>
            </AlertDialog.Cancel>
            <AlertDialog.Action asChild>
              <Button variant="danger" onClick={onConfirm}>
                {confirm}
              </Button>
            </AlertDialog.Action>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** Buttons. */
import { clsx } from 'clsx';
import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { LoaderCircle } from 'lucide-react';
import { Tip } from './Tooltip.tsx';
import styles from './Button.module.css';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type'> {
  readonly variant?: 'primary' | 'secondary' | 'ghost' | 'danger';
  readonly size?: 'normal' | 'small';
  readonly icon?: ReactNode;
  /** Shows that the act is under way and refuses a second press. */
  readonly busy?: boolean;
  /** Why it cannot be pressed now; greys the button and is told on hover and to screen readers. */
  readonly reason?: string | null;
  readonly type?: 'button' | 'submit';
}

const variants = {
  primary: styles.buttonPrimary,
  secondary: undefined,
  ghost: styles.buttonGhost,
  danger: styles.buttonDanger,
};

/** The classes of a button, for links that look like one. */
export function buttonLook(
  variant: NonNullable<ButtonProps['variant']>,
  size: NonNullable<ButtonProps['size']> = 'normal',
): string {
  return clsx(styles.button, variants[variant], size === 'small' && styles.buttonSmall);
}

/** A button that names its act. Greyed by `reason` it stays focusable, so that the reason can be read. */
export function Button({
  variant = 'secondary',
  size = 'normal',
  icon,
  busy = false,
  reason = null,
  type = 'button',
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const refused = busy || reason !== null;
  const button = (
    <button
      {...rest}
      type={type}
      className={clsx(buttonLook(variant, size), className)}
      aria-disabled={refused || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (refused) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy ? <LoaderCircle className={styles.spin} aria-hidden size={16} /> : icon}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
  return reason === null ? button : <Tip text={reason}>{button}</Tip>;
}

export interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'children' | 'title'> {
  /** The act, for screen readers and as a tooltip. */
  readonly label: string;
  readonly icon: ReactNode;
}

/** A square button with an icon only; its name is the tooltip. */
export function IconButton({ label, icon, reason = null, className, ...rest }: IconButtonProps) {
  const button = (
    <Button
      variant="ghost"
      {...rest}
      aria-label={label}
      icon={icon}
      className={clsx(styles.buttonIcon, className)}
      aria-disabled={reason !== null || undefined}
    />
  );
  return <Tip text={reason ?? label}>{button}</Tip>;
}

/** Shows what to do where there is nothing yet. */
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { sharedText } from './text.ts';
import styles from './EmptyState.module.css';
import layoutStyles from './layout.module.css';

export interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  /** The next step, in a sentence. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly className?: string | undefined;
}

/** Nothing here yet: says the next step and offers it. */
export function EmptyState({ icon, title, children, actions, className }: EmptyStateProps) {
  return (
    <div className={clsx(styles.empty, className)}>
      {icon !== undefined && <div className={styles.emptyIcon}>{icon}</div>}
      <p className={styles.emptyTitle}>{title}</p>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && (
        <div className={clsx(layoutStyles.actions, styles.emptyActs)}>{actions}</div>
      )}
    </div>
  );
}

/** Keeps the place of something that is being fetched. */
export function Loading({ what, height }: { readonly what: string; readonly height?: number }) {
  return (
    <div className={styles.loading} role="status" style={{ minHeight: height }}>
      <span>{sharedText().loading(what)}</span>
    </div>
  );
}

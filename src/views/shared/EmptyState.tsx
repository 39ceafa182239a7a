/** What to do where there is nothing yet. */
import type { ReactNode } from 'react';
import { sharedText } from './text.ts';
import './layout.css';

export interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  /** The next step, in a sentence. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}

/** Nothing here yet: says the next step and offers it. */
export function EmptyState({ icon, title, children, actions }: EmptyStateProps) {
  return (
    <div className="ui-empty">
      {icon !== undefined && <div className="ui-empty__icon">{icon}</div>}
      <p className="ui-empty__title">{title}</p>
      {children !== undefined && <p>{children}</p>}
      {actions !== undefined && <div className="ui-actions">{actions}</div>}
    </div>
  );
}

/** Keeps the place of something that is being fetched. */
export function Loading({ what, height }: { readonly what: string; readonly height?: number }) {
  return (
    <div className="ui-loading" role="status" style={{ minHeight: height }}>
      <span>{sharedText().loading(what)}</span>
    </div>
  );
}

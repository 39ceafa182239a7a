/** Page heading, card, section. */
import { clsx } from 'clsx';
import { useId, type ReactNode } from 'react';
import { seen } from './seen-controls.ts';
import { ShortNames, type ShortName } from './figures/ShortNames.tsx';
import styles from './Card.module.css';
import layoutStyles from './layout.module.css';

export interface PageProps {
  readonly title: string;
  /** One sentence: what this step is for. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  /** Short names that the page uses, to be spelled out at its end. */
  readonly shortNames?: readonly ShortName[];
  readonly children: ReactNode;
}

/** The frame of every page: heading, one sentence, the page's main acts, then its cards. */
export function Page({ title, lead, actions, shortNames, children }: PageProps) {
  return (
    <div className={styles.page}>
      <header className={styles.pageHead}>
        <div className={styles.pageTitle}>
          <h1>{title}</h1>
          {lead !== undefined && <p>{lead}</p>}
        </div>
        {actions !== undefined && <div className={layoutStyles.actions}>{actions}</div>}
      </header>
      {children}
      {shortNames && <ShortNames of={shortNames} />}
    </div>
  );
}

export interface CardProps {
  readonly title?: ReactNode;
  /** A quiet line beside the title. */
  readonly aside?: ReactNode;
  readonly actions?: ReactNode;
  /** Lets tables and lists reach the card's edge. */
  readonly flush?: boolean;
  readonly className?: string | undefined;
  readonly children?: ReactNode;
}

export function Card({ title, aside, actions, flush = false, className, children }: CardProps) {
  const id = useId();
  return (
    <section
      className={clsx(styles.card, flush && styles.cardFlush, className)}
      aria-labelledby={title === undefined ? undefined : id}
    >
      {title !== undefined && (
        <header className={styles.cardHead}>
          <h2 id={id}>{seen(title)}</h2>
          {aside !== undefined && <span className={styles.cardAside}>{seen(aside)}</span>}
          {actions !== undefined && (
            <div className={clsx(layoutStyles.actions, styles.cardActs)}>{actions}</div>
          )}
        </header>
      )}
      {children !== undefined && <div className={styles.cardBody}>{children}</div>}
    </section>
  );
}

/** Named values, such as a model's facts. */
export function Facts({
  items,
}: {
  readonly items: readonly {
    readonly name: string;
    readonly value: ReactNode;
    /** Takes a line of its own. */
    readonly long?: boolean;
  }[];
}) {
  return (
    <dl className={styles.facts}>
      {items.map(({ name, value, long = false }) => (
        <div key={name} data-long={long}>
          <dt>{name}</dt>
          <dd>{seen(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

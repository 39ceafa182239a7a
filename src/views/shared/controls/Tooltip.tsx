/** Help on demand. */
import { Info } from 'lucide-react';
import { Tooltip } from 'radix-ui';
import type { ReactElement, ReactNode } from 'react';
import { sharedText } from '../text.ts';
import styles from './Tooltip.module.css';

/** Wraps the studio once; tooltips below open after a short rest of the pointer. */
export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  return <Tooltip.Provider delayDuration={350}>{children}</Tooltip.Provider>;
}

/** Text that appears on hover and on keyboard focus of its one child. */
export function Tip({
  text,
  children,
}: {
  readonly text: ReactNode;
  readonly children: ReactElement;
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content className={styles.tooltip} sideOffset={6} collisionPadding={8}>
          {text}
          <Tooltip.Arrow className={styles.tooltipArrow} />
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** One sentence of help on demand, behind a small "i". */
export function InfoTip({ about, text }: { readonly about: string; readonly text: ReactNode }) {
  return (
    <Tip text={text}>
      <button type="button" className={styles.info} aria-label={sharedText().about(about)}>
        <Info size={14} aria-hidden />
      </button>
    </Tip>
  );
}

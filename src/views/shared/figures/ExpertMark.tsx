/** The colour of an expert before its number. */
import { expertColour } from './colours.ts';
import styles from './ExpertMark.module.css';

export interface ExpertMarkProps {
  /** From 0; shown from 1. */
  readonly expert: number;
  /** Experts of the mixture; their number decides the colours. */
  readonly experts: number;
}

export function ExpertMark({ expert, experts }: ExpertMarkProps) {
  return (
    <span className={styles.mark}>
      <span
        className={styles.swatch}
        style={{ background: expertColour(expert, experts) }}
        aria-hidden
      />
      {expert + 1}
    </span>
  );
}

/** What lm-eval reports beside the share of right answers. */
import type { Figure } from '../../../contract/evaluation.ts';
import { formatPercent } from '../../shared/format.ts';
import { formatInterval } from '../MetricName.tsx';
import { harnessText } from './text-harness.ts';
import figuresStyles from '../figures.module.css';

/** Share right by the likelihood a character. */
export function NormedScore({ norm }: { readonly norm: Figure | null }) {
  if (!norm) return null;
  const interval = formatInterval(norm, 'accuracy');
  return (
    <span className={figuresStyles.form}>
      {harnessText().norm} {formatPercent(norm.value, 1)} {interval}
    </span>
  );
}

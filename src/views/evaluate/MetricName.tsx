/** A metric's name with its definition on demand, and a score with its interval. */
import type { AnswerMethod, Figure, TaskReport } from '../../contract/evaluation.ts';
import { formatFixed, formatPercent } from '../shared/format.ts';
import { InfoTip } from '../shared/controls/Tooltip.tsx';
import { metricText } from './text-metrics.ts';
import figuresStyles from './figures.module.css';
import styles from './MetricName.module.css';

/** Labels to name in the definition. */
const MOST_LABELS = 8;

export function MetricName({
  metric,
  method,
  labels = [],
}: {
  readonly metric: TaskReport['metric'];
  readonly method?: AnswerMethod;
  /** Labels in words that an answer is one of. */
  readonly labels?: readonly string[];
}) {
  const t = metricText();
  const name = t.names[metric];
  const more = labels.length > MOST_LABELS ? ['…'] : [];
  const named = [...labels.slice(0, MOST_LABELS), ...more];
  return (
    <span className={figuresStyles.metric}>
      {name}
      <InfoTip about={name} text={t.help[metric]} />
      {method !== undefined && <span className={styles.method}>{t.methods[method]}</span>}
      {labels.length > 0 && <span className={styles.method}>{t.labels(named)}</span>}
    </span>
  );
}

/** "31.3%", or a perplexity as it is. */
export function formatScore(value: number, metric: TaskReport['metric'] | null): string {
  return metric === 'perplexity' ? formatFixed(value, 2) : formatPercent(value, 1);
}

/** "20.0–42.5": the ends of an interval in the unit of its score. */
export function formatInterval(
  { interval }: Figure,
  metric: TaskReport['metric'] | null,
): string | null {
  if (!interval) return null;
  const scale = metric === 'perplexity' ? 1 : 100;
  const digits = metric === 'perplexity' ? 2 : 1;
  return `${formatFixed(interval.low * scale, digits)}–${formatFixed(interval.high * scale, digits)}`;
}

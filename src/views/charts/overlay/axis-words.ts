/** Values of the axis of compared curves, in figures and in words. */
import type { AxisName } from '../../../studio/runs/overlay-axis.ts';
import { formatCompact, formatDuration, formatInteger } from '../../shared/format.ts';
import { chartText } from '../text.ts';

export const axisValue: Readonly<Record<AxisName, (value: number) => string>> = {
  steps: formatInteger,
  tokens: formatCompact,
  time: formatDuration,
};

/** "Step 40", "1.2 M tokens", "3 min 20 s". */
export function axisWords(name: AxisName, value: number): string {
  const t = chartText();
  if (name === 'steps') return t.stepAt(value);
  return name === 'tokens' ? t.tokensAt(formatCompact(value)) : formatDuration(value);
}

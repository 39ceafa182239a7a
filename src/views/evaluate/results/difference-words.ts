/** Says in a sentence what a paired difference allows to say, and how many questions would show more. */
import type { Difference, TaskComparison } from '../../../contract/evaluation.ts';
import { formatFixed } from '../../shared/format.ts';
import { compareText } from './text-compare.ts';

const points = (share: number): string => formatFixed(Math.abs(share) * 100, 1);

/**
 * @param metric of the scores; averages have none
 * @param names of the two sides, first and second
 */
export function differenceWords(
  { value, items, shows, reach }: Difference,
  metric: TaskComparison['metric'] | null = null,
  names: readonly [string, string] = [compareText().first, compareText().second],
): string {
  const t = compareText();
  if (metric === 'perplexity') return shows ? t.differs : t.unseen(items);
  if (shows) return t.better(value > 0 ? names[1] : names[0], points(value), items);
  const wanted = reach && reach.questions > items ? [t.needed(reach.questions)] : [];
  return [
    t.unseen(items),
    ...(reach ? [visible(reach.visible, wanted.length > 0)] : []),
    ...wanted,
  ].join(t.between);
}

function visible(share: number | null, tooFew: boolean): string {
  const t = compareText();
  if (share === null) return t.blind;
  return tooFew ? t.visible(points(share)) : t.enough(points(share));
}

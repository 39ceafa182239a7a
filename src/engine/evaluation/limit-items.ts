/** Takes a part of many questions that has some of every task. */
import { groupByTask, type EvaluationItem } from './items.ts';

/** The first `most` items; with several tasks, taken from the tasks in turn. */
export function limitItems(items: readonly EvaluationItem[], most: number): EvaluationItem[] {
  if (most === 0 || items.length <= most) return [...items];
  const groups = groupByTask(items);
  const chosen = new Set<number>();
  for (let round = 0; chosen.size < most; round += 1) {
    for (const { places } of groups) {
      const place = places[round];
      if (place !== undefined && chosen.size < most) chosen.add(place);
    }
  }
  return items.filter((_item, place) => chosen.has(place));
}

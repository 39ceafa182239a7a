/** Counts of a stage's routing, by linear and task. */
import type { RoutingCounts } from '../run/run-events.ts';
import type { StageTrainer } from './stage-trainer.ts';

/** How often each expert and pair was chosen, by linear and task, since the stage began. */
export async function routingCounts(
  trainer: StageTrainer,
  tasks: readonly string[],
): Promise<RoutingCounts[]> {
  const all: RoutingCounts[] = [];
  for (const { counters, pairCounts, weightSums } of await trainer.readRouting()) {
    const { layer, projections, experts, active } = counters;
    const linears = projections.length;
    projections.forEach((projection, linear) => {
      tasks.forEach((task, index) => {
        const slot = index * linears + linear;
        const pairs = [
          ...pairCounts.subarray(slot * experts * experts, (slot + 1) * experts * experts),
        ];
        const weights = [...weightSums.subarray(slot * experts, (slot + 1) * experts)];
        const chosen = pairs.reduce(
          (sum, count, i) => (i % (experts + 1) === 0 ? sum + count : sum),
          0,
        );
        all.push({ layer, projection, task, tokens: chosen / active, pairs, weights });
      });
    });
  }
  return all;
}

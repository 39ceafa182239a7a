/** How long measuring takes: forecast from earlier measurements, and told from the questions answered so far. */
import type { EvaluationForecast } from '../../contract/evaluation.ts';
import type { ModelStateId } from '../../contract/fields.ts';
import { worker } from '../../worker/client.ts';
import type { SoFar } from '../tasks.ts';
import { chosenFiles, columnsFor, measuredRun, useEvaluation } from './evaluation.ts';

/** The time that these states take on the chosen questions, on an adapter by its name. @throws StudioError */
export async function forecastOf(
  states: readonly ModelStateId[],
  adapter: string,
): Promise<EvaluationForecast> {
  const { settings } = useEvaluation.getState();
  const files = await chosenFiles();
  const columns = columnsFor(measuredRun(states));
  const models = [...new Set(states.map(({ modelId }) => modelId))];
  const all = await Promise.all(
    models.map((modelId) => {
      const own = states.filter((state) => state.modelId === modelId).length;
      const toMeasure = { modelId, states: own, adapter, settings };
      return worker.call('evaluation.forecast', { ...toMeasure, files, columns });
    }),
  );
  const times = all.map(({ milliseconds }) => milliseconds);
  return {
    questions: all[0]?.questions ?? 0,
    milliseconds: times.includes(null) ? null : times.reduce<number>((a, b) => a + (b ?? 0), 0),
  };
}

/**
 * Milliseconds until all states are measured, as fast as between two moments; null where nothing was answered
 * between them.
 * @param others states that follow
 */
export function measuringTimeLeft(first: SoFar, now: SoFar, others: number): number | null {
  const done = now.fraction - first.fraction;
  if (!(done > 0) || now.at <= first.at) return null;
  const whole = (now.at - first.at) / done;
  return whole * (1 - now.fraction + others);
}

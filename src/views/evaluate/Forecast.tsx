/** Says how long the measurement will take that is about to be started, and how long the one under way still takes. */
import type { ModelStateId } from '../../contract/fields.ts';
import { adapterName, useDevice } from '../../studio/device.ts';
import { useEvaluation } from '../../studio/evaluation/evaluation.ts';
import { forecastOf, measuringTimeLeft } from '../../studio/evaluation/forecast.ts';
import { modelStateKey } from '../../studio/models/model-state-key.ts';
import { useTasks } from '../../studio/tasks.ts';
import { formatDuration } from '../shared/format.ts';
import { useAsync } from '../shared/use-async.ts';
import { forecastText } from './text-forecast.ts';
import textStyles from '../shared/text.module.css';

export function Forecast({ states }: { readonly states: readonly ModelStateId[] }) {
  const t = forecastText();
  const report = useDevice((state) => state.report);
  const { chosen, own, settings, running, results } = useEvaluation();
  const files = [...chosen, ...own.map(({ name, size }) => [name, size])];
  const adapter = report && adapterName(report);
  // Asked again when something was measured since: it tells how long others take.
  const measured = Math.max(0, ...results.map(({ updatedAt }) => updatedAt));
  const key =
    adapter === null || running || states.length === 0 || files.length === 0
      ? null
      : JSON.stringify([states.map(modelStateKey), files, settings, adapter, measured]);
  const found = useAsync(key, () => forecastOf(states, adapter ?? ''));
  if (found.status === 'loading') return <p className={textStyles.quiet}>{t.counting}</p>;
  if (found.status !== 'ready') return null;
  const { questions, milliseconds } = found.value;
  return (
    <p className={textStyles.quiet} role="status">
      {milliseconds === null
        ? t.unknown(questions, states.length)
        : t.known(questions, states.length, formatDuration(milliseconds))}
    </p>
  );
}

/** The time left of a measurement under way, from its answers so far. */
export function MeasuringTimeLeft({
  task,
  others,
}: {
  readonly task: string;
  /** States that follow. */
  readonly others: number;
}) {
  const t = forecastText();
  const moved = useTasks(({ tasks }) => tasks[task]?.moved ?? null);
  const left = moved && measuringTimeLeft(moved.first, moved.now, others);
  return (
    left !== null && (
      <p className={textStyles.quiet} role="status">
        {t.timeLeft(formatDuration(left))}
      </p>
    )
  );
}

/** Says how long the next run will take, as soon as steps were measured on this device. */
import type { ModelSummary } from '../../../contract/models.ts';
import { inLanguages } from '../../../studio/language.ts';
import { estimateOf } from '../../../studio/runs/pace.ts';
import { formatCount, formatDuration, formatInteger } from '../../shared/format.ts';
import type { Outlook } from '../run/use-outlook.ts';
import { usePaceOf } from './use-pace.ts';
import textStyles from '../../shared/text.module.css';

const estimateText = inLanguages({
  en: {
    counting: 'Counting the steps…',
    steps: (steps: number) =>
      `About ${formatCount(steps, 'step')}. A dry run tells how long one takes.`,
    time: (steps: number, step: string, all: string) =>
      `About ${formatCount(steps, 'step')} × ${step} ≈ ${all}`,
    beside: 'plus validation and sample answers',
  },
  zh: {
    counting: '正在统计步数…',
    steps: (steps) => `约 ${formatInteger(steps)} 步。试跑一次可得知每步需时。`,
    time: (steps, step, all) => `约 ${formatInteger(steps)} 步 × ${step} ≈ ${all}`,
    beside: '另加验证和样例回答的时间',
  },
});

export interface TimeEstimateProps {
  readonly outlook: Outlook;
  readonly model: ModelSummary | null;
}

export function TimeEstimate({ outlook, model }: TimeEstimateProps) {
  const t = estimateText();
  const pace = usePaceOf(model);
  if (outlook.looked?.status !== 'done') {
    return <span className={textStyles.quiet}>{outlook.task === null ? '' : t.counting}</span>;
  }
  const { stages } = outlook.looked.data;
  const { steps, stepMilliseconds, milliseconds } = estimateOf(stages, pace ?? 0);
  if (steps === 0) return <span />;
  if (pace === null) return <span role="status">{t.steps(steps)}</span>;
  return (
    <span role="status">
      {t.time(steps, formatDuration(stepMilliseconds), formatDuration(milliseconds))}{' '}
      <span className={textStyles.quiet}>{t.beside}</span>
    </span>
  );
}

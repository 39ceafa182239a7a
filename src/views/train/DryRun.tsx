/** Tries the fullest step of a run before the run begins: the button, its progress, and the result. */
import { FlaskConical } from 'lucide-react';
import { useState } from 'react';
import { usePace } from '../../studio/runs/pace.ts';
import { dryRun, type NewRun } from '../../studio/runs/runs.ts';
import type { StudioError } from '../../faults/fault.ts';
import type { DryRunReport } from '../../contract/runs.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { formatBytes, formatDuration, formatInteger } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { InfoTip } from '../shared/controls/Tooltip.tsx';
import { dryText } from './text-runs.ts';
import styles from './DryRun.module.css';
import rowsStyles from './rows.module.css';
import textStyles from '../shared/text.module.css';

type Outcome =
  | { readonly status: 'done'; readonly report: DryRunReport | null }
  | { readonly status: 'failed'; readonly error: StudioError };

export interface DryRunButtonProps {
  /** The run as it is set up; null while something is missing. */
  readonly run: Omit<NewRun, 'name'> | null;
  /** Why it cannot be tried now. */
  readonly reason: string | null;
}

/** Tries the fullest step of the run that is set up. */
export function DryRunPanel({ run, reason }: DryRunButtonProps) {
  const t = dryText();
  const [task, setTask] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<{ readonly of: string; readonly is: Outcome } | null>(
    null,
  );
  const keepPace = usePace((state) => state.keep);
  const key = JSON.stringify(run);
  const start = async () => {
    if (!run) return;
    setOutcome(null);
    const tried = await dryRun(run, setTask);
    setTask(null);
    if (tried.status === 'done') {
      setOutcome({ of: key, is: { status: 'done', report: tried.value } });
      if (tried.value) keepPace(run.modelId, tried.value.milliseconds / tried.value.rows);
    } else if (tried.status === 'failed') setOutcome({ of: key, is: tried });
  };
  // The findings hold for the run as it was then.
  const found = outcome?.of === key ? outcome.is : null;
  return (
    <div className={styles.dryRun}>
      <span className={rowsStyles.act}>
        <Button
          size="small"
          icon={<FlaskConical size={14} aria-hidden />}
          busy={task !== null}
          reason={reason}
          onClick={() => void start()}
        >
          {t.run}
        </Button>
        <InfoTip about={t.run} text={t.runHelp} />
      </span>
      {task !== null && <TaskProgress task={task} label={t.running} />}
      {found?.status === 'failed' && <ErrorNotice error={found.error} />}
      {found?.status === 'done' &&
        (found.report ? <DryRunResult report={found.report} /> : <p>{t.nothing}</p>)}
    </div>
  );
}

/** The findings of a dry run. */
export function DryRunResult({
  report,
  framed = false,
}: {
  readonly report: DryRunReport;
  /** In a separate card, where it belongs to a run. */
  readonly framed?: boolean;
}) {
  const t = dryText();
  const { stage, longest, fromData, rows, peakBytes, plannedBytes, milliseconds } = report;
  const facts = (
    <dl className={styles.facts} aria-label={t.show}>
      <dt>{t.longest}</dt>
      <dd>{(fromData ? t.tokens : t.madeUp)(formatInteger(longest))}</dd>
      <dt>{t.rows}</dt>
      <dd>{t.tokens(formatInteger(rows))}</dd>
      <dt>{t.peak}</dt>
      <dd>
        {formatBytes(peakBytes)}{' '}
        <span className={textStyles.quiet}>
          {peakBytes === plannedBytes ? t.asPlanned : t.planned(formatBytes(plannedBytes))}
        </span>
      </dd>
      <dt>{t.time}</dt>
      <dd>{formatDuration(milliseconds)}</dd>
    </dl>
  );
  if (framed) {
    return (
      <Card title={t.show} aside={t.fits(stage + 1)}>
        {facts}
      </Card>
    );
  }
  return (
    <div className={styles.found} role="status">
      <p>{t.fits(stage + 1)}</p>
      {facts}
    </div>
  );
}

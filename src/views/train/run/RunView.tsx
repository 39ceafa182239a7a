/** One run, under way or ended: progress, stages, curves, validation, log. */
import { useState } from 'react';
import { currentStage, isActive } from '../../../studio/runs/run-facts.ts';
import type { LiveCurves } from '../../../studio/runs/live-curves.ts';
import type { RunSummary, StageProgress } from '../../../contract/runs.ts';
import { RunCharts } from '../../charts/RunCharts.tsx';
import { HandedOffNotice } from '../../hand-off/HandedOffNotice.tsx';
import { formatInteger } from '../../shared/format.ts';
import { Notice } from '../../shared/Notice.tsx';
import { DryRunResult } from '../DryRun.tsx';
import { Remarks } from './Remarks.tsx';
import { RunOutcomes } from './RecordOutcomes.tsx';
import { RunFailure } from './RunFailure.tsx';
import { RunRecoveryNotice } from './RunRecoveryNotice.tsx';
import { RunNotesCard } from './RunNotes.tsx';
import { RunStatus } from './RunStatus.tsx';
import { SamplesCard } from './SamplesCard.tsx';
import { StageLine } from '../StageLine.tsx';
import { StepLog } from './StepLog.tsx';
import { trainText } from '../text.ts';
import { useSamples } from './use-samples.ts';
import { ValidationTable } from './ValidationTable.tsx';
import { VerdictCard } from './verdict/VerdictCard.tsx';
import styles from './RunView.module.css';

interface RunViewProps {
  readonly run: RunSummary;
  readonly source: LiveCurves;
}

/** A run as it goes on or went: progress, stages, curves, validation, log. */
export function RunView({
  run,
  source,
  onCompare,
}: RunViewProps & { readonly onCompare: () => void }) {
  // The curves depend on the plan of the stages only, not on how far they are.
  const [planned, setPlanned] = useState(run.stages);
  if (!samePlan(planned, run.stages)) setPlanned(run.stages);
  const samples = useSamples(run.id);
  const stage = isActive(run) || run.state === 'interrupted' ? currentStage(run) : null;
  return (
    <>
      <RunFailure run={run} />
      <RunRecoveryNotice run={run} />
      <HandedOffNotice run={run} />
      {run.kernelsChanged && (
        <Notice
          compact
          tone="warning"
          title={trainText().kernelsChanged(
            run.kernelsChanged.stage + 1,
            formatInteger(run.kernelsChanged.step),
          )}
        />
      )}
      <RunStatus run={run} source={source} />
      <VerdictCard run={run} source={source} samples={samples} onCompare={onCompare} />
      <StageLine recipe={run.recipe} progress={run.stages} current={stage} />
      <RunCharts source={source} stages={planned} />
      <Remarks run={run} source={source} />
      <SamplesCard key={run.id} run={run} samples={samples} />
      <ValidationTable run={run} source={source} />
      <StepLog source={source} name={run.name} />
      <div className={styles.runAbout}>
        <RunNotesCard key={run.id} run={run} />
        <RunOutcomes run={run} />
        {run.dryRun && <DryRunResult report={run.dryRun} framed />}
      </div>
    </>
  );
}

function samePlan(one: readonly StageProgress[], other: readonly StageProgress[]): boolean {
  return (
    one.length === other.length &&
    one.every(
      ({ name, steps }, index) => name === other[index]?.name && steps === other[index].steps,
    )
  );
}

/** One run, under way or ended: progress, stages, curves, validation, log. */
import { recipeTitle } from '../../../studio/evaluation/ablation-words.ts';
import { clsx } from 'clsx';
import { useState } from 'react';
import {
  currentStage,
  isActive,
  isOver,
  runProgress,
  shownState,
  timeLeft,
} from '../../../studio/runs/run-facts.ts';
import type { LiveCurves } from '../../../studio/runs/live-curves.ts';
import type { RunSummary, StageProgress } from '../../../contract/runs.ts';
import { RunCharts } from '../../charts/RunCharts.tsx';
import { useLiveVersion } from '../../charts/use-live-version.ts';
import {
  formatBytes,
  formatDuration,
  formatFixed,
  formatInteger,
  formatPercent,
  formatRate,
  unknown,
} from '../../shared/format.ts';
import { ErrorNotice, Notice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { Tag } from '../../shared/Tag.tsx';
import { deviceBytes, useDevice } from '../../../studio/device.ts';
import { DryRunResult } from '../DryRun.tsx';
import { Remarks } from './Remarks.tsx';
import { RunOutcomes } from './RecordOutcomes.tsx';
import { RunFailure } from './RunFailure.tsx';
import { RunRecoveryNotice } from './RunRecoveryNotice.tsx';
import { RunNotesCard } from './RunNotes.tsx';
import { SamplesCard } from './SamplesCard.tsx';
import { StageLine } from '../StageLine.tsx';
import { StepLog } from './StepLog.tsx';
import { trainText } from '../text.ts';
import { useSamples } from './use-samples.ts';
import { ValidationTable } from './ValidationTable.tsx';
import { VerdictCard } from './verdict/VerdictCard.tsx';
import { stateWords } from '../words.ts';
import styles from './RunView.module.css';
import textStyles from '../../shared/text.module.css';

export interface RunViewProps {
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

/** The kernels of the run, named on demand. */
function RunKernels({ run: { kernels } }: { readonly run: RunSummary }) {
  const choices = Object.entries(kernels?.choices ?? {});
  const t = trainText();
  if (choices.length === 0) return <span>{t.defaultKernels}</span>;
  const list = choices.map(([kernelClass, variant]) => `${kernelClass}: ${variant}`).join('\n');
  return <span title={list}>{t.tunedKernels(choices.length)}</span>;
}

function RunStatus({ run, source }: RunViewProps) {
  useLiveVersion(source);
  const { book } = source;
  const { done, total } = runProgress(run);
  const last = book.length - 1;
  const left = run.state === 'running' || run.state === 'paused' ? timeLeft(run, book) : null;
  const t = trainText();
  const { word, tone } = stateWords(shownState(run));
  const memory = useDevice(({ report }) => report && deviceBytes(report));
  const value = (name: 'nll' | 'tokensPerSecond' | 'gradientNorm') => book.curve(name)[last];
  const loss = value('nll');
  const speed = value('tokensPerSecond');
  return (
    <>
      {typeof source.status === 'object' && <ErrorNotice error={source.status} />}
      <section className={styles.status} aria-label={t.progress}>
        <div className={styles.statusHead}>
          <strong className={styles.statusName}>{seenControls(run.name)}</strong>
          <Tag tone={tone}>{word}</Tag>
          <span className={textStyles.quiet}>
            {seenControls(`${run.modelName} · ${recipeTitle(run.recipe.name)} · ${run.adapter}`)} ·{' '}
            <RunKernels run={run} />
          </span>
        </div>
        <Track run={run} />
        <dl className={styles.statusFacts}>
          <Fact name={t.done} value={formatPercent(total > 0 ? done / total : 0)} />
          <Fact name={t.step} value={`${formatInteger(done)} / ${formatInteger(total)}`} />
          <RecordsFact run={run} />
          <Fact name={t.timeLeft} value={left === null ? unknown : formatDuration(left)} />
          <Fact name={t.loss} value={loss === undefined ? unknown : formatFixed(loss, 3)} />
          <Fact name={t.speed} value={speed === undefined ? unknown : formatRate(speed, 1000)} />
          <Fact
            name={t.deviceMemory}
            value={!isActive(run) || memory === null ? unknown : formatBytes(memory)}
          />
          <Fact name={t.lastCheckpoint} value={checkpointWords(run)} />
        </dl>
      </section>
    </>
  );
}

function checkpointWords(run: RunSummary): string {
  const t = trainText();
  const { checkpoint } = run;
  if (checkpoint) return t.at(checkpoint.stage + 1, formatInteger(checkpoint.step));
  return isOver(run) ? t.notNeeded : t.noneYet;
}

/** The steps done, stage by stage. */
function Track({ run }: Pick<RunViewProps, 'run'>) {
  const { done, total } = runProgress(run);
  return (
    <div
      className={styles.statusTrack}
      role="progressbar"
      aria-label={trainText().stepsDone}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
    >
      {run.stages.map(({ name, steps, stepsDone }, index) => (
        <span
          key={name}
          className={clsx(styles.statusStage, index % 2 === 1 && styles.statusStageSecond)}
          style={{ flexGrow: Math.max(steps, 1) }}
        >
          <span style={{ transform: `scaleX(${steps > 0 ? stepsDone / steps : 0})` }} />
        </span>
      ))}
    </div>
  );
}

/** Records of a run; tokenising goes on beside the training, and its progress is shown meanwhile. */
function RecordsFact({ run: { data, state } }: Pick<RunViewProps, 'run'>) {
  const t = trainText();
  if (!data) return <Fact name={t.recordsName} value={unknown} />;
  const { training, validation, withoutTargets, tokenised } = data;
  const known = training + validation;
  if (tokenised === undefined || state === 'done') {
    return <Fact name={t.recordsName} value={formatInteger(known)} />;
  }
  const total = formatInteger(known + withoutTargets);
  return <Fact name={t.recordsTokenised} value={`${formatInteger(tokenised)} / ${total}`} />;
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

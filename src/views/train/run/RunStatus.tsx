/** How far a run is, what it does at the moment, and the loss that can be told of it. */
import { recipeTitle } from '../../../studio/evaluation/ablation-words.ts';
import { clsx } from 'clsx';
import { useActivity } from '../../../studio/runs/activity.ts';
import { recentLoss } from '../../../studio/runs/comparison.ts';
import {
  currentStage,
  isActive,
  isOver,
  runProgress,
  shownState,
} from '../../../studio/runs/run-facts.ts';
import { timeLeft } from '../../../studio/runs/time-left.ts';
import { verdictOf, wholeChanges } from '../../../studio/runs/verdict.ts';
import type { CurveBook } from '../../../studio/runs/curves.ts';
import type { LiveCurves } from '../../../studio/runs/live-curves.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { deviceBytes, useDevice } from '../../../studio/device.ts';
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
import { ErrorNotice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { Tag } from '../../shared/Tag.tsx';
import { activityWords, useNow } from '../activity-words.ts';
import { trainText } from '../text.ts';
import { stateWords } from '../words.ts';
import styles from './RunStatus.module.css';
import textStyles from '../../shared/text.module.css';

/** The kernels of the run, named on demand. */
function RunKernels({ run: { kernels } }: { readonly run: RunSummary }) {
  const choices = Object.entries(kernels?.choices ?? {});
  const t = trainText();
  if (choices.length === 0) return <span>{t.defaultKernels}</span>;
  const list = choices.map(([kernelClass, variant]) => `${kernelClass}: ${variant}`).join('\n');
  return <span title={list}>{t.tunedKernels(choices.length)}</span>;
}

interface RunStatusProps {
  readonly run: RunSummary;
  readonly source: LiveCurves;
}

export function RunStatus({ run, source }: RunStatusProps) {
  useLiveVersion(source);
  const { book } = source;
  const { done, total } = runProgress(run);
  const t = trainText();
  const { word, tone } = stateWords(shownState(run));
  const memory = useDevice(({ report }) => report && deviceBytes(report));
  const speed = book.curve('tokensPerSecond').at(-1);
  const doing = useActivity((state) => state.doing[run.id]);
  const busy = isActive(run) && doing?.activity ? doing : null;
  const now = useNow(busy !== null);
  const going = run.state === 'running' || run.state === 'paused' || run.state === 'finalising';
  const left = going ? timeLeft(run, book, busy ?? doing, now) : null;
  return (
    <>
      {typeof source.status === 'object' && <ErrorNotice error={source.status} />}
      <section className={styles.status} aria-label={t.progress}>
        <div className={styles.statusHead}>
          <strong className={styles.statusName}>{seenControls(run.name)}</strong>
          <Tag tone={tone}>{word}</Tag>
          <span className={textStyles.quiet}>
            {seenControls(
              [run.modelName, recipeTitle(run.recipe.name), run.adapter]
                .filter(Boolean)
                .join(' · '),
            )}{' '}
            · <RunKernels run={run} />
          </span>
        </div>
        <Track run={run} />
        {isActive(run) && (
          <p className={styles.doing}>{busy ? activityWords(busy, now) : stepsWords(run)}</p>
        )}
        <dl className={styles.statusFacts}>
          <Fact name={t.done} value={formatPercent(total > 0 ? done / total : 0)} />
          <Fact name={t.step} value={`${formatInteger(done)} / ${formatInteger(total)}`} />
          <RecordsFact run={run} />
          <Fact name={t.timeLeft} value={left === null ? unknown : formatDuration(left)} />
          <LossFacts run={run} book={book} />
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

function stepsWords(run: RunSummary): string {
  const { done, total } = runProgress(run);
  const going = run.state === 'running' && done < total;
  return going ? trainText().takingSteps(currentStage(run) + 1) : '';
}

/**
 * The loss that can be told of a run: what validation found, from the base model to what the run ended with, else a
 * mean over the last steps. The loss of one batch jumps by chance, and stands in the curve and the log only.
 */
function LossFacts({ run, book }: { readonly run: RunSummary; readonly book: CurveBook }) {
  const t = trainText();
  const measured = isOver(run) ? wholeChanges(verdictOf(run, book)) : [];
  if (measured.length > 0) {
    return measured.map(({ kind, change: { from, to, records } }) => (
      <Fact
        key={kind}
        name={t.validated(t.kinds[kind], records)}
        value={`${formatFixed(from, 3)} → ${formatFixed(to, 3)}`}
      />
    ));
  }
  const recent = recentLoss(book);
  if (!recent) return <Fact name={t.loss} value={unknown} />;
  return <Fact name={t.meanLoss(recent.steps)} value={formatFixed(recent.value, 3)} />;
}

function checkpointWords(run: RunSummary): string {
  const t = trainText();
  const { checkpoint } = run;
  if (checkpoint) return t.at(checkpoint.stage + 1, formatInteger(checkpoint.step));
  return isOver(run) ? t.notNeeded : t.noneYet;
}

/** The steps done, stage by stage. */
function Track({ run }: Pick<RunStatusProps, 'run'>) {
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
function RecordsFact({ run: { data, state } }: Pick<RunStatusProps, 'run'>) {
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

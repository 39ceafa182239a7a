/** The choices of kernels: candidates, times, Tune again, Use defaults. */
import { clsx } from 'clsx';
import { RotateCcw, Timer } from 'lucide-react';
import { useEffect } from 'react';
import { useDevice } from '../../studio/device.ts';
import { selectedModel, useModels } from '../../studio/models/models.ts';
import { useRecipe } from '../../studio/runs/recipe.ts';
import { activeRun } from '../../studio/runs/run-facts.ts';
import { useRuns } from '../../studio/runs/runs.ts';
import {
  useTuning,
  type TunedCandidate,
  type ReportedClass,
  type TuningReport,
} from '../../studio/tuning.ts';
import { Button } from '../shared/controls/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { formatTime } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { candidateTime, className, classSizes, timedShape } from './kernel-words.ts';
import { kernelsText, settingsText } from './text.ts';
import styles from './KernelsCard.module.css';

/** Which variant of each kernel the device uses, what was timed, and the acts that change it. */
export function KernelsCard() {
  const t = kernelsText();
  const { report, task, error, load, tune, reset, dismissError } = useTuning();
  const recipe = useRecipe((state) => state.recipe);
  const model = useModels(selectedModel);
  const run = useRuns(activeRun);
  const phase = useDevice((state) => state.phase);
  useEffect(() => {
    if (phase === 'ready') void load();
  }, [phase, load]);
  const reason = whyNot(phase === 'failed', model !== null, run !== null);
  const tuned = report?.tuned ?? null;
  return (
    <Card
      title={t.title}
      aside={tuned ? t.tunedAt(formatTime(tuned.tunedAt)) : report ? t.defaults : undefined}
      actions={
        <>
          <Button
            size="small"
            icon={<RotateCcw size={14} aria-hidden />}
            reason={tuned ? (task === null ? null : t.beingTimed) : t.inUse}
            onClick={() => void reset()}
          >
            {t.useDefaults}
          </Button>
          <Button
            size="small"
            variant={tuned ? 'secondary' : 'primary'}
            icon={<Timer size={14} aria-hidden />}
            reason={reason}
            busy={task !== null}
            onClick={() => {
              if (model) void tune(model.id, recipe);
            }}
          >
            {tuned === null ? t.tune : tuned.unfinished ? t.goOn : t.tuneAgain}
          </Button>
        </>
      }
    >
      <div className={styles.kernels}>
        <p className={styles.lead}>{t.lead}</p>
        {error && <ErrorNotice error={error} onDismiss={dismissError} />}
        {report?.software && <SoftwareNote />}
        {task !== null && <TaskProgress task={task} label={t.timing} />}
        {!report && !error && phase === 'opening' && <Loading what={t.noun} height={160} />}
        {report && !tuned && task === null && <Untuned software={report.software} />}
        {tuned && <Choices tuned={tuned} />}
      </div>
    </Card>
  );
}

function whyNot(failed: boolean, model: boolean, run: boolean): string | null {
  if (failed) return settingsText().noDevice;
  if (!model) return settingsText().noModel;
  return run ? kernelsText().run : null;
}

function SoftwareNote() {
  const t = kernelsText();
  return (
    <Notice tone="info" compact title={t.softwareTitle}>
      <span>{t.softwareNote}</span>
    </Notice>
  );
}

function Untuned({ software }: { readonly software: boolean }) {
  const t = kernelsText();
  return (
    <EmptyState icon={<Timer size={28} aria-hidden />} title={t.untuned}>
      {software ? t.untunedSoftware : t.untunedGpu}
    </EmptyState>
  );
}

function kernelColumns(): readonly Column<ReportedClass>[] {
  const t = kernelsText();
  return [
    {
      key: 'class',
      header: t.computation,
      rowHeader: true,
      cell: (tuned) => (
        <span className={styles.class}>
          <span>{className(tuned)}</span>
          <span className={styles.sizes}>{classSizes(tuned)}</span>
        </span>
      ),
    },
    {
      key: 'shape',
      header: t.timedAt,
      cell: (tuned) => <span className={styles.shape}>{timedShape(tuned)}</span>,
    },
    { key: 'chosen', header: t.chosen, cell: (tuned) => <InUse tuned={tuned} /> },
    { key: 'candidates', header: t.candidates, cell: (tuned) => <Candidates tuned={tuned} /> },
  ];
}

function Choices({ tuned }: { readonly tuned: NonNullable<TuningReport['tuned']> }) {
  const t = kernelsText();
  const counted = (
    states: readonly TunedCandidate['state'][],
    { candidates }: ReportedClass,
  ): number => candidates.filter(({ state }) => states.includes(state)).length;
  const inSeconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(1);
  const summary = t.summary({
    timed: tuned.classes.filter((each) => counted(['timed'], each) > 0).length,
    checked: tuned.classes.reduce(
      (sum, each) => sum + counted(['timed', 'checked', 'wrong', 'failed'], each),
      0,
    ),
    changed: tuned.classes.filter(({ chosen, standard }) => chosen !== standard).length,
    left: tuned.classes.filter((each) => counted(['skipped'], each) > 0).length,
    timing: inSeconds(tuned.milliseconds),
    checking: inSeconds(tuned.checking),
  });
  return (
    <>
      <p className={styles.summary}>{summary}</p>
      <Table
        caption={t.table}
        columns={kernelColumns()}
        rows={tuned.classes.filter((each) => counted(['skipped'], each) === 0)}
        rowKey={({ kernelClass }) => kernelClass}
      />
    </>
  );
}

function InUse({ tuned: { chosen, standard } }: { readonly tuned: ReportedClass }) {
  const t = kernelsText();
  return (
    <span className={styles.class}>
      <code>{chosen}</code>
      <span className={styles.sizes}>
        {chosen === standard ? t.isDefault : t.insteadOf(standard)}
      </span>
    </span>
  );
}

function Candidates({ tuned }: { readonly tuned: ReportedClass }) {
  const timed = [...tuned.candidates].sort(
    (a, b) => (a.milliseconds ?? Infinity) - (b.milliseconds ?? Infinity),
  );
  return (
    <ul className={styles.candidates}>
      {timed.map((candidate) => (
        <CandidateItem
          key={candidate.variant}
          candidate={candidate}
          chosen={candidate.variant === tuned.chosen}
        />
      ))}
    </ul>
  );
}

function CandidateItem({
  candidate,
  chosen,
}: {
  readonly candidate: TunedCandidate;
  readonly chosen: boolean;
}) {
  const { variant, state } = candidate;
  return (
    <li
      className={clsx(
        styles.candidate,
        chosen && styles.candidateChosen,
        (state === 'wrong' || state === 'failed') && styles.candidateExcluded,
      )}
    >
      <code>{variant}</code> <span>{candidateTime(candidate)}</span>
    </li>
  );
}

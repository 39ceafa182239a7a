import { RotateCcw, Timer } from 'lucide-react';
import { useEffect } from 'react';
import { useDevice } from '../../studio/device.ts';
import { selectedModel, useModels } from '../../studio/models.ts';
import { useRecipe } from '../../studio/recipe.ts';
import { activeRun, useRuns } from '../../studio/runs.ts';
import {
  useTuning,
  type TunedCandidate,
  type TunedClass,
  type TuningReport,
} from '../../studio/tuning.ts';
import { Button } from '../shared/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { classes } from '../shared/classes.ts';
import { EmptyState, Loading } from '../shared/EmptyState.tsx';
import { formatCount, formatTime } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { TaskProgress } from '../shared/TaskProgress.tsx';
import { candidateTime, className, classSizes } from './kernel-words.ts';
import './settings.css';

/** Which variant of each kernel the device uses, what was timed, and the acts that change it. */
export function KernelsCard() {
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
      title="Kernel choices"
      aside={tuned ? `tuned ${formatTime(tuned.tunedAt)}` : report ? 'defaults' : undefined}
      actions={
        <>
          <Button
            size="small"
            icon={<RotateCcw size={14} aria-hidden />}
            reason={
              tuned
                ? task === null
                  ? null
                  : 'Kernels are being timed.'
                : 'The defaults are in use.'
            }
            onClick={() => void reset()}
          >
            Use defaults
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
            {tuned ? 'Tune again' : 'Tune'}
          </Button>
        </>
      }
    >
      <div className="kernels">
        <p className="kernels__lead">
          Most computations have several kernels, and which one is fastest depends on the device.
          Tuning times them at the sizes that the chosen model and recipe need, and begins nothing
          new after two seconds. Each is first checked against a float64 reference; one that is
          wrong, or not the same twice, is never used. A run keeps the choices it was started with,
          also when it is resumed.
        </p>
        {error && <ErrorNotice error={error} onDismiss={dismissError} />}
        {report?.software && <SoftwareNote />}
        {task !== null && <TaskProgress task={task} label="Timing kernel variants" />}
        {!report && !error && phase === 'opening' && <Loading what="kernel choices" height={160} />}
        {report && !tuned && task === null && <Untuned software={report.software} />}
        {tuned && <Choices tuned={tuned} />}
      </div>
    </Card>
  );
}

function whyNot(failed: boolean, model: boolean, run: boolean): string | null {
  if (failed) return 'There is no WebGPU device.';
  if (!model) return 'Choose a model first.';
  return run ? 'A run is on the device; tune when it is done or stopped.' : null;
}

function SoftwareNote() {
  return (
    <Notice tone="info" compact title="A software adapter is tuned only when you ask.">
      <span>
        Its defaults were measured on such adapters, and on a busy processor two seconds can pick by
        chance.
      </span>
    </Notice>
  );
}

function Untuned({ software }: { readonly software: boolean }) {
  return (
    <EmptyState icon={<Timer size={28} aria-hidden />} title="The defaults are in use">
      {software
        ? 'Every computation uses the kernel that is best on software adapters.'
        : 'This device is tuned before its first run; “Tune” does it now.'}
    </EmptyState>
  );
}

const columns: readonly Column<TunedClass>[] = [
  {
    key: 'class',
    header: 'Computation',
    rowHeader: true,
    cell: ({ kernelClass }) => (
      <span className="kernels__class">
        <span>{className(kernelClass)}</span>
        <span className="kernels__sizes">{classSizes(kernelClass)}</span>
      </span>
    ),
  },
  {
    key: 'shape',
    header: 'Timed at',
    cell: ({ shape }) => <span className="kernels__shape">{shape}</span>,
  },
  { key: 'chosen', header: 'In use', cell: (tuned) => <InUse tuned={tuned} /> },
  {
    key: 'candidates',
    header: 'Candidates, median of one run',
    cell: (tuned) => <Candidates tuned={tuned} />,
  },
];

function Choices({ tuned }: { readonly tuned: NonNullable<TuningReport['tuned']> }) {
  const timed = tuned.classes.filter(({ candidates }) =>
    candidates.some(({ state }) => state === 'timed'),
  ).length;
  const changed = tuned.classes.filter(({ chosen, standard }) => chosen !== standard).length;
  const seconds = (tuned.milliseconds / 1000).toFixed(1);
  return (
    <>
      <p className="kernels__summary">
        {formatCount(timed, 'computation')} timed in {seconds} s;{' '}
        {changed === 0
          ? 'the defaults were fastest in all of them'
          : `${changed} of them now use another kernel than the default`}
        {tuned.unfinished &&
          '. Time was over before every candidate had its turn: those keep the default'}
        .
      </p>
      <Table
        caption="Kernel choices by computation"
        columns={columns}
        rows={tuned.classes}
        rowKey={({ kernelClass }) => kernelClass}
      />
    </>
  );
}

function InUse({ tuned: { chosen, standard } }: { readonly tuned: TunedClass }) {
  return (
    <span className="kernels__class">
      <code>{chosen}</code>
      <span className="kernels__sizes">
        {chosen === standard ? 'default' : `instead of ${standard}`}
      </span>
    </span>
  );
}

function Candidates({ tuned }: { readonly tuned: TunedClass }) {
  const timed = [...tuned.candidates].sort(
    (a, b) => (a.milliseconds ?? Infinity) - (b.milliseconds ?? Infinity),
  );
  return (
    <ul className="kernels__candidates">
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
      className={classes(
        'kernels__candidate',
        chosen && 'kernels__candidate--chosen',
        (state === 'wrong' || state === 'failed') && 'kernels__candidate--excluded',
      )}
    >
      <code>{variant}</code> <span>{candidateTime(candidate)}</span>
    </li>
  );
}

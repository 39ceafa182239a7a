import { useState } from 'react';
import {
  currentStage,
  isActive,
  runProgress,
  timeLeft,
  type LiveCurves,
} from '../../studio/runs.ts';
import type { RunSummary, StageProgress } from '../../worker/protocol.ts';
import { RunCharts } from '../charts/RunCharts.tsx';
import { useLiveVersion } from '../charts/use-live-version.ts';
import { Card } from '../shared/Card.tsx';
import {
  formatCount,
  formatDuration,
  formatFixed,
  formatInteger,
  formatNumber,
  formatPercent,
  unknown,
} from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Table } from '../shared/Table.tsx';
import { Tag } from '../shared/Tag.tsx';
import { RunFailure } from './RunFailure.tsx';
import { StageLine } from './StageLine.tsx';
import { StepLog } from './StepLog.tsx';
import { stateWords } from './words.ts';

export interface RunViewProps {
  readonly run: RunSummary;
  readonly source: LiveCurves;
}

/** A run as it goes on or went: progress, stages, curves, validation, log. */
export function RunView({ run, source }: RunViewProps) {
  // The curves depend on the plan of the stages only, not on how far they are.
  const [planned, setPlanned] = useState(run.stages);
  if (!samePlan(planned, run.stages)) setPlanned(run.stages);
  const stage = isActive(run) || run.state === 'interrupted' ? currentStage(run) : null;
  return (
    <>
      <RunFailure run={run} />
      <RunStatus run={run} source={source} />
      <StageLine recipe={run.recipe} progress={run.stages} current={stage} />
      <RunCharts source={source} stages={planned} />
      <ValidationTable run={run} source={source} />
      <StepLog source={source} />
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

/** The kernels that the run keeps to; which they are, on demand. */
function RunKernels({ run: { kernels } }: { readonly run: RunSummary }) {
  const choices = Object.entries(kernels?.choices ?? {});
  if (choices.length === 0) return <span>default kernels</span>;
  const list = choices.map(([kernelClass, variant]) => `${kernelClass}: ${variant}`).join('\n');
  return <span title={list}>{formatCount(choices.length, 'tuned kernel')}</span>;
}

function RunStatus({ run, source }: RunViewProps) {
  useLiveVersion(source);
  const { book } = source;
  const { done, total } = runProgress(run);
  const last = book.length - 1;
  const left = run.state === 'running' || run.state === 'paused' ? timeLeft(run, book) : null;
  const { word, tone } = stateWords[run.state];
  const value = (name: 'nll' | 'tokensPerSecond' | 'gradientNorm') => book.curve(name)[last];
  const loss = value('nll');
  const speed = value('tokensPerSecond');
  const share = total > 0 ? done / total : 0;
  return (
    <>
      {typeof source.status === 'object' && <ErrorNotice error={source.status} />}
      <section className="status" aria-label="Progress of the run">
        <div className="status__head">
          <strong className="status__name">{run.name}</strong>
          <Tag tone={tone}>{word}</Tag>
          <span className="quiet">
            {run.modelName} · {run.recipe.name} · {run.adapter} · <RunKernels run={run} />
          </span>
        </div>
        <div
          className="status__track"
          role="progressbar"
          aria-label="Steps done"
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={done}
        >
          {run.stages.map(({ name, steps, stepsDone }, index) => (
            <span
              key={name}
              className={`status__stage status__stage--${index % 2 === 0 ? 'first' : 'second'}`}
              style={{ flexGrow: Math.max(steps, 1) }}
            >
              <span style={{ transform: `scaleX(${steps > 0 ? stepsDone / steps : 0})` }} />
            </span>
          ))}
        </div>
        <dl className="status__facts">
          <Fact name="Done" value={formatPercent(share)} />
          <Fact name="Step" value={`${formatInteger(done)} / ${formatInteger(total)}`} />
          <RecordsFact run={run} />
          <Fact name="Time left" value={left === null ? unknown : formatDuration(left)} />
          <Fact name="Loss" value={loss === undefined ? unknown : formatFixed(loss, 3)} />
          <Fact
            name="Speed"
            value={speed === undefined ? unknown : `${formatInteger(speed)} tok/s`}
          />
          <Fact
            name="Last checkpoint"
            value={
              run.checkpoint
                ? `stage ${run.checkpoint.stage + 1}, step ${formatInteger(run.checkpoint.step)}`
                : run.state === 'done' || run.state === 'stopped'
                  ? 'not needed'
                  : 'none yet'
            }
          />
        </dl>
      </section>
    </>
  );
}

/** Records of a run; tokenising goes on beside the training, and how far it is is said meanwhile. */
function RecordsFact({ run: { data, state } }: Pick<RunViewProps, 'run'>) {
  if (!data) return <Fact name="Records" value={unknown} />;
  const { training, validation, withoutTargets, tokenised } = data;
  const known = training + validation;
  if (tokenised === undefined || state === 'done') {
    return <Fact name="Records" value={formatInteger(known)} />;
  }
  const total = formatInteger(known + withoutTargets);
  return <Fact name="Records tokenised" value={`${formatInteger(tokenised)} / ${total}`} />;
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Validation losses by snapshot: what each stage and each drop or merge did. */
function ValidationTable({ run, source }: RunViewProps) {
  useLiveVersion(source);
  if (source.book.validation.length === 0) return null;
  const order = (snapshot: string) => run.snapshots.findIndex(({ id }) => id === snapshot);
  const points = [...source.book.validation].sort(
    (one, other) =>
      one.stage - other.stage ||
      one.step - other.step ||
      order(one.snapshot) - order(other.snapshot),
  );
  const label = (snapshot: string) =>
    run.snapshots.find(({ id }) => id === snapshot)?.label ?? snapshot;
  const loss = (value: number | null) => (value === null ? unknown : formatFixed(value, 4));
  return (
    <Card flush title="Validation loss" aside="nll per target token, records never trained on">
      <Table
        caption="Validation loss by state of the model"
        maxHeight={280}
        columns={[
          {
            key: 'state',
            header: 'Weights',
            rowHeader: true,
            cell: (point) =>
              point.snapshot === 'training' ? 'In training' : label(point.snapshot),
          },
          { key: 'stage', header: 'Stage', align: 'end', cell: (point) => point.stage + 1 },
          {
            key: 'step',
            header: 'After steps',
            align: 'end',
            cell: (point) => formatInteger(point.step),
          },
          {
            key: 'knowledge',
            header: 'Knowledge',
            align: 'end',
            cell: (point) => loss(point.knowledge),
          },
          {
            key: 'alignment',
            header: 'Alignment',
            align: 'end',
            cell: (point) => loss(point.alignment),
          },
          {
            key: 'perplexity',
            header: 'Perplexity, alignment',
            align: 'end',
            cell: ({ alignment }) =>
              alignment === null ? unknown : formatNumber(Math.exp(alignment), 4),
          },
        ]}
        rows={points}
        rowKey={(point) => `${point.stage}.${point.step}.${point.snapshot}`}
      />
    </Card>
  );
}

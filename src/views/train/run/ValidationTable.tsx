/** Validation losses by model state: what each stage, drop and merge changed, and which step was best. */
import { useState } from 'react';
import type { LiveCurves } from '../../../studio/runs/live-curves.ts';
import type { RunSummary, ValidationPoint } from '../../../contract/runs.ts';
import type { DataKind } from '../../../contract/data.ts';
import { useDataSets } from '../../../studio/data/data-sets.ts';
import { tookPart } from '../../../studio/runs/run-facts.ts';
import { dataKinds } from '../../../studio/data/data-kinds.ts';
import { useLiveVersion } from '../../charts/use-live-version.ts';
import { Button } from '../../shared/controls/Button.tsx';
import { Card } from '../../shared/Card.tsx';
import { formatFixed, formatInteger, formatNumber, unknown } from '../../shared/format.ts';
import { Table, type Column } from '../../shared/Table.tsx';
import { Tag } from '../../shared/Tag.tsx';
import { snapshotName } from '../../shared/snapshot-name.ts';
import { trainText } from '../text.ts';
import styles from './ValidationTable.module.css';

export function ValidationTable({
  run,
  source,
}: {
  readonly run: RunSummary;
  readonly source: LiveCurves;
}) {
  useLiveVersion(source);
  const sets = useDataSets((state) => state.sets);
  const [all, setAll] = useState(false);
  const t = trainText();
  const { validation } = source.book;
  if (validation.length === 0) return null;
  const counts = validationCounts(validation);
  const rows = inOrder(validation, run);
  const states = statesOf(rows, run);
  const unmeasured = dataKinds.filter((kind) => validation.every((point) => point[kind] === null));
  return (
    <Card
      flush
      title={t.validationLoss}
      aside={t.validationAside}
      actions={
        states.length < rows.length && (
          <Button size="small" onClick={() => setAll(!all)}>
            {all ? t.onlyStates : t.allMeasurements(rows.length)}
          </Button>
        )
      }
    >
      <Table
        caption={t.validationCaption}
        columns={columnsOf(run, counts)}
        rows={all ? rows : states}
        rowKey={(point) => `${point.stage}.${point.step}.${point.snapshot}`}
      />
      {unmeasured.map((kind) => (
        <p key={kind} className={styles.note}>
          {(tookPart(run, sets, kind) ? t.unmeasured : t.noneTookPart)(t.kinds[kind])}
        </p>
      ))}
    </Card>
  );
}

/** Rows that the table shows at once: with more, those within a stage wait until they are asked for. */
const fewRows = 16;

/** All rows where they are few; else those of states that a stage left, of the best steps, and the newest. */
function statesOf(rows: readonly ValidationPoint[], run: RunSummary): readonly ValidationPoint[] {
  if (rows.length <= fewRows) return rows;
  return rows.filter(
    (point) => point.snapshot !== 'training' || isBest(point, run) || point === rows.at(-1),
  );
}

function isBest({ snapshot, stage, step }: ValidationPoint, { best = [] }: RunSummary): boolean {
  if (snapshot === 'merged' || snapshot.endsWith('.after')) return false;
  return best.some((one) => one.stage === stage && one.step === step);
}

/** How many records each kind's loss is measured on; null in runs that did not keep it. */
export function validationCounts(
  validation: readonly ValidationPoint[],
): Readonly<Record<DataKind, number | null>> {
  const records = validation.find((point) => point.records !== undefined)?.records;
  const count = (kind: DataKind) => records?.filter((one) => one.kind === kind).length ?? null;
  return { knowledge: count('knowledge'), alignment: count('alignment') };
}

/** By stage, step and the order in which the run made its states. */
function inOrder(
  validation: readonly ValidationPoint[],
  { snapshots }: RunSummary,
): readonly ValidationPoint[] {
  const order = (snapshot: string) => snapshots.findIndex(({ id }) => id === snapshot);
  return [...validation].sort(
    (one, other) =>
      one.stage - other.stage ||
      one.step - other.step ||
      order(one.snapshot) - order(other.snapshot),
  );
}

function columnsOf(
  run: RunSummary,
  counts: Readonly<Record<DataKind, number | null>>,
): readonly Column<ValidationPoint>[] {
  const t = trainText();
  const measuredOn = (name: string, count: number | null) =>
    count === null ? name : t.measuredOn(name, count);
  const loss = (value: number | null) => (value === null ? unknown : formatFixed(value, 4));
  return [
    {
      key: 'state',
      header: t.weights,
      rowHeader: true,
      cell: (point) => (
        <>
          {point.snapshot === 'training' ? t.inTraining : snapshotName(point.snapshot, run)}{' '}
          {isBest(point, run) && <Tag tone="good">{t.best}</Tag>}
        </>
      ),
    },
    { key: 'stage', header: t.stage, align: 'end', cell: (point) => point.stage + 1 },
    {
      key: 'step',
      header: t.afterSteps,
      align: 'end',
      cell: (point) => formatInteger(point.step),
    },
    {
      key: 'knowledge',
      header: measuredOn(t.knowledge, counts.knowledge),
      align: 'end',
      cell: (point) => loss(point.knowledge),
    },
    {
      key: 'alignment',
      header: measuredOn(t.alignment, counts.alignment),
      align: 'end',
      cell: (point) => loss(point.alignment),
    },
    {
      key: 'perplexity',
      header: t.perplexity,
      align: 'end',
      cell: ({ alignment }) =>
        alignment === null ? unknown : formatNumber(Math.exp(alignment), 4),
    },
  ];
}

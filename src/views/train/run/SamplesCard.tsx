/** The model's answers to fixed validation prompts while it trains, beside the base's answers. */
import { clsx } from 'clsx';
import { useState } from 'react';
import type { RunSummary, RunSamples, SamplePoint } from '../../../contract/runs.ts';
import { Card } from '../../shared/Card.tsx';
import { formatInteger } from '../../shared/format.ts';
import { seenControls } from '../../shared/seen-controls.ts';
import { Select } from '../../shared/controls/Select.tsx';
import { Table } from '../../shared/Table.tsx';
import { snapshotName } from '../../shared/snapshot-name.ts';
import { samplesText } from '../text-runs.ts';
import textStyles from '../../shared/text.module.css';
import styles from './SamplesCard.module.css';

const placeOf = ({ stage, step, snapshot }: SamplePoint) => `${stage}.${step}.${snapshot}`;

export function SamplesCard({
  run,
  samples,
}: {
  readonly run: RunSummary;
  readonly samples: RunSamples | null;
}) {
  const t = samplesText();
  const [chosen, setChosen] = useState<string | null>(null);
  if (!samples || samples.prompts.length === 0) return null;
  const { prompts, points } = samples;
  const base = points.find(({ snapshot }) => snapshot === 'base');
  const trained = points.filter(({ snapshot }) => snapshot !== 'base');
  const shown = trained.find((point) => placeOf(point) === chosen) ?? trained.at(-1);
  const nameOf = (point: SamplePoint) =>
    point.snapshot === 'training'
      ? t.place(point.stage + 1, formatInteger(point.step))
      : `${t.place(point.stage + 1, formatInteger(point.step))} · ${snapshotName(point.snapshot, run)}`;
  return (
    <Card
      flush
      title={t.title}
      aside={t.aside}
      actions={
        shown && (
          <Select
            size="small"
            aria-label={t.at}
            value={placeOf(shown)}
            choices={trained.map((point) => ({ value: placeOf(point), label: nameOf(point) }))}
            onChange={(place) =>
              setChosen(place === placeOf(trained.at(-1) ?? shown) ? null : place)
            }
          />
        )
      }
    >
      <Answers prompts={prompts} base={base} shown={shown} />
      <p className={styles.samplesCaveat}>{points.length === 0 ? t.waiting : t.caveat}</p>
    </Card>
  );
}

function Answers({
  prompts,
  base,
  shown,
}: {
  readonly prompts: RunSamples['prompts'];
  readonly base: SamplePoint | undefined;
  readonly shown: SamplePoint | undefined;
}) {
  const t = samplesText();
  const answersOf = (point: SamplePoint | undefined) => (_: unknown, index: number) => (
    <span className={styles.sampleText}>
      <Answer text={point?.answers[index]} endless={point?.endless?.[index] ?? false} />
    </span>
  );
  return (
    <Table
      caption={t.aside}
      maxHeight={420}
      columns={[
        {
          key: 'prompt',
          header: t.prompt,
          rowHeader: true,
          cell: ({ text }) => <span className={styles.sampleText}>{seenControls(text)}</span>,
        },
        { key: 'base', header: t.base, cell: answersOf(base) },
        { key: 'now', header: t.now, cell: answersOf(shown) },
        {
          key: 'reference',
          header: t.reference,
          cell: ({ reference }) => (
            <span className={clsx(styles.sampleText, textStyles.quiet)}>
              {seenControls(reference)}
            </span>
          ),
        },
      ]}
      rows={prompts}
      rowKey={({ dataSet, row }) => `${dataSet}.${row}`}
    />
  );
}

/** An answer, or that there is none, or that it is empty. */
function Answer({
  text,
  endless,
}: {
  readonly text: string | undefined;
  readonly endless: boolean;
}) {
  const t = samplesText();
  if (text === undefined) return '–';
  if (text.trim() === '') return <em className={textStyles.quiet}>{t.empty}</em>;
  return (
    <>
      {seenControls(text)}
      {endless && <em className={textStyles.quiet}> {t.endless}</em>}
    </>
  );
}

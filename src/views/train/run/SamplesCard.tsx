/** The model's answers to fixed validation prompts while it trains, beside the base's answers. */
import { clsx } from 'clsx';
import { useEffect, useState } from 'react';
import { onSamples, readSamples } from '../../../studio/runs/runs.ts';
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

/** Reads a run's samples and follows those that come. */
function useSamples(id: string): RunSamples | null {
  const [samples, setSamples] = useState<RunSamples | null>(null);
  useEffect(() => {
    let left = false;
    const read = () =>
      readSamples(id).then(
        (found) => {
          if (!left) setSamples(found);
        },
        // A run that was removed meanwhile has none.
        () => undefined,
      );
    void read();
    const stop = onSamples(id, () => void read());
    return () => {
      left = true;
      stop();
    };
  }, [id]);
  return samples;
}

export function SamplesCard({ run }: { readonly run: RunSummary }) {
  const t = samplesText();
  const samples = useSamples(run.id);
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
      <Answer text={point?.answers[index]} />
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
function Answer({ text }: { readonly text: string | undefined }) {
  if (text === undefined) return '–';
  if (text.trim() === '') return <em className={textStyles.quiet}>{samplesText().empty}</em>;
  return seenControls(text);
}

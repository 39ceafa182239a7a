/** What each of the compared runs came to, in a short table above the charts. */
import type { ReactNode } from 'react';
import { recentLoss } from '../../../studio/runs/comparison.ts';
import { lossMarks } from '../../../studio/runs/comparable.ts';
import { dataKinds } from '../../../studio/data/data-kinds.ts';
import { isOver, shownState } from '../../../studio/runs/run-facts.ts';
import { endlessAnswers, verdictOf } from '../../../studio/runs/verdict.ts';
import { useDataSets } from '../../../studio/data/data-sets.ts';
import type { DataKind } from '../../../contract/data.ts';
import { useLiveVersions } from '../../charts/use-live-version.ts';
import { LineSample } from '../../charts/overlay/OverlayChart.tsx';
import { Card } from '../../shared/Card.tsx';
import { formatFixed, unknown } from '../../shared/format.ts';
import { seenControls } from '../../shared/seen-controls.ts';
import { Table } from '../../shared/Table.tsx';
import { Tag } from '../../shared/Tag.tsx';
import { listed } from '../../shared/words/marks.ts';
import { useSamples } from '../run/use-samples.ts';
import { headline } from '../run/verdict/verdict-words.ts';
import { dataSetNames } from '../set-names.ts';
import { stateWords } from '../words.ts';
import type { Compared } from './CompareFigures.tsx';
import { compareText } from './text-compare.ts';
import styles from './CompareSummary.module.css';

type Row = {
  readonly key: string;
  readonly name: string;
  readonly cell: (one: Compared) => ReactNode;
};

export function CompareSummary({ compared }: { readonly compared: readonly Compared[] }) {
  const t = compareText();
  const sets = useDataSets((state) => state.sets);
  useLiveVersions(compared.map(({ source }) => source));
  const marks = lossMarks(compared.map(({ run }) => run));
  const measured = dataKinds.filter((kind) =>
    compared.some(({ source }) => source.book.validation.some((point) => point[kind] !== null)),
  );
  const rows: Row[] = [
    { key: 'result', name: t.result, cell: (one) => <Result {...one} /> },
    ...measured.map((kind) => ({
      ...{ key: kind, name: t.validation(t.kinds[kind]) },
      cell: (one: Compared) => <Losses {...one} kind={kind} />,
    })),
    ...(measured.length === 0
      ? [{ key: 'loss', name: t.figures.loss, cell: (one: Compared) => meanLoss(one) }]
      : []),
    { key: 'data', name: t.figures.data, cell: ({ run }) => listed(dataSetNames(run, sets)) },
  ];
  return (
    <Card flush title={t.summary} aside={t.summaryAside}>
      <div className={styles.summary}>
        <Table
          caption={t.summaryCaption}
          columns={[
            { key: 'figure', header: t.figure, rowHeader: true, cell: ({ name }: Row) => name },
            ...compared.map((one, place) => ({
              key: one.run.id,
              header: (
                <span className={styles.run}>
                  <LineSample place={place} /> {seenControls(one.run.name)}{' '}
                  {marks.get(one.run.id)?.validation && (
                    <Tag>{marks.get(one.run.id)?.validation}</Tag>
                  )}
                </span>
              ),
              cell: (row: Row) => row.cell(one),
            })),
          ]}
          rows={rows}
          rowKey={({ key }) => key}
        />
      </div>
    </Card>
  );
}

/** What a run that has ended says, and that its answers do not end; else how it stands. */
function Result({ run, source }: Compared) {
  const samples = useSamples(run.id);
  const t = compareText();
  if (!isOver(run)) return stateWords(shownState(run)).word;
  return (
    <span className={styles.lines}>
      {endlessAnswers(samples?.points ?? []) > 0 && (
        <span className={styles.warning}>{t.endless}</span>
      )}
      <span>{headline(verdictOf(run, source.book))}</span>
    </span>
  );
}

/** The first, the last and the lowest validation loss of a kind. */
function Losses({ source, kind }: Compared & { readonly kind: DataKind }) {
  const points = source.book.validation.flatMap((point) => point[kind] ?? []);
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined) return unknown;
  const t = compareText();
  return (
    <span className={styles.lines}>
      <strong>
        {points.length > 1 && `${formatFixed(first, 3)} → `}
        {formatFixed(last, 3)}
      </strong>
      {points.length > 2 && <span>{t.lowest(formatFixed(Math.min(...points), 3))}</span>}
    </span>
  );
}

function meanLoss({ source }: Compared): string {
  const recent = recentLoss(source.book);
  return recent ? formatFixed(recent.value, 3) : unknown;
}

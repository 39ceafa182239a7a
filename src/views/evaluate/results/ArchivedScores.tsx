/** The scores that came with a run's archive: measured where the run was trained. */
import type { ArchivedScore } from '../../../contract/run-origin.ts';
import { formatPercent, unknown } from '../../shared/format.ts';
import { Table } from '../../shared/Table.tsx';
import { formatInterval, formatScore } from '../MetricName.tsx';
import { differenceWords } from './difference-words.ts';
import { archivedText } from './text-archived.ts';
import styles from './ArchivedScores.module.css';

export function ArchivedScores({ scores }: { readonly scores: readonly ArchivedScore[] }) {
  const t = archivedText();
  return (
    <Table
      caption={t.results}
      columns={[
        { key: 'state', header: t.state, cell: ({ label }) => label },
        { key: 'task', header: t.task, rowHeader: true, cell: ({ task }) => task },
        { key: 'metric', header: t.metric, cell: ({ metric }) => metric },
        {
          key: 'score',
          header: t.score,
          align: 'end',
          cell: ({ metric, score, interval }) => (
            <span className={styles.score}>
              <span>{formatScore(score, metric)}</span>
              <span>{formatInterval({ value: score, interval }, metric)}</span>
            </span>
          ),
        },
        {
          key: 'chance',
          header: t.chance,
          align: 'end',
          cell: ({ chance }) => (chance === undefined ? unknown : formatPercent(chance, 1)),
        },
        { key: 'items', header: t.items, align: 'end', cell: ({ items }) => items },
        {
          key: 'says',
          header: t.againstBase,
          cell: ({ metric, label, againstBase }) =>
            againstBase && differenceWords(againstBase, metric, [t.base, label]),
        },
      ]}
      rows={scores}
      rowKey={(_score, index) => String(index)}
      maxHeight={560}
    />
  );
}

/** The scores that came with a run's archive: measured where the run was trained, with what shortcut checks found. */
import type { RunOrigin } from '../../../contract/run-origin.ts';
import type { RunSummary } from '../../../contract/runs.ts';
import { formatPercent, unknown } from '../../shared/format.ts';
import { snapshotName } from '../../shared/snapshot-name.ts';
import { Table } from '../../shared/Table.tsx';
import { formatInterval, formatScore } from '../MetricName.tsx';
import { findingColumns } from '../shortcuts/finding-columns.tsx';
import { metricText } from '../text-metrics.ts';
import { evaluateText } from '../text.ts';
import { differenceWords } from './difference-words.ts';
import { RepeatedAnswers } from './RepeatedAnswers.tsx';
import { archivedText } from './text-archived.ts';
import styles from './ArchivedScores.module.css';

export function ArchivedScores({
  run,
  shortcuts = [],
  ...origin
}: Pick<RunOrigin, 'scores' | 'shortcuts'> & { readonly run: RunSummary }) {
  const t = archivedText();
  const { names } = metricText();
  // Without branches, the archive left most states out: their labels are all that is known of them.
  const titled = <Named extends { readonly snapshot: string; readonly label: string }>(
    one: Named,
  ): Named => {
    const known = run.snapshots.some(({ id }) => id === one.snapshot);
    return known ? { ...one, label: snapshotName(one.snapshot, run) } : one;
  };
  const scores = origin.scores.map(titled);
  const findings = shortcuts.map((finding) => ({ ...titled(finding), finding }));
  return (
    <>
      <RepeatedAnswers scores={scores} />
      <Table
        caption={t.results}
        columns={[
          { key: 'state', header: t.state, cell: ({ label }) => label },
          { key: 'task', header: t.task, rowHeader: true, cell: ({ task }) => task },
          { key: 'metric', header: t.metric, cell: ({ metric }) => names[metric] },
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
            cell: ({ chance, constant, metric }) => (
              <span className={styles.score}>
                <span>{chance === undefined ? unknown : formatPercent(chance, 1)}</span>
                {constant && (
                  <span>
                    {evaluateText().constant(constant.answer, formatScore(constant.score, metric))}
                  </span>
                )}
              </span>
            ),
          },
          { key: 'items', header: t.items, align: 'end', cell: ({ items }) => items },
          {
            key: 'says',
            header: t.againstBase,
            cell: ({ metric, label, againstBase }) =>
              againstBase && (
                <span className={styles.says}>
                  {differenceWords(againstBase, metric, [t.base, label])}
                </span>
              ),
          },
        ]}
        rows={scores}
        rowKey={(_score, index) => String(index)}
        maxHeight={560}
      />
      {shortcuts.length > 0 && (
        <Table
          caption={t.shortcuts}
          columns={[
            { key: 'state', header: t.state, cell: ({ label }) => label },
            ...findingColumns<(typeof findings)[number]>(),
          ]}
          rows={findings}
          rowKey={(_finding, index) => String(index)}
          maxHeight={560}
        />
      )}
    </>
  );
}

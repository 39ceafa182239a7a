import { Download } from 'lucide-react';
import { useState } from 'react';
import { saveFile } from '../../studio/exports.ts';
import { useEvaluation } from '../../studio/evaluation.ts';
import type { DataKind, TaskScore } from '../../worker/protocol.ts';
import { Button } from '../shared/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { ConfirmDialog } from '../shared/Dialog.tsx';
import { EmptyState } from '../shared/EmptyState.tsx';
import { formatCount, formatInteger, formatPercent, formatTime } from '../shared/format.ts';
import { Table, type Column } from '../shared/Table.tsx';
import { Tag } from '../shared/Tag.tsx';
import { resultRows, resultsCsv, type ResultCell, type ResultRow } from './result-rows.ts';

const metricNames: Readonly<Record<TaskScore['metric'], string>> = {
  accuracy: 'accuracy',
  'micro-f1': 'micro-F1',
  'macro-f1': 'macro-F1',
  'weighted-f1': 'weighted F1',
  'rouge-l': 'ROUGE-L',
};

const averageNames: Readonly<Record<DataKind, string>> = {
  knowledge: 'Knowledge average',
  alignment: 'Alignment average',
};

/** Scores by task, model states side by side, averages by kind of task. */
export function ResultTable() {
  const { results, clear } = useEvaluation();
  const [clearing, setClearing] = useState(false);
  const columns: readonly Column<ResultRow>[] = [
    {
      key: 'task',
      header: 'Task',
      rowHeader: true,
      cell: ({ task, kind }) =>
        task ?? <Tag tone={kind === 'knowledge' ? 'ka' : 'align'}>{averageNames[kind]}</Tag>,
    },
    {
      key: 'metric',
      header: 'Metric',
      cell: ({ metric }) => (metric === null ? '' : metricNames[metric]),
    },
    ...results.map(({ key, label, finishedAt, maxItems }, index) => ({
      key,
      header: (
        <span className="result-head">
          <strong>{label}</strong>
          <span>
            {formatTime(finishedAt)}
            {maxItems > 0 ? `, at most ${formatCount(maxItems, 'question')}` : ', all questions'}
          </span>
        </span>
      ),
      align: 'end' as const,
      cell: ({ cells }: ResultRow) => <Score cell={cells[index]} />,
    })),
  ];
  if (results.length === 0) {
    return (
      <Card title="Results">
        <EmptyState title="Nothing measured yet">
          Choose model states and questions above, then press Measure. Results stay after a reload.
        </EmptyState>
      </Card>
    );
  }
  return (
    <Card
      flush
      title="Results"
      aside="score, below it the share of answers in the form asked for"
      actions={
        <>
          <Button size="small" variant="ghost" onClick={() => setClearing(true)}>
            Clear
          </Button>
          <Button
            size="small"
            icon={<Download size={14} aria-hidden />}
            onClick={() => {
              const csv = new Blob([resultsCsv(results)], { type: 'text/csv' });
              void saveFile(csv, 'evaluation.csv');
            }}
          >
            Save as CSV
          </Button>
        </>
      }
    >
      <Table
        caption="Scores by task and model state"
        columns={columns}
        rows={resultRows(results)}
        rowKey={({ key }) => key}
      />
      <ConfirmDialog
        open={clearing}
        onOpenChange={setClearing}
        title="Clear the results?"
        description="The scores measured so far go from this browser. Runs and models stay."
        confirm="Clear results"
        onConfirm={clear}
      />
    </Card>
  );
}

function Score({ cell }: { readonly cell: ResultCell | undefined }) {
  const score = cell?.score ?? null;
  if (!cell || score === null) return <span className="evaluate-quiet">–</span>;
  const title = cell.items === null ? undefined : `${formatInteger(cell.items)} questions`;
  return (
    <span className="result-score" title={title}>
      <span className={cell.best ? 'result-score__best' : undefined}>
        {formatPercent(score, 1)}
        {cell.best && <span className="ui-hidden"> (best)</span>}
      </span>
      {cell.formatAdherence !== null && (
        <span className="result-score__form">form {formatPercent(cell.formatAdherence)}</span>
      )}
    </span>
  );
}

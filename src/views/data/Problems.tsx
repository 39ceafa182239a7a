import { Download } from 'lucide-react';
import { problemsCsv, readProblems } from '../../studio/data-sets.ts';
import { saveFile } from '../../studio/exports.ts';
import type { DataSetSummary, LineProblem } from '../../worker/protocol.ts';
import { Button } from '../shared/Button.tsx';
import { Card } from '../shared/Card.tsx';
import { Loading } from '../shared/EmptyState.tsx';
import { formatCount, formatInteger } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { Table, type Column } from '../shared/Table.tsx';
import { useAsync } from '../shared/use-async.ts';

const most = 200;

const columns: readonly Column<LineProblem>[] = [
  { key: 'file', header: 'File', cell: ({ file }) => file },
  { key: 'line', header: 'Line', align: 'end', cell: ({ line }) => formatInteger(line) },
  {
    key: 'column',
    header: 'Column',
    align: 'end',
    cell: ({ column }) => (column === null ? '–' : formatInteger(column)),
  },
  { key: 'reason', header: 'Reason', cell: ({ reason }) => reason },
  { key: 'code', header: 'Code', cell: ({ code }) => <code>{code}</code> },
];

/** Lines that were left out, each with its place and the reason. */
export function Problems({ set }: { readonly set: DataSetSummary }) {
  const problems = useAsync(`${set.id}/${set.problems}`, () => readProblems(set.id));
  const all = problems.status === 'ready' ? problems.value : [];
  return (
    <Card
      flush
      title="Lines left out"
      aside={
        all.length > most
          ? `first ${formatInteger(most)} of ${formatInteger(all.length)}; the CSV has them all`
          : formatCount(set.problems, 'line')
      }
      actions={
        <Button
          size="small"
          icon={<Download size={14} aria-hidden />}
          reason={problems.status === 'ready' ? null : 'The list is being read.'}
          onClick={() => {
            const csv = new Blob([problemsCsv(all)], { type: 'text/csv' });
            void saveFile(csv, `${set.name.replace(/\.\w+$/, '')}-left-out.csv`);
          }}
        >
          Save as CSV
        </Button>
      }
    >
      {problems.status === 'failed' && <ErrorNotice error={problems.error} />}
      {problems.status === 'loading' && <Loading what="lines" height={120} />}
      {problems.status === 'ready' && (
        <Table
          caption={`Lines of ${set.name} that were left out`}
          columns={columns}
          rows={all.slice(0, most)}
          rowKey={(_, index) => String(index)}
          maxHeight={320}
        />
      )}
    </Card>
  );
}

import { Trash2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { useDataSets } from '../../studio/data-sets.ts';
import type { DataSetSummary } from '../../worker/protocol.ts';
import { IconButton } from '../shared/Button.tsx';
import { ConfirmDialog } from '../shared/Dialog.tsx';
import { formatBytes, formatCount, formatInteger } from '../shared/format.ts';
import { Table, type Column } from '../shared/Table.tsx';
import { Tag } from '../shared/Tag.tsx';
import { CheckField, Segmented } from '../shared/Toggle.tsx';
import { kindChoices, shapeNames } from './words.ts';

/** The sets at hand: which train, of what kind they are, what was left out. */
export function SetList({ selectedId }: { readonly selectedId: string | null }) {
  const { sets, left, select, setKind, setUsed, remove } = useDataSets();
  const [removing, setRemoving] = useState<DataSetSummary | null>(null);

  const columns: readonly Column<DataSetSummary>[] = [
    {
      key: 'used',
      header: 'Train',
      width: '56px',
      cell: ({ id, name, shape, records }) =>
        shape === 'evaluation' || records === 0 ? (
          <span
            title={
              records === 0
                ? 'There is no record to train on.'
                : 'Evaluation files measure; they never train.'
            }
          >
            –
          </span>
        ) : (
          <CheckField
            hideLabel
            label={`Train on ${name}`}
            checked={!left.includes(id)}
            onChange={(used) => setUsed(id, used)}
          />
        ),
    },
    {
      key: 'name',
      header: 'Name',
      rowHeader: true,
      cell: ({ id, name }) => (
        <button
          type="button"
          className="data-name"
          aria-pressed={id === selectedId}
          onClick={() => select(id)}
        >
          {name}
        </button>
      ),
    },
    {
      key: 'kind',
      header: 'Kind',
      width: '196px',
      cell: ({ id, name, kind, shape }) =>
        shape === 'evaluation' ? (
          <Tag>for Evaluate</Tag>
        ) : (
          <Segmented
            size="small"
            label={`Kind of ${name}`}
            value={kind}
            choices={kindChoices}
            onChange={(chosen) => void setKind(id, chosen)}
          />
        ),
    },
    { key: 'shape', header: 'Shape', cell: ({ shape }) => shapeNames[shape] },
    {
      key: 'records',
      header: 'Records',
      align: 'end',
      cell: ({ records }) => formatInteger(records),
    },
    {
      key: 'problems',
      header: 'Left out',
      align: 'end',
      cell: ({ problems }) =>
        problems === 0 ? (
          '0'
        ) : (
          <Tag tone="warning">
            <TriangleAlert size={12} aria-hidden />
            {formatCount(problems, 'line')}
          </Tag>
        ),
    },
    { key: 'bytes', header: 'Size', align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
    {
      key: 'remove',
      header: <span className="ui-hidden">Remove</span>,
      width: '44px',
      cell: (set) => (
        <IconButton
          size="small"
          label={`Remove ${set.name}`}
          icon={<Trash2 size={15} aria-hidden />}
          onClick={(event) => {
            event.stopPropagation();
            setRemoving(set);
          }}
        />
      ),
    },
  ];

  return (
    <>
      <Table
        caption="Data sets"
        columns={columns}
        rows={sets}
        rowKey={({ id }) => id}
        selectedKey={selectedId}
        onSelect={({ id }) => select(id)}
        maxHeight={340}
      />
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => {
          if (!open) setRemoving(null);
        }}
        title={`Remove ${removing?.name ?? ''}?`}
        description={`Its ${formatCount(removing?.records ?? 0, 'record')} go from this browser. Your own file and runs that trained on it stay.`}
        confirm="Remove data set"
        onConfirm={() => {
          if (!removing) return;
          void remove(removing.id).then(() => toast(`${removing.name} was removed.`));
        }}
      />
    </>
  );
}

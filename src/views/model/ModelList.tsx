import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { needsTemplate, useModels } from '../../studio/models.ts';
import type { ModelSummary } from '../../worker/protocol.ts';
import { IconButton } from '../shared/Button.tsx';
import { ConfirmDialog } from '../shared/Dialog.tsx';
import { formatBytes, formatCompact, formatInteger } from '../shared/format.ts';
import { Table, type Column } from '../shared/Table.tsx';
import { Tag } from '../shared/Tag.tsx';

/** The models at hand, one of them chosen. */
export function ModelList({ selectedId }: { readonly selectedId: string | null }) {
  const { models, select, remove } = useModels();
  const [removing, setRemoving] = useState<ModelSummary | null>(null);

  const columns: readonly Column<ModelSummary>[] = [
    {
      key: 'name',
      header: 'Name',
      rowHeader: true,
      cell: ({ id, name }) => (
        <label className="model-name">
          <input
            type="radio"
            name="model"
            checked={id === selectedId}
            onChange={() => select(id)}
          />
          {name}
        </label>
      ),
    },
    { key: 'architecture', header: 'Architecture', cell: ({ architecture }) => architecture },
    {
      key: 'parameters',
      header: 'Parameters',
      align: 'end',
      cell: ({ parameters }) => formatCompact(parameters),
    },
    { key: 'bytes', header: 'Size', align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
    {
      key: 'context',
      header: 'Context',
      align: 'end',
      cell: ({ contextLength }) => formatInteger(contextLength),
    },
    {
      key: 'source',
      header: 'From',
      cell: ({ source }) => (source === 'built-in' ? 'the studio' : 'your folder'),
    },
    {
      key: 'state',
      header: 'Chat template',
      cell: (model) =>
        needsTemplate(model) ? <Tag tone="warning">missing</Tag> : templateNames[model.template],
    },
    {
      key: 'remove',
      header: <span className="ui-hidden">Delete</span>,
      width: '44px',
      cell: (model) =>
        model.source === 'folder' && (
          <IconButton
            size="small"
            label={`Delete ${model.name}`}
            icon={<Trash2 size={15} aria-hidden />}
            onClick={(event) => {
              event.stopPropagation();
              setRemoving(model);
            }}
          />
        ),
    },
  ];

  return (
    <>
      <Table
        caption="Models"
        columns={columns}
        rows={models}
        rowKey={({ id }) => id}
        selectedKey={selectedId}
        onSelect={({ id }) => select(id)}
        maxHeight={320}
      />
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => {
          if (!open) setRemoving(null);
        }}
        title={`Delete ${removing?.name ?? ''}?`}
        description={`Frees ${formatBytes(removing?.bytes ?? 0)} in this browser. Runs trained on it keep their curves but can no longer chat, go on or be exported until the same folder is added again. Your own files stay.`}
        confirm="Delete model"
        onConfirm={() => {
          if (!removing) return;
          void remove(removing.id).then(() => toast(`${removing.name} was deleted.`));
        }}
      />
    </>
  );
}

const templateNames: Readonly<Record<ModelSummary['template'], string>> = {
  model: "the model's own",
  chatml: 'ChatML',
  plain: 'plain',
};

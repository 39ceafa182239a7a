import { needsTemplate, useModels } from '../../studio/models.ts';
import type { ModelSummary } from '../../worker/protocol.ts';
import { formatBytes, formatCompact, formatInteger } from '../shared/format.ts';
import { Table, type Column } from '../shared/Table.tsx';
import { Tag } from '../shared/Tag.tsx';
import { sourceOf } from './source.ts';

/** The models at hand, one of them chosen. */
export function ModelList({ selectedId }: { readonly selectedId: string | null }) {
  const { models, select } = useModels();

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
      cell: (model) => sourceOf(model),
    },
    {
      key: 'state',
      header: 'Chat template',
      cell: (model) =>
        needsTemplate(model) ? <Tag tone="warning">missing</Tag> : templateNames[model.template],
    },
  ];

  return (
    <Table
      caption="Models"
      columns={columns}
      rows={models}
      rowKey={({ id }) => id}
      selectedKey={selectedId}
      onSelect={({ id }) => select(id)}
      maxHeight={320}
    />
  );
}

const templateNames: Readonly<Record<ModelSummary['template'], string>> = {
  model: "the model's own",
  chatml: 'ChatML',
  plain: 'plain',
};

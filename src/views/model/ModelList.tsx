import { useId } from 'react';
import { needsTemplate, useModels } from '../../studio/models/models.ts';
import type { ModelSummary } from '../../contract/models.ts';
import { formatBytes, formatCompact, formatInteger } from '../shared/format.ts';
import { seenControls } from '../shared/seen-controls.ts';
import { Table, type Column } from '../shared/Table.tsx';
import { Tag } from '../shared/Tag.tsx';
import { sourceOf } from './source.ts';
import { modelText } from './text.ts';
import styles from './ModelList.module.css';
import inputStyles from '../shared/controls/input.module.css';

/** The models at hand, one of them chosen. */
export function ModelList({ selectedId }: { readonly selectedId: string | null }) {
  const { models, select } = useModels();
  const t = modelText();
  const group = useId();

  const columns: readonly Column<ModelSummary>[] = [
    {
      key: 'name',
      header: t.columns.name,
      rowHeader: true,
      cell: ({ id, name, aside }) => (
        <label className={styles.name}>
          <input
            type="radio"
            className={inputStyles.radio}
            name={group}
            checked={id === selectedId}
            onChange={() => select(id)}
          />
          {seenControls(name)}
          {aside && <Tag tone="warning">{t.aside}</Tag>}
        </label>
      ),
    },
    {
      key: 'architecture',
      header: t.columns.architecture,
      cell: ({ architecture }) => architecture,
    },
    {
      key: 'parameters',
      header: t.columns.parameters,
      align: 'end',
      cell: ({ parameters }) => formatCompact(parameters),
    },
    { key: 'bytes', header: t.columns.size, align: 'end', cell: ({ bytes }) => formatBytes(bytes) },
    {
      key: 'context',
      header: t.columns.context,
      align: 'end',
      cell: ({ contextLength }) => formatInteger(contextLength),
    },
    {
      key: 'source',
      header: t.columns.from,
      cell: (model) => sourceOf(model),
    },
    {
      key: 'state',
      header: t.columns.template,
      cell: (model) =>
        needsTemplate(model) ? <Tag tone="warning">{t.missing}</Tag> : t.templates[model.template],
    },
  ];

  return (
    <Table
      caption={t.models}
      columns={columns}
      rows={models}
      rowKey={({ id }) => id}
      selectedKey={selectedId}
      onSelect={({ id }) => select(id)}
      maxHeight={320}
    />
  );
}

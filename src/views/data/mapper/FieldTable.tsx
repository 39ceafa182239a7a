/** The columns of a file with sample values, each with the part of a record that it becomes. */
import type { FieldSample, FieldMapping } from '../../../contract/data.ts';
import { mapperText, roleNames } from './text-mapper.ts';
import { Table } from '../../shared/Table.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { Select } from '../../shared/controls/Select.tsx';
import { type FieldRole, roleOf, fieldRoles, withRole } from '../../../studio/data/mappings.ts';
import styles from './ColumnMapper.module.css';
import columnsStyles from '../columns.module.css';
import textStyles from '../../shared/text.module.css';

const none = 'none';

export interface FieldTableProps {
  readonly caption: string;
  readonly fields: readonly FieldSample[];
  readonly mapping: Partial<FieldMapping>;
  readonly onChange: (mapping: Partial<FieldMapping>) => void;
}

export function FieldTable({ caption, fields, mapping, onChange }: FieldTableProps) {
  const t = mapperText();
  const names = roleNames();
  const order = fields.map(({ name }) => name);
  return (
    <Table
      caption={caption}
      columns={[
        {
          key: 'column',
          header: t.column,
          rowHeader: true,
          width: '22%',
          cell: ({ name }) => <span className={columnsStyles.name}>{seenControls(name)}</span>,
        },
        {
          key: 'part',
          header: t.part,
          width: '230px',
          cell: ({ name }) => (
            <Select<FieldRole | typeof none>
              size="small"
              aria-label={t.partOf(name)}
              value={roleOf(mapping, name) ?? none}
              choices={[
                { value: none, label: t.unused },
                ...fieldRoles.map((role) => ({ value: role, label: names[role] })),
              ]}
              onChange={(role) =>
                onChange(withRole(mapping, name, role === none ? null : role, order))
              }
            />
          ),
        },
        { key: 'samples', header: t.samples, cell: ({ samples }) => <Samples samples={samples} /> },
      ]}
      rows={fields}
      rowKey={({ name }) => name}
      {...(fields.length > 10 ? { maxHeight: 480 } : {})}
    />
  );
}

function Samples({ samples }: Pick<FieldSample, 'samples'>) {
  if (samples.length === 0)
    return <span className={textStyles.quietLarge}>{mapperText().noValues}</span>;
  return (
    <ul className={styles.samples}>
      {samples.map((sample) => (
        <li key={sample}>{seenControls(sample)}</li>
      ))}
    </ul>
  );
}

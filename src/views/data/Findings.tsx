/** What a file holds besides its records, counted: unused fields, answers that do not train, reasoning. */
import { clsx } from 'clsx';
import type { DataSetSummary, Finding } from '../../contract/data.ts';
import { Card } from '../shared/Card.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { Table, type Column } from '../shared/Table.tsx';
import { placeWords } from '../shared/words/place.ts';
import { findingNames, findingsText } from './text-findings.ts';
import columnsStyles from './columns.module.css';
import styles from './Findings.module.css';
import textStyles from '../shared/text.module.css';

export function Findings({ set }: { readonly set: DataSetSummary }) {
  const t = findingsText();
  const names = findingNames();
  const { findings = [] } = set;
  const columns: readonly Column<Finding>[] = [
    { key: 'what', header: t.what, rowHeader: true, cell: ({ code }) => names[code] },
    {
      key: 'field',
      header: t.field,
      cell: ({ field }) =>
        field === undefined ? (
          '–'
        ) : field === '…' ? (
          t.more
        ) : (
          <code className={columnsStyles.name}>{seenControls(field)}</code>
        ),
    },
    { key: 'count', header: t.count, align: 'end', cell: ({ count }) => t.number(count) },
    { key: 'line', header: t.line, cell: placeWords },
    {
      key: 'example',
      header: t.example,
      cell: ({ example }) => <span className={styles.example}>{seenControls(example ?? '–')}</span>,
    },
  ];
  return (
    <Card flush className={styles.findings} title={t.title}>
      <p className={clsx(styles.lead, textStyles.quietLarge)}>{t.lead}</p>
      <Table
        caption={t.tableOf(set.name)}
        columns={columns}
        rows={findings}
        rowKey={({ code, field = '' }) => `${code} ${field}`}
        {...(findings.length > 8 ? { maxHeight: 360 } : {})}
      />
    </Card>
  );
}

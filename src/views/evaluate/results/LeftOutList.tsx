/** Rows of the files that gave no question, each with its place and the reason. */
import type { LeftOutRows } from '../../../contract/evaluation.ts';
import { rowReason } from '../../shared/faults/error-text.ts';
import { placeWords } from '../../shared/words/place.ts';
import { Table } from '../../shared/Table.tsx';
import { leftOutText } from './text-left-out.ts';
import styles from './LeftOutList.module.css';
import textStyles from '../../shared/text.module.css';

export function LeftOutList({ leftOut }: { readonly leftOut: LeftOutRows | null | undefined }) {
  const t = leftOutText();
  if (!leftOut || leftOut.count === 0) return null;
  const { count, listed } = leftOut;
  return (
    <details className={styles.leftOut}>
      <summary>
        {t.title(count)} <span className={textStyles.quiet}>{t.hint}</span>
      </summary>
      {listed.length < count && <p className={textStyles.quiet}>{t.first(listed.length)}</p>}
      <Table
        caption={t.table}
        maxHeight={280}
        columns={[
          { key: 'file', header: t.file, cell: ({ file }) => file },
          { key: 'place', header: t.place, cell: placeWords },
          { key: 'field', header: t.field, cell: ({ field }) => (field === '' ? '–' : field) },
          { key: 'reason', header: t.reason, cell: (row) => rowReason(row) },
        ]}
        rows={listed}
        rowKey={({ file, line, column = 0 }, index) => `${file} ${line} ${column} ${index}`}
      />
    </details>
  );
}

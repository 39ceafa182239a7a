/** Tables. */
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { seen } from './seen-controls.ts';
import styles from './Table.module.css';
import textStyles from './text.module.css';

export interface Column<Row> {
  readonly key: string;
  readonly header: ReactNode;
  readonly cell: (row: Row, index: number) => ReactNode;
  /** Aligns numbers on the right. */
  readonly align?: 'start' | 'end';
  readonly width?: string;
  /** This column names its row. */
  readonly rowHeader?: boolean;
}

export interface TableProps<Row> {
  /** What the table shows, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row, index: number) => string;
  readonly selectedKey?: string | null;
  readonly onSelect?: (row: Row) => void;
  /** Scrolls inside itself above this height. */
  readonly maxHeight?: number;
  readonly footer?: ReactNode;
}

export function Table<Row>({
  caption,
  columns,
  rows,
  rowKey,
  selectedKey = null,
  onSelect,
  maxHeight,
  footer,
}: TableProps<Row>) {
  return (
    <div
      className={styles.tableScroll}
      style={{ maxHeight }}
      role="group"
      aria-label={caption}
      // A scroll container must be reachable by keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      <table className={styles.table}>
        <caption className={textStyles.hidden}>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ key, header, align, width }) => (
              <th
                key={key}
                scope="col"
                style={{ width }}
                className={align === 'end' ? styles.end : ''}
              >
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => {
            const key = rowKey(row, index);
            return (
              // The row's own control does the same for the keyboard; the click is a larger target.
              <tr
                key={key}
                className={clsx(
                  key === selectedKey && styles.tableSelected,
                  onSelect && styles.tablePick,
                )}
                onClick={onSelect && (() => onSelect(row))}
              >
                {columns.map(({ key: column, cell, align, rowHeader }) => {
                  const className = align === 'end' ? styles.end : '';
                  return rowHeader ? (
                    <th key={column} scope="row" className={className}>
                      {seen(cell(row, index))}
                    </th>
                  ) : (
                    <td key={column} className={className}>
                      {seen(cell(row, index))}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
        {footer !== undefined && <tfoot>{footer}</tfoot>}
      </table>
    </div>
  );
}

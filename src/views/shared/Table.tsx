/** Tables, sorted by the columns that offer it. */
import { clsx } from 'clsx';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { seen } from './seen-controls.ts';
import styles from './Table.module.css';
import textStyles from './text.module.css';
import layoutStyles from './layout.module.css';

export interface Column<Row> {
  readonly key: string;
  readonly header: ReactNode;
  readonly cell: (row: Row, index: number) => ReactNode;
  /** Aligns numbers on the right. */
  readonly align?: 'start' | 'end';
  readonly width?: string;
  /** This column names its row. */
  readonly rowHeader?: boolean;
  /** What the rows are sorted by when its header is pressed; null for a row without a value, which comes last. */
  readonly sortBy?: (row: Row) => string | number | null;
  /** Rows whose values in this column are not of one kind are sorted apart, group after group. */
  readonly sortWithin?: (row: Row) => string;
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
  const [order, setOrder] = useState<Order | null>(null);
  const sorted = sortedRows(rows, columns, order);
  return (
    <div
      className={clsx(
        styles.tableScroll,
        maxHeight === undefined ? layoutStyles.scrolls : layoutStyles.scrollsDown,
      )}
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
            {columns.map(({ key, header, align, width, sortBy }) => (
              <th
                key={key}
                scope="col"
                style={{ width }}
                className={align === 'end' ? styles.end : ''}
                aria-sort={order?.column === key ? order.direction : undefined}
              >
                {sortBy ? (
                  <SortButton
                    direction={order?.column === key ? order.direction : null}
                    onSort={() => setOrder(nextOrder(order, key))}
                  >
                    {header}
                  </SortButton>
                ) : (
                  header
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row, index) => {
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

interface Order {
  readonly column: string;
  readonly direction: 'ascending' | 'descending';
}

/** Ascending at the first press, then descending, then as the rows came. */
function nextOrder(order: Order | null, column: string): Order | null {
  if (order?.column !== column) return { column, direction: 'ascending' };
  return order.direction === 'ascending' ? { column, direction: 'descending' } : null;
}

/** The rows in this order; those without a value come last, and groups that must not be mixed stay apart. */
export function sortedRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  order: Order | null,
): readonly Row[] {
  const { sortBy, sortWithin } = columns.find(({ key }) => key === order?.column) ?? {};
  if (!sortBy || !order) return rows;
  const sign = order.direction === 'ascending' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const apart = sortWithin ? sortWithin(a).localeCompare(sortWithin(b)) : 0;
    if (apart !== 0) return apart;
    const [one, other] = [sortBy(a), sortBy(b)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    if (typeof one === 'number' && typeof other === 'number') return sign * (one - other);
    return sign * String(one).localeCompare(String(other));
  });
}

function SortButton({
  direction,
  onSort,
  children,
}: {
  readonly direction: Order['direction'] | null;
  readonly onSort: () => void;
  readonly children: ReactNode;
}) {
  return (
    <button type="button" className={styles.sort} onClick={onSort}>
      {children}
      {direction === 'ascending' && <ChevronUp size={12} aria-hidden />}
      {direction === 'descending' && <ChevronDown size={12} aria-hidden />}
    </button>
  );
}

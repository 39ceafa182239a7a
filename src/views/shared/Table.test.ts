import { expect, test } from 'vitest';
import { sortedRows, type Column } from './Table.tsx';

interface Row {
  readonly name: string;
  readonly loss: number | null;
  readonly mark: string;
}

const rows: readonly Row[] = [
  { name: 'a', loss: 3, mark: 'A' },
  { name: 'b', loss: 1, mark: 'B' },
  { name: 'c', loss: 2, mark: 'A' },
  { name: 'd', loss: null, mark: 'A' },
  { name: 'e', loss: 0.5, mark: 'B' },
];

const names = (column: Partial<Column<Row>>, direction: 'ascending' | 'descending'): string =>
  sortedRows(
    rows,
    [{ key: 'loss', header: '', cell: () => null, sortBy: ({ loss }) => loss, ...column }],
    { column: 'loss', direction },
  )
    .map(({ name }) => name)
    .join('');

test('rows without a value come last', () => {
  expect(names({}, 'ascending')).toBe('ebcad');
  expect(names({}, 'descending')).toBe('acbed');
});

test('rows of different groups are never sorted among each other', () => {
  const sortWithin = ({ mark }: Row): string => mark;
  expect(names({ sortWithin }, 'ascending')).toBe('cadeb');
  expect(names({ sortWithin }, 'descending')).toBe('acdbe');
});

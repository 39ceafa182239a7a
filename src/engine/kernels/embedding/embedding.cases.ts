/** Cases with known results for gathering and scattering rows. */
import { asMatrix } from '../../gpu/tensor.ts';
import { CaseTensors } from '../kernel-case.ts';
import type { KernelCheck } from '../kernel-check.ts';
import { gatherRows, scatterRows } from './embedding.ts';

const rows = 13;
const sources = 9;
const size = 65;

/** Distinct rows, and two indices that lie beyond them. */
const rowAt = (index: number): number =>
  [4, 0, 0xffffffff, 8, 2, sources, 6, 1, 3, 5, 7][index] ?? 0xffffffff;

export const rowChecks: readonly KernelCheck[] = [
  {
    shader: 'embedding/gather',
    caseOf: () => {
      const tensors = new CaseTensors();
      const x = tensors.values('x', [sources, size]);
      const indices = tensors.words('rows', [rows], rowAt);
      const y = tensors.result('y', [rows, size]);
      return {
        tensors,
        prepare: null,
        record: (r) => gatherRows(r, { x, rows: indices, y }),
        results: [asMatrix(y)],
        expected: async (read) => {
          const values = await read(x);
          return [Float64Array.from({ length: rows * size }, (_, i) => rowValue(values, i) ?? 0)];
        },
      };
    },
  },
  {
    shader: 'embedding/scatter',
    caseOf: () => {
      const tensors = new CaseTensors();
      const x = tensors.values('x', [rows, size]);
      const indices = tensors.words('rows', [rows], rowAt);
      const y = tensors.changing('y', [sources + 1, size]);
      return {
        tensors,
        prepare: null,
        record: (r) => scatterRows(r, { x, rows: indices, y }),
        results: [asMatrix(y)],
        expected: async (read) => {
          const values = await read(x);
          const after = Float64Array.from(await read(y));
          for (let row = 0; row < rows; row += 1) {
            if (rowAt(row) > sources) continue;
            after.set(values.subarray(row * size, (row + 1) * size), rowAt(row) * size);
          }
          return [after];
        },
      };
    },
  },
];

/** The element of the gathered rows; undefined in rows that lie beyond the source. */
function rowValue(values: Float64Array, element: number): number | undefined {
  return values[rowAt(Math.floor(element / size)) * size + (element % size)];
}

/** A case with known results for the sums of columns. */
import { asMatrix, columnBlock } from '../../gpu/tensor.ts';
import { CaseTensors } from '../kernel-case.ts';
import type { KernelCheck } from '../kernel-check.ts';
import { columnSum } from './column-sum.ts';

const rows = 37;
const columns = 13;
const blockStride = 17;

export const columnSumCheck: KernelCheck = {
  shader: 'linear/column-sum',
  caseOf: () => {
    const tensors = new CaseTensors();
    const x = asMatrix(tensors.values('x', [rows, 2 * blockStride]));
    const y = tensors.changing('y', [2 * columns]);
    const first = columnBlock(x, 0, columns);
    return {
      tensors,
      prepare: null,
      record: (r) => columnSum(r, { x: first, y, blocks: 2, blockStride, accumulate: true }),
      results: [asMatrix(y)],
      expected: async (read) => {
        const values = await read(x.tensor);
        const before = await read(y);
        return [
          before.map((value, index) => {
            const column = Math.floor(index / columns) * blockStride + (index % columns);
            let sum = value;
            for (let row = 0; row < rows; row += 1) {
              sum += values[row * x.stride + column] ?? Number.NaN;
            }
            return sum;
          }),
        ];
      },
    };
  },
};

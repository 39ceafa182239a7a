/** Cases with known results for rotary positions. */
import { asMatrix } from '../../gpu/tensor.ts';
import { CaseTensors, type Read } from '../kernel-case.ts';
import type { KernelCheck } from '../kernel-check.ts';
import { rotaryBackward, rotaryForward } from './rotary.reference.ts';
import { rotaryNormBackward, rotaryNormForward, rotaryTables, rotate } from './rotary.ts';

const rows = 33;
const heads = 2;
const headSize = 10;
const count = 77;
const epsilon = 2 ** -20;
const shape = [rows, heads, headSize] as const;

/** Places inside the tables, but for two rows: one is inactive, one is beyond them. */
const placeOf = (row: number): number => [0xffffffff, count][row] ?? (row * 29 + 5) % count;

function angles(tensors: CaseTensors) {
  const tables = rotaryTables({
    ...{ theta: 10000, headSize, positions: count },
    scaling: { type: 'none' },
  });
  const table = [count, headSize / 2];
  const at = (values: ArrayLike<number>) => (index: number) => values[index] ?? Number.NaN;
  return {
    tensors: {
      positions: tensors.words('positions', [rows], placeOf),
      cosine: tensors.numbers('cosine', table, at(tables.cosine)),
      sine: tensors.numbers('sine', table, at(tables.sine)),
    },
    reference: {
      ...{ heads, headSize, ...tables },
      positions: Array.from({ length: rows }, (_, row) => placeOf(row)),
    },
  };
}

/** The norm of a head, with the same for the reference. */
function headNorm(tensors: CaseTensors) {
  const weight = tensors.values('weight', [headSize]);
  return {
    norm: { weight, epsilon },
    reference: async (read: Read) => ({ norm: { weight: await read(weight), epsilon } }),
  };
}

export const rotaryChecks: readonly KernelCheck[] = [
  {
    shader: 'attention/rotary',
    caseOf: () => {
      const tensors = new CaseTensors();
      const { tensors: places, reference } = angles(tensors);
      const x = tensors.changing('x', shape);
      return {
        tensors,
        prepare: null,
        record: (r) => rotate(r, [x], places, 1),
        results: [asMatrix(x)],
        expected: async (read) => [rotaryForward(await read(x), reference)],
      };
    },
  },
  {
    shader: 'attention/rotary-norm',
    caseOf: () => {
      const tensors = new CaseTensors();
      const { tensors: places, reference } = angles(tensors);
      const { norm, reference: normOf } = headNorm(tensors);
      const x = tensors.values('x', shape);
      const y = tensors.result('y', shape);
      return {
        tensors,
        prepare: null,
        record: (r) => rotaryNormForward(r, { x, y, norm, ...places }),
        results: [asMatrix(y)],
        expected: async (read) => [
          rotaryForward(await read(x), { ...reference, ...(await normOf(read)) }),
        ],
      };
    },
  },
  {
    shader: 'attention/rotary-norm-backward',
    caseOf: () => {
      const tensors = new CaseTensors();
      const { tensors: places, reference } = angles(tensors);
      const { norm, reference: normOf } = headNorm(tensors);
      const x = tensors.values('x', shape);
      const dy = tensors.values('dy', shape);
      const dx = tensors.result('dx', shape);
      return {
        tensors,
        prepare: null,
        record: (r) => rotaryNormBackward(r, { x, dy, dx, norm, ...places }),
        results: [asMatrix(dx)],
        expected: async (read) => [
          rotaryBackward(await read(x), await read(dy), { ...reference, ...(await normOf(read)) }),
        ],
      };
    },
  },
];

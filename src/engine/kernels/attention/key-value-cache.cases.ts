/** Cases with known results for writing keys and values to the cache. */
import { float32ToFloat16 } from '../../../formats/weights/float-bits.ts';
import { asMatrix, type Tensor } from '../../gpu/tensor.ts';
import { CaseTensors, noise } from '../kernel-case.ts';
import type { KernelCheck } from '../kernel-check.ts';
import { cacheAppend, cacheTensorShape, type CacheFormat } from './key-value-cache.ts';

const rows = 9;
const groups = 2;
const headSize = 12;
const slotCount = 3;
const capacity = 7;
const width = groups * headSize;

/** The last two rows are inactive, by their slot and by their position. */
const slotOf = (row: number): number => (row === 7 ? 0xffffffff : row % slotCount);
const positionOf = (row: number): number => (row === 8 ? 0xffffffff : Math.floor(row / slotCount));

/** Numbers that float16 holds exactly, however a device rounds. */
const halfNumber = (first: number) => (index: number) =>
  Math.round(512 * noise(first + index)) / 512;

function check(shader: string, format: CacheFormat): KernelCheck {
  return {
    shader,
    caseOf: () => {
      const tensors = new CaseTensors();
      const shape = [rows, groups, headSize];
      const k = tensors.numbers('k', shape, halfNumber(0));
      const v = tensors.numbers('v', shape, halfNumber(5000));
      const slots = tensors.words('slots', [rows], slotOf);
      const positions = tensors.words('positions', [rows], positionOf);
      const cache = cacheTensorShape(format, [slotCount, capacity, groups, headSize]);
      const before = (index: number): number => index % 251;
      const ofCache = (label: string): Tensor =>
        cache.type === 'u32'
          ? tensors.changingWords(label, cache.shape, before)
          : tensors.changing(label, cache.shape, before);
      const keyCache = ofCache('keys');
      const valueCache = ofCache('values');
      return {
        tensors,
        prepare: null,
        record: (r) => cacheAppend(r, { k, v, keyCache, valueCache, slots, positions }),
        results: [asMatrix(keyCache), asMatrix(valueCache)],
        expected: async (read) => [
          appended(await read(keyCache), await read(k)),
          appended(await read(valueCache), await read(v)),
        ],
      };
    },
  };
}

/** The cells of a cache, or its words with two float16 each, after the rows were written. */
function appended(cells: Float64Array, values: Float64Array): Float64Array {
  const perRow = cells.length / (slotCount * capacity);
  const half = perRow < width;
  const after = Float64Array.from(cells);
  for (let row = 0; row < rows; row += 1) {
    const [slot, position] = [slotOf(row), positionOf(row)];
    if (slot >= slotCount || position >= capacity) continue;
    const first = (slot * capacity + position) * perRow;
    const valueAt = (index: number): number => values[row * width + index] ?? Number.NaN;
    const bitsAt = (index: number): number => float32ToFloat16(valueAt(index));
    for (let i = 0; i < perRow; i += 1) {
      const word = (bitsAt(2 * i) | (bitsAt(2 * i + 1) << 16)) >>> 0;
      after[first + i] = half ? word : valueAt(i);
    }
  }
  return after;
}

export const cacheChecks: readonly KernelCheck[] = [
  check('attention/cache-append', 'float32'),
  check('attention/cache-append-half', 'float16'),
];

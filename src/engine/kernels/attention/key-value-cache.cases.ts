/** Cases with known results for rotating new rows and putting them into the cache. */
import { asMatrix, placesTogether, viewTensor, type Tensor } from '../../gpu/tensor.ts';
import { CaseTensors, noise, type KernelCase } from '../kernel-case.ts';
import type { CheckedCall, KernelCheck } from '../kernel-check.ts';
import { rotateToCacheReference } from './key-value-cache.reference.ts';
import { cacheTensorShape, rotateToCache } from './key-value-cache.ts';

const rows = 9;
const heads = 3;
const groups = 2;
const headSize = 12;
const slotCount = 3;
const capacity = 7;
const epsilon = 2 ** -20;

/** The last two rows are inactive, by their slot and by their position. */
const slotOf = (row: number): number => (row === 7 ? 0xffffffff : row % slotCount);
const positionOf = (row: number): number => (row === 8 ? 0xffffffff : Math.floor(row / slotCount));
const rowsOf = (value: (row: number) => number): number[] =>
  Array.from({ length: rows }, (_, row) => value(row));

/** Numbers that float16 holds exactly, none of them 0: words come out alike, however a device rounds. */
const exactly = (index: number): number => (Math.round(512 * noise(index)) || 1) / 512;

/** Turns by right angles, which keep such numbers exact. */
const quarter = (index: number): number => Math.floor(2 * (noise(index) + 1));
const cosineOf = (index: number): number => [1, 0, -1, 0][quarter(index)] ?? 1;
const sineOf = (index: number): number => [0, 1, 0, -1][quarter(index)] ?? 0;

/** Tensors of these shapes in one buffer, and how each is read. */
function together(
  shapes: readonly (readonly number[])[],
  make: (elements: number) => Tensor,
): { readonly all: Tensor; readonly views: Tensor[]; cut(all: Float64Array): Float64Array[] } {
  const { offsets, elements } = placesTogether(shapes);
  const all = make(elements);
  const sizes = shapes.map((shape) => shape.reduce((product, size) => product * size, 1));
  return {
    all,
    views: shapes.map((shape, index) => viewTensor(all, offsets[index] ?? 0, shape)),
    cut: (values) =>
      offsets.map((offset, index) => values.slice(offset, offset + (sizes[index] ?? 0))),
  };
}

const none = new Float64Array();

function caseOf({ form, constants }: CheckedCall): KernelCase {
  const tensors = new CaseTensors();
  const normed = constants['NORMED'] === 1;
  // A norm keeps numbers exact where all of a head are as large.
  const numberOf = normed ? (index: number) => Math.sign(exactly(index)) / 2 : exactly;
  const x = together(
    [heads, groups, groups].map((count) => [rows, count, headSize]),
    (elements) => tensors.changing('heads', [elements], numberOf),
  );
  const weights = together([[headSize], [headSize]], (elements) =>
    tensors.numbers('norms', [elements], exactly),
  );
  const slots = tensors.words('slots', [rows], slotOf);
  const angles = {
    positions: tensors.words('positions', [rows], positionOf),
    cosine: tensors.numbers('cosine', [capacity, headSize / 2], cosineOf),
    sine: tensors.numbers('sine', [capacity, headSize / 2], sineOf),
  };
  const format = form['CACHE'] === 'half' ? 'float16' : 'float32';
  const { shape, type } = cacheTensorShape(format, [slotCount, capacity, groups, headSize]);
  const before = (index: number): number => index % 251;
  const cacheOf = (label: string): Tensor =>
    type === 'u32'
      ? tensors.changingWords(label, shape, before)
      : tensors.changing(label, shape, before);
  const [keyCache, valueCache] = [cacheOf('keys'), cacheOf('values')];
  const [query, key, value] = x.views;
  const [queryNorm, keyNorm] = weights.views;
  if (!query || !key || !value || !queryNorm || !keyNorm) throw new Error('Views are missing');
  const norm = normed ? { query: queryNorm, key: keyNorm, epsilon } : null;
  return {
    tensors,
    prepare: null,
    record: (r) => {
      const heads = { query, key, value };
      rotateToCache(r, { heads, norm, slots, angles, keyCache, valueCache });
    },
    results: [query, keyCache, valueCache].map(asMatrix),
    expected: async (read) => {
      const [ofQuery = none, ofKey = none, ofValue = none] = x.cut(await read(x.all));
      const [q = none, k = none] = weights.cut(await read(weights.all));
      const tables = { cosine: await read(angles.cosine), sine: await read(angles.sine) };
      const results = rotateToCacheReference(
        { query: ofQuery, key: ofKey, value: ofValue },
        { keys: await read(keyCache), values: await read(valueCache) },
        {
          ...{ heads, groups, headSize, slotCount, capacity, slots: rowsOf(slotOf) },
          angles: { positions: rowsOf(positionOf), ...tables },
          norm: normed ? { query: q, key: k, epsilon } : null,
        },
      );
      return [results.query, results.keys, results.values];
    },
  };
}

export const cacheChecks: readonly KernelCheck[] = [{ shader: 'attention/cache/new-rows', caseOf }];

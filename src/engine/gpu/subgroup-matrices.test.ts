import { describe, expect, test } from 'vitest';
import { matrixFeatures, subgroupMatrices, type MatrixAdapter } from './subgroup-matrices.ts';

type Product = readonly [string, string, number, number, number];

/** An adapter that says this of its subgroups and their matrices. */
function adapter(
  products: readonly Product[],
  [subgroupMinSize, subgroupMaxSize]: readonly [number, number],
  features: readonly string[] = [
    ...['subgroups', 'subgroup-size-control'],
    'chromium-experimental-subgroup-matrix',
  ],
): MatrixAdapter {
  const subgroupMatrixConfigs = products.map(([componentType, resultComponentType, M, N, K]) => ({
    ...{ componentType, resultComponentType, M, N, K },
  }));
  const info = { subgroupMinSize, subgroupMaxSize, subgroupMatrixConfigs };
  return { features: new Set(features), info };
}

/** What cards report, by the back ends of Dawn. */
const apple: readonly Product[] = [
  ['f32', 'f32', 8, 8, 8],
  ['f16', 'f16', 8, 8, 8],
];
const nvidia: readonly Product[] = [
  ['f16', 'f16', 16, 16, 16],
  ['f16', 'f32', 16, 16, 16],
  ['i8', 'i32', 16, 16, 32],
];
const intel: readonly Product[] = [['f16', 'f32', 8, 16, 16]];

describe('subgroup matrices of an adapter', () => {
  test('are those whose sums are float32', () => {
    expect(subgroupMatrices(adapter(apple, [32, 32]))).toEqual({
      ...{ float32: ['8x8x8'], float16: [], lanes: 32, pinned: false },
    });
    expect(subgroupMatrices(adapter(nvidia, [32, 32]))?.float16).toEqual(['16x16x16']);
  });

  test('need subgroups of one size, or a device that can be asked for one', () => {
    const found = subgroupMatrices(adapter(intel, [16, 32]));
    expect(found).toMatchObject({ lanes: 32, pinned: true });
    expect(found && matrixFeatures(found)).toEqual([
      'chromium-experimental-subgroup-matrix',
      'subgroup-size-control',
    ]);
    const unasked = ['subgroups', 'chromium-experimental-subgroup-matrix'];
    expect(subgroupMatrices(adapter(intel, [16, 32], unasked))).toBeNull();
    expect(subgroupMatrices(adapter(intel, [8, 16]))).toBeNull();
    const fixed = subgroupMatrices(adapter(intel, [16, 16], unasked));
    expect(fixed).toMatchObject({ lanes: 16, pinned: false });
    expect(fixed && matrixFeatures(fixed)).toEqual(['chromium-experimental-subgroup-matrix']);
  });

  test('are none without the feature, without sizes that kernels use, and where nothing is said', () => {
    expect(subgroupMatrices(adapter(nvidia, [32, 32], ['subgroups']))).toBeNull();
    expect(
      subgroupMatrices(adapter(nvidia, [32, 32], ['chromium-experimental-subgroup-matrix'])),
    ).toBeNull();
    expect(subgroupMatrices(adapter([['f16', 'f32', 64, 16, 16]], [32, 32]))).toBeNull();
    expect(subgroupMatrices(adapter([['f16', 'f32', 16, 16, 64]], [32, 32]))).toBeNull();
    expect(subgroupMatrices(adapter([], [32, 32]))).toBeNull();
    const { features } = adapter(nvidia, [32, 32]);
    expect(subgroupMatrices({ features, info: {} })).toBeNull();
  });
});
